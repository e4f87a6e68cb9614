"""``fit`` reads its arrays as they lie: nothing of x's size is made beside x."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import denim as keras

ROWS, COLUMNS = 8000, 512


def images(dtype: str) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 2, (ROWS, COLUMNS), np.uint8).astype(dtype)


def peak_of_fit(x: np.ndarray) -> int:
    """Bytes, at most, that Python and NumPy hold at a time beyond what they held before."""
    labels = np.arange(ROWS, dtype=np.uint8) % 3
    model = keras.Sequential([keras.layers.Rescaling(1 / 255), keras.layers.Dense(3, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    how = {"batch_size": 32, "epochs": 1, "verbose": 2, "validation_split": 0.2, "class_weight": {0: 2.0}}
    model.fit(x[:500], labels[:500], **how)  # what is imported and planned once
    tracemalloc.start()
    try:
        model.fit(x, labels, **how)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "float16", "float32", "float64"])
def test_fit_copies_nothing(dtype: str) -> None:
    x = images(dtype)
    assert peak_of_fit(x) < 0.25 * ROWS * COLUMNS
    assert peak_of_fit(x[::-1]) < 0.25 * ROWS * COLUMNS


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_a_memory_map_stays_on_disk(dtype: str, tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", images(dtype))
    assert peak_of_fit(np.load(tmp_path / "x.npy", mmap_mode="r")) < 0.25 * ROWS * COLUMNS
