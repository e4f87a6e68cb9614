"""Files of four times the memory that a process is allowed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

ROWS, COLUMNS = 256 << 10, 1024
LIMIT = ROWS * COLUMNS * 4 // 4

SCRIPT = """
import re, resource, sys, warnings
from pathlib import Path
import h5py
import numpy as np
import denim as keras

path, limit = sys.argv[1], int(sys.argv[2])
if path.endswith(".npy"):
    x, y = (np.load(path.replace('x.npy', name), mmap_mode='r') for name in ('x.npy', 'y.npy'))
else:
    file = h5py.File(path)
    x, y = file["x"], file["y"]
model = keras.Sequential([keras.layers.Dense(1, "sigmoid")])
model.compile(loss="binary_crossentropy", metrics=["accuracy"])

def work(x, y):
    model.fit(x, y, batch_size=512, validation_split=0.25, class_weight={0: 2.0}, verbose=2)
    model.fit(x, y, batch_size=512, validation_data=(x, y), steps_per_epoch=50, validation_steps=80, verbose=2)
    model.evaluate(x, y, batch_size=512, verbose=2)
    assert model.predict(x, 512, 0).shape == (len(x), 1)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    work(x[:2000], y[:2000])  # what is imported and planned once
held = 1024 * int(re.search(r"VmData:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
resource.setrlimit(resource.RLIMIT_DATA, (held + limit, held + limit))
try:
    np.empty(limit + (1 << 20), np.uint8)
except MemoryError:
    work(x, y)
    print('within the limit')
"""


def _has_limits() -> bool:
    return sys.platform == "linux" and Path("/proc/self/status").exists()


@pytest.mark.skipif(not _has_limits(), reason="Linux alone counts a process's own memory against a limit")
@pytest.mark.parametrize("engine", ["native"], indirect=True)
@pytest.mark.parametrize("kind", ["memory map", "HDF5", "HDF5 in chunks"])
def test_memory_stays_flat(kind: str, tmp_path: Path) -> None:
    """The files have no more on the disk than the numbers of their shapes: what was never written is zeros."""
    if kind == "memory map":
        path = tmp_path / "x.npy"
        np.lib.format.open_memmap(path, "w+", "float32", (ROWS, COLUMNS)).flush()
        np.lib.format.open_memmap(tmp_path / "y.npy", "w+", "uint8", (ROWS,)).flush()
    else:
        path = tmp_path / "data.h5"
        with h5py.File(path, "w") as file:
            file.create_dataset("x", (ROWS, COLUMNS), "float32", chunks=(100, COLUMNS) if "chunks" in kind else None)
            file.create_dataset("y", (ROWS,), "uint8")
    command = [sys.executable, "-c", SCRIPT, str(path), str(LIMIT)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "within the limit"
