"""The rows to train on: Fashion-MNIST where Keras has left it on this machine, else random classes."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Workload

Rows = tuple[NDArray[np.float32], NDArray[np.int64]]

IMAGES = "train-images-idx3-ubyte.gz"
LABELS = "train-labels-idx1-ubyte.gz"


def _folder() -> Path:
    home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    return home / "datasets" / "fashion-mnist"


def source(workload: Workload) -> str:
    """Which data ``load`` gives for this workload: ``"fashion-mnist"`` or ``"random"``."""
    folder = _folder()
    there = (folder / IMAGES).is_file() and (folder / LABELS).is_file()
    return "fashion-mnist" if there and workload.rows <= 60_000 else "random"


def _fashion_mnist(rows: int) -> Rows:
    pixels = gzip.decompress((_folder() / IMAGES).read_bytes())
    labels = gzip.decompress((_folder() / LABELS).read_bytes())
    x = np.frombuffer(pixels, "uint8", rows * 784, offset=16).reshape(rows, 784)
    y = np.frombuffer(labels, "uint8", rows, offset=8)
    return (x / np.float32(255)).astype("float32"), y.astype("int64")


def _random(workload: Workload) -> Rows:
    """One prototype a class plus noise, half of the pixels dark, all within [0, 1]."""
    rng = np.random.default_rng(0)
    prototypes = rng.random((workload.classes, workload.features), dtype="float32")
    y = rng.integers(0, workload.classes, workload.rows)
    x = rng.random((workload.rows, workload.features), dtype="float32")
    x += prototypes[y]
    x -= 1
    np.clip(x, 0, 1, out=x)
    return x, y


def load(workload: Workload) -> Rows:
    """Rows (float32 in [0, 1]) and labels (int64) of a workload, the same in every process."""
    if source(workload) == "fashion-mnist":
        return _fashion_mnist(workload.rows)
    return _random(workload)
