from __future__ import annotations

import re
import subprocess
from pathlib import Path

import exported_models as models
import numpy as np
import pytest
from compiled import CC, FLAGS, WARNINGS, check_bits, edges

import denim as keras
import layer_zoo
from denim import layers
from denim.export.c_runtime import sections

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("native_engine")


@pytest.mark.parametrize("name", models.MODELS)
def test_models_have_the_engines_bits(name: str, tmp_path: Path) -> None:
    check_bits(models.randomized(models.MODELS[name]()), tmp_path)


@pytest.mark.parametrize("name", models.MODELS)
def test_models_of_float64_have_the_engines_bits(name: str, tmp_path: Path) -> None:
    keras.config.set_floatx("float64")
    check_bits(models.randomized(models.MODELS[name]()), tmp_path)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", layer_zoo.NAMES)
def test_layers_have_the_engines_bits(name: str, dtype: str, tmp_path: Path) -> None:
    check_bits(layer_zoo.model_of(keras, name, dtype), tmp_path, layer_zoo.rows_for(name, dtype=dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", models.ACTIVATION_NAMES)
def test_activations_have_the_engines_bits(function: str, dtype: str, tmp_path: Path) -> None:
    model = models.activated(function, dtype)
    check_bits(model, tmp_path, [np.concatenate([edges(dtype, 19), *models.rows(model)])])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", models.FUNCTIONS)
def test_functions_have_the_engines_bits(function: str, dtype: str, tmp_path: Path) -> None:
    model = models.computed(function, dtype)
    check_bits(model, tmp_path, [np.concatenate([edges(dtype, 21), *models.rows(model)])])


def test_functions_are_made_of_the_engines_constants() -> None:
    header = (REPOSITORY / "native/simd/polynomials.hpp").read_text()
    for precision in ("float", "double"):
        (block,) = re.findall(rf"struct Constants<{precision}> {{(.*?)\n}};", header, re.DOTALL)
        ours = "\n".join(text for name, text in sections(precision).items() if name.startswith("K_"))
        assert constants(ours, r"(K_\w+)") == constants(block, r"(k[A-Z]\w*)")


def constants(text: str, name: str) -> dict[str, list[str]]:
    """Name without underscores -> its numbers as they are written."""
    found = re.findall(rf"{name}(?:\[\])?(?: = | )({{.*?}}|[^;,\n]+)", text, re.DOTALL)
    return {
        each.replace("_", "").lower(): [str(float(n)) for n in re.findall(r"-?\d[\d.e+-]*", numbers)]
        for each, numbers in found
    }


def test_it_is_a_program_too(tmp_path: Path) -> None:
    model = models.randomized(models.MODELS["joined"]())
    model.export(tmp_path / "joined.c")
    (switch,) = re.findall(r"#ifdef (\w+_MAIN)", (tmp_path / "joined.c").read_text())
    program = tmp_path / "joined"
    subprocess.run([CC, *FLAGS, *WARNINGS, f"-D{switch}", tmp_path / "joined.c", "-o", program, "-lm"], check=True)
    inputs = models.rows(model, count=3)
    text = "\n".join(" ".join(map(repr, map(float, row))) for row in np.concatenate(inputs, axis=1))
    printed = subprocess.run([program], input=text, capture_output=True, text=True, check=True).stdout
    expected = np.concatenate(models.predicted(model, inputs), axis=1)
    np.testing.assert_array_equal(np.array([line.split() for line in printed.splitlines()], "float32"), expected)
    short = subprocess.run([program], input="1 2", capture_output=True, text=True, check=False)
    assert short.returncode == 1
    assert short.stderr == "A sample has 8 numbers. Received: 2.\n"


def test_the_file_says_what_it_is(tmp_path: Path) -> None:
    model = models.MODELS["mlp"]()
    model.export(tmp_path / "model.c")
    text = (tmp_path / "model.c").read_text("ascii")
    assert text.startswith(f"/* mlp: a neural network of 890 weights, made by denim {keras.__version__}.")
    assert "void mlp_predict(const float *x, float *y);" in text
    assert "33 numbers: " in text
    assert "malloc" not in text


def test_only_what_is_needed_is_in_the_file(tmp_path: Path) -> None:
    keras.Sequential([layers.Input((4,)), layers.Dense(3, activation="relu")]).export(tmp_path / "model.c")
    assert re.findall(r"^static \w+ (\w+)\(", (tmp_path / "model.c").read_text(), re.MULTILINE) == ["dense"]


def test_names_of_weights_are_no_reason_to_have_a_function(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((4, 3)), layers.PReLU(name="softmax")])
    model.export(tmp_path / "model.c")
    assert "static void softmax" not in (tmp_path / "model.c").read_text("ascii")
    check_bits(models.randomized(model), tmp_path)


@pytest.mark.parametrize("name", ["1st */ int x; /*", "모델", "a-b c", "double"])
def test_names_are_made_fit_for_c(name: str, tmp_path: Path) -> None:
    first = layers.Input((3,), name=f"in {name}".replace("/", "|"))
    model = keras.Model(first, layers.Dense(2)(first), name=name.replace("/", "|"))
    check_bits(models.randomized(model), tmp_path)


def test_weights_that_are_no_numbers_stay_so(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((2,)), layers.Dense(3)])
    model.set_weights([np.array([[np.inf, np.nan, 0.0], [1.0, 2.0, -np.inf]]), np.array([-0.0, 0.0, 1e-45])])
    check_bits(model, tmp_path)
