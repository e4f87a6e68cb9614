"""The rows to train on: Fashion-MNIST, random pictures where it cannot be had, and random rows for other shapes."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Inference, Workload

Rows = tuple[NDArray[np.float32], NDArray[Any]]
Layers = list[tuple[NDArray[np.float32], NDArray[np.float32]]]

FOLDER = Path(__file__).resolve().parent.parent / "build" / "benchmarks"
ARRAYS = ("train_input", "train_target", "test_input", "test_target")
PIXELS, CLASSES = 784, 10
PICTURES = 60_000


def _random_pictures() -> list[NDArray[np.uint8]]:
    """A prototype a class plus noise, half of the pixels dark."""
    rng = np.random.default_rng(0)
    prototypes = rng.random((CLASSES, PIXELS), dtype="float32")
    arrays: list[NDArray[np.uint8]] = []
    for rows in (PICTURES, 10_000):
        y = rng.integers(0, CLASSES, rows)
        x = np.clip(rng.random((rows, PIXELS), dtype="float32") + prototypes[y] - 1, 0, 1)
        arrays += [(x * 255).astype("uint8").reshape(-1, 28, 28), y.astype("uint8")]
    return arrays


def prepare() -> str:
    """Lay the pictures down for all processes; return what they are: ``"fashion-mnist"`` or ``"random"``."""
    from denim.datasets import fashion_mnist
    from denim.datasets.errors import DatasetNotFoundError

    try:
        (train_x, train_y), (test_x, test_y) = fashion_mnist.load_data()
        arrays, source = [train_x, train_y, test_x, test_y], "fashion-mnist"
    except DatasetNotFoundError:
        arrays, source = _random_pictures(), "random"
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, array in zip(ARRAYS, arrays, strict=True):
        scratch = FOLDER / f"{name}.{os.getpid()}.npy"
        np.save(scratch, array)
        scratch.replace(FOLDER / f"{name}.npy")
    return source


def has_pictures(workload: Workload) -> bool:
    """Whether ``load`` gives pictures for this workload and not random rows."""
    return workload.units[0] == PIXELS and workload.units[-1] == CLASSES and workload.rows <= PICTURES


def load(workload: Workload) -> Rows:
    """Rows (float32) and labels (int64), or values (float32) for the squared error; the same in every process."""
    if has_pictures(workload):
        x = np.load(FOLDER / "train_input.npy", mmap_mode="r")[: workload.rows].reshape(-1, PIXELS)
        y = np.load(FOLDER / "train_target.npy")[: workload.rows]
        return x / np.float32(255), y.astype("int64")
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((workload.rows, workload.features), dtype="float32")
    directions = rng.standard_normal((workload.features, workload.outputs), dtype="float32")
    scores = rows @ directions / np.float32(workload.features**0.5)
    if workload.loss == "mse":
        return rows, np.tanh(scores)
    return rows, scores.argmax(axis=1).astype("int64")


def rows_to_predict(inference: Inference) -> NDArray[np.float32]:
    """The rows of an inference, float32."""
    x = np.load(FOLDER / "test_input.npy", mmap_mode="r")[: inference.rows].reshape(-1, PIXELS)
    return x / np.float32(255)


def glorot(units: tuple[int, ...]) -> Layers:
    """First weights and biases, float32, the same in every process."""
    rng = np.random.default_rng(0)
    layers = []
    for inputs, outputs in pairwise(units):
        limit = (6 / (inputs + outputs)) ** 0.5
        weight = rng.uniform(-limit, limit, (inputs, outputs)).astype("float32")
        layers.append((weight, np.zeros(outputs, "float32")))
    return layers
