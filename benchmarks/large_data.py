"""An epoch from a file that is larger than what denim holds of it, beside one from an array in memory.

python -m benchmarks.large_data [--epochs 4]

784-100-10 with batches of 32 on 200,000 rows of float32, 627 MB, which the system keeps in memory when they were read
once. Sources take turns; the best epoch of each counts.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import h5py
import numpy as np

import denim as keras
from benchmarks.units import duration, ratio

ROWS, FEATURES = 200_000, 784


def network() -> Any:
    model = keras.Sequential(
        [
            keras.layers.Input((FEATURES,)),
            keras.layers.Dense(100, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_data", description=__doc__)
    parser.add_argument("--epochs", type=int, default=4, help="of each source")
    epochs = parser.parse_args(arguments).epochs
    random = np.random.default_rng(0)
    x, y = random.random((ROWS, FEATURES), dtype=np.float32), random.integers(0, 10, ROWS)
    with tempfile.TemporaryDirectory() as folder:
        array, hdf5 = Path(folder, "x.npy"), Path(folder, "x.h5")
        np.save(array, x)
        with h5py.File(hdf5, "w") as file:
            file["x"] = x
        with h5py.File(hdf5) as file:
            sources = {"array": x, "memory map": np.load(array, mmap_mode="r"), "HDF5": file["x"]}
            models = {name: network() for name in sources}
            best = dict.fromkeys(sources, float("inf"))
            for _ in range(epochs):
                for name, source in sources.items():
                    start = time.perf_counter()
                    models[name].fit(source, y, epochs=1, verbose=0)
                    best[name] = min(best[name], time.perf_counter() - start)
    for name, seconds in best.items():
        print(f"{name:<12} {duration(seconds):>8}  {ratio(seconds / best['array'])}")


if __name__ == "__main__":
    main()
