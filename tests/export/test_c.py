from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import exported_models as models
import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.export.c_runtime import sections

pytest.importorskip("denim.engines._native")
CC = shutil.which("cc") or pytest.skip("there is no C compiler here", allow_module_level=True)
FLAGS = ("-std=c99", "-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _native_engine() -> None:
    keras.config.set_engine("native")


@pytest.fixture(scope="module", autouse=True)
def _engine_restored():
    yield
    keras.config.set_engine(None)


class Compiled:
    """A model's C file as a shared library."""

    def __init__(self, model: keras.Model, folder: Path) -> None:
        self.model = model
        self.path = folder / "model.c"
        model.export(self.path)
        library = folder / "model.so"
        subprocess.run([CC, *FLAGS, "-shared", "-fPIC", self.path, "-o", library, "-lm"], check=True)
        name = re.findall(r"void (\w+)_predict\(", self.path.read_text("ascii"))[0]
        self.predict_row = getattr(ctypes.CDLL(str(library)), f"{name}_predict")

    def predict(self, inputs: models.Inputs) -> list[np.ndarray]:
        """One row after the other."""
        dtype = self.model.dtype
        fed = [np.ascontiguousarray(x, dtype) for x in inputs]
        made = [np.full((len(fed[0]), *tensor.shape[1:]), np.nan, dtype) for tensor in self.model.outputs]
        for row in range(len(fed[0])):
            self.predict_row(*(ctypes.c_void_p(each[row : row + 1].ctypes.data) for each in (*fed, *made)))
        return made


def check_bits(model: keras.Model, folder: Path, inputs: models.Inputs | None = None) -> None:
    inputs = inputs or models.rows(model, count=67)
    with np.errstate(all="ignore"):
        expected = [y.astype(model.dtype) for y in models.predicted(model, inputs)]
    found = Compiled(model, folder).predict(inputs)
    assert len(found) == len(expected)
    for ours, theirs in zip(expected, found, strict=True):
        assert theirs.dtype == ours.dtype
        bits = f"u{ours.dtype.itemsize}"
        # A number that is none has many bit patterns, which mean the same.
        same = (ours.view(bits) == theirs.view(bits)) | (np.isnan(ours) & np.isnan(theirs))
        assert same.all(), (ours[~same][:5], theirs[~same][:5], inputs)


def edges(dtype: str, width: int) -> np.ndarray:
    """Numbers of all sizes and signs, and those at which functions turn; rows of ``width``."""
    rng = np.random.default_rng(11)
    most = 38 if dtype == "float32" else 307
    sizes = 10.0 ** rng.uniform(-most, most, 40 * width)
    near = rng.normal(0.0, 1.0, 40 * width) * 10.0 ** rng.uniform(-3, 3, 40 * width)
    turns = np.array([0.0, 0.25, 0.5, 0.625, 1.0, 1.5, 2.5, 3.0, 6.0, 20.0, 40.0, 50.0, 88.8, 89.0, 105.0, 709.9])
    special = np.array([np.inf, np.nan, 5e-324, 1e-310, 1.17549435e-38, 1e-45, 8388607.5, 4503599627370495.5])
    with np.errstate(over="ignore"):
        all_numbers = np.concatenate([sizes, near, turns, special]).astype(dtype)
    signed = np.concatenate([all_numbers, -all_numbers])
    return np.resize(rng.permutation(signed), (-(-len(signed) // width), width))


@pytest.mark.parametrize("name", models.MODELS)
def test_models_have_the_engines_bits(name: str, tmp_path: Path) -> None:
    check_bits(models.randomized(models.MODELS[name]()), tmp_path)


@pytest.mark.parametrize("name", models.MODELS)
def test_models_of_float64_have_the_engines_bits(name: str, tmp_path: Path) -> None:
    keras.config.set_floatx("float64")
    check_bits(models.randomized(models.MODELS[name]()), tmp_path)


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
    subprocess.run([CC, *FLAGS, f"-D{switch}", tmp_path / "joined.c", "-o", program, "-lm"], check=True)
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


@pytest.mark.parametrize("name", ["1st */ int x; /*", "모델", "a-b c", "double"])
def test_names_are_made_fit_for_c(name: str, tmp_path: Path) -> None:
    first = layers.Input((3,), name=f"in {name}".replace("/", "|"))
    model = keras.Model(first, layers.Dense(2)(first), name=name.replace("/", "|"))
    check_bits(models.randomized(model), tmp_path)


def test_weights_that_are_no_numbers_stay_so(tmp_path: Path) -> None:
    model = keras.Sequential([layers.Input((2,)), layers.Dense(3)])
    model.set_weights([np.array([[np.inf, np.nan, 0.0], [1.0, 2.0, -np.inf]]), np.array([-0.0, 0.0, 1e-45])])
    check_bits(model, tmp_path)
