"""Models as C that is compiled, beside what the native engine computes."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import exported_models as models
import numpy as np
import pytest

import denim as keras

pytest.importorskip("denim.engines._native")
CC = shutil.which("cc") or pytest.skip("there is no C compiler here", allow_module_level=True)
WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Werror")
FLAGS = ("-std=c99", "-O2")


class Compiled:
    """A model's C file as a shared library; ``options`` are those of ``export``."""

    def __init__(self, model: keras.Model, folder: Path, command: Sequence[str] = (CC, *FLAGS), **options: Any) -> None:
        self.model = model
        self.path = folder / "model.c"
        model.export(self.path, **options)
        library = folder / "model.so"
        subprocess.run([*command, *WARNINGS, "-shared", "-fPIC", self.path, "-o", library, "-lm"], check=True)
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


def check_bits(
    model: keras.Model, folder: Path, inputs: models.Inputs | None = None, command: Sequence[str] = (CC, *FLAGS)
) -> None:
    inputs = inputs or models.rows(model, count=67)
    assert_same_bits(Compiled(model, folder, command).predict(inputs), computed(model, inputs))


def computed(model: keras.Model, inputs: models.Inputs) -> list[np.ndarray]:
    """What the engine makes of them, whole numbers as C gives them."""
    with np.errstate(all="ignore"):
        return [y.astype(model.dtype) for y in models.predicted(model, inputs)]


def assert_same_bits(found: list[np.ndarray], expected: list[np.ndarray]) -> None:
    assert len(found) == len(expected)
    for ours, theirs in zip(expected, found, strict=True):
        assert theirs.dtype == ours.dtype
        bits = f"u{ours.dtype.itemsize}"
        # A number that is none has many bit patterns, which mean the same.
        same = (ours.view(bits) == theirs.view(bits)) | (np.isnan(ours) & np.isnan(theirs))
        assert same.all(), (ours[~same][:5], theirs[~same][:5])


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
