"""Pictures as arrays, and back."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras

Image = pytest.importorskip("PIL.Image")
utils = keras.utils
COLOURED = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)
COLOURED[0, 0], COLOURED[0, 1] = 0, 255


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_there_and_back(channels: int, data_format: str) -> None:
    array = np.random.default_rng(1).integers(0, 256, (5, 7, channels)).astype("float32")
    array = array if data_format == "channels_last" else array.transpose(2, 0, 1)
    picture = utils.array_to_img(array, data_format, scale=False)
    assert picture.size == (7, 5) and picture.mode == {1: "L", 3: "RGB", 4: "RGBA"}[channels]
    found = utils.img_to_array(picture, data_format)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, array)


def test_scaling_and_large_numbers() -> None:
    picture = utils.array_to_img(np.array([[[-1.0], [0.0], [1.0]]]))
    assert np.asarray(picture).tolist() == [[0, 127, 255]]
    assert np.asarray(utils.array_to_img(np.ones((1, 2, 1)))).tolist() == [[0, 0]]
    assert utils.array_to_img(np.full((1, 1, 1), 1000.0), scale=False).mode == "I"


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.jpg"])
def test_files(tmp_path: Path, name: str) -> None:
    utils.save_img(tmp_path / name, COLOURED)
    found = utils.img_to_array(utils.load_img(tmp_path / name), dtype="uint8")
    assert found.shape == (6, 8, 3)
    if name != "a.jpg":
        np.testing.assert_array_equal(found, COLOURED)
    assert utils.load_img(str(tmp_path / name), "grayscale").mode == "L"
    assert utils.load_img(io.BytesIO((tmp_path / name).read_bytes()), "rgba").mode == "RGBA"


def test_sizes(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    utils.save_img(path, COLOURED)
    assert utils.load_img(path, target_size=(3, 2), interpolation="bilinear").size == (2, 3)
    square = utils.load_img(path, target_size=(6, 6), keep_aspect_ratio=True)
    np.testing.assert_array_equal(np.asarray(square), COLOURED[:, 1:7])


def test_four_channels_as_jpeg(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="JPEG format does not support RGBA"):
        utils.save_img(tmp_path / "a.jpeg", np.zeros((2, 2, 4)))


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: utils.load_img("x", "rbg"), ValueError, r"Did you mean 'rgb'\?"),
        (lambda: utils.load_img("x", interpolation="linear"), ValueError, "Invalid interpolation method linear"),
        (lambda: utils.load_img(3), TypeError, "path-like or io.BytesIO"),
        (lambda: utils.array_to_img(np.ones((2, 2))), ValueError, "rank 3"),
        (lambda: utils.array_to_img(np.ones((2, 2, 2))), ValueError, "Unsupported channel number: 2"),
        (lambda: utils.array_to_img(np.ones((2, 2, 3)), "last"), ValueError, "`data_format` argument must be"),
        (lambda: utils.img_to_array(np.ones(3)), ValueError, r"Unsupported image shape: \(3,\)"),
    ],
)
def test_errors(call: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        call()


def test_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(ImportError, match="pip install pillow"):
        utils.load_img("x")
