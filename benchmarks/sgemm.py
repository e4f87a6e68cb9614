"""Print how many GFLOP/s NumPy's float32 matrix product reaches here; BLAS reads its threads at start."""

from __future__ import annotations

import time

import numpy as np

SIZE = 1024


def rate(seconds: float = 0.6) -> float:
    """GFLOP/s of the best 1024x1024x1024 product within about ``seconds``."""
    rng = np.random.default_rng(0)
    a, b = rng.random((2, SIZE, SIZE), dtype="float32")
    out = a @ b
    best, end = float("inf"), time.perf_counter() + seconds
    while (start := time.perf_counter()) < end:
        np.matmul(a, b, out=out)
        best = min(best, time.perf_counter() - start)
    return 2 * SIZE**3 / best / 1e9


if __name__ == "__main__":
    print(rate())
