from __future__ import annotations

import sys
from pathlib import Path

import exported_models as models
import pytest

import denim as keras
from denim import layers


@pytest.mark.parametrize("name", ["model.pb", "model", "model.onnx.zip", "model.keras"])
def test_other_endings_are_answered_with_those_that_there_are(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"ends in `\.onnx` or `\.c`.*Received: filepath=.*, format=None"):
        models.MODELS["mlp"]().export(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_other_formats_are_answered_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"format='onnx' or format='c'.*format='tf_saved_model'"):
        models.MODELS["mlp"]().export(tmp_path / "model.c", format="tf_saved_model")


def test_a_format_stands_above_the_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.inc"
    models.MODELS["mlp"]().export(path, format="c", verbose=True)
    assert path.read_text("ascii").startswith("/* mlp")
    assert capsys.readouterr().out == f"Saved artifact at '{path}'.\n"


def test_a_model_without_shapes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"exported after it is built. Received: 'sequential'"):
        keras.Sequential([layers.Dense(2)]).export(tmp_path / "model.c")


@pytest.mark.parametrize("layer", [layers.Dropout, layers.GaussianNoise])
def test_random_numbers_are_refused_by_name_and_the_old_file_stays(layer: type, tmp_path: Path) -> None:
    x = layers.Input((3,))
    model = keras.Model(x, layer(0.5, name="always_on")(x, training=True))
    path = tmp_path / "model.c"
    path.write_text("old")
    with pytest.raises(NotImplementedError, match="'always_on', which was called with training=True"):
        model.export(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_randomness_that_no_output_depends_on_is_no_hindrance(tmp_path: Path) -> None:
    x = layers.Input((3,))
    whole = keras.Model(x, [layers.Dense(2)(x), layers.Dropout(0.5)(x, training=True)])
    keras.Model(x, whole.outputs[0]).export(tmp_path / "model.c")
    assert (tmp_path / "model.c").exists()


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Make it first"):
        models.MODELS["mlp"]().export(tmp_path / "missing" / "model.c")


def test_without_the_package_onnx_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r'pip install "denim-nn\[onnx\]"'):
        models.MODELS["mlp"]().export(tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_the_model_is_as_it_was(tmp_path: Path) -> None:
    model = models.randomized(models.MODELS["normalized"]())
    before = [variable.numpy().copy() for variable in model.variables]
    model.export(tmp_path / "model.c")
    assert all((old == variable.numpy()).all() for old, variable in zip(before, model.variables, strict=True))
