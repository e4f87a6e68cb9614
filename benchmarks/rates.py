"""What this machine can do: matrix products through NumPy's BLAS, and copies, in a process of its own.

``python -m benchmarks.rates`` reads ``{"gemms": [...], "blocks": [bytes, ...], "threads": N}`` and prints what it
measured. BLAS reads its number of threads at start, so each number of threads is a process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.bounds import Gemm
from benchmarks.contenders import ONE_BLAS_THREAD
from benchmarks.machine import cores

SIZE = 1024
MEMORY = 256 * 2**20
"""A block for which no cache is large enough."""
SMALLEST = 16 * 2**10
ENTRY_S = 0.06
SQUARE_S = 0.5


@dataclass(frozen=True)
class Rates:
    """The best that was seen: GFLOP/s of the square product, seconds of each product, GB/s of each copy."""

    square_gflops: float
    gemm_seconds: tuple[float, ...]
    copy_gbs: Mapping[int, float]

    @classmethod
    def from_json(cls, text: str) -> Rates:
        """What the process printed."""
        fields = json.loads(text)
        copies = {int(size): rate for size, rate in fields["copy_gbs"].items()}
        return cls(fields["square_gflops"], tuple(fields["gemm_seconds"]), copies)

    def best(self, other: Rates) -> Rates:
        """The better of two measurements, entry by entry."""
        seconds = tuple(map(min, self.gemm_seconds, other.gemm_seconds))
        copies = {size: max(rate, other.copy_gbs[size]) for size, rate in self.copy_gbs.items()}
        return Rates(max(self.square_gflops, other.square_gflops), seconds, copies)


def best_seconds(work: Callable[[], object], spend: float) -> float:
    """The shortest of as many runs as fit in ``spend`` seconds; short ones are timed several at once."""
    work()
    start = time.perf_counter()
    work()
    repeat = max(1, int(2e-4 / (time.perf_counter() - start + 1e-9)))
    best, end = float("inf"), time.perf_counter() + spend
    while (start := time.perf_counter()) < end:
        for _ in range(repeat):
            work()
        best = min(best, (time.perf_counter() - start) / repeat)
    return best


def _matrix(rng: np.random.Generator, rows: int, columns: int, transposed: bool) -> NDArray[np.float32]:
    if transposed:
        return rng.random((columns, rows), dtype="float32").T
    return rng.random((rows, columns), dtype="float32")


def gemm_seconds(gemm: Gemm, spend: float = ENTRY_S) -> float:
    """Seconds of one product."""
    rng = np.random.default_rng(0)
    a = _matrix(rng, gemm.m, gemm.k, gemm.left_transposed)
    b = _matrix(rng, gemm.k, gemm.n, gemm.right_transposed)
    out = np.empty((gemm.m, gemm.n), "float32")
    return best_seconds(lambda: np.matmul(a, b, out=out), spend)


def copy_rate(size: int, threads: int) -> float:
    """GB/s read and written together while each thread copies its share of a block of ``size`` bytes again and again.

    The source and its copy take up the block together.
    """
    share = size // (2 * threads)
    repeat = max(1, MEMORY // size // 4)
    ready, go = threading.Barrier(threads), threading.Barrier(threads)
    spans: list[tuple[float, float]] = []

    def copy() -> None:
        source, target = np.ones(share, "uint8"), np.zeros(share, "uint8")
        for _ in range(3):
            np.copyto(target, source)
        ready.wait()
        for _ in range(5):
            go.wait()
            start = time.perf_counter()
            for _ in range(repeat):
                np.copyto(target, source)
            spans.append((start, time.perf_counter()))

    workers = [threading.Thread(target=copy) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rounds = [spans[i : i + threads] for i in range(0, len(spans), threads)]
    best = min(max(end for _, end in r) - min(start for start, _ in r) for r in rounds)
    return 2 * share * threads * repeat / best / 1e9


def measure(gemms: list[Gemm], blocks: list[int], threads: int) -> Rates:
    """The machine's rates on this many threads; the environment must give BLAS the same number."""
    environment = ONE_BLAS_THREAD if threads == 1 else {}
    question = json.dumps({"gemms": [asdict(gemm) for gemm in gemms], "blocks": blocks, "threads": threads})
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.rates"],
        input=question,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return Rates.from_json(done.stdout)


@dataclass(frozen=True)
class Machine:
    """Rates on one thread and on all."""

    one: Rates
    all: Rates

    @classmethod
    def measure(cls, gemms: list[Gemm] | None = None, blocks: list[int] | None = None) -> Machine:
        """Measure now. Blocks are in bytes; memory's own is always among them."""
        sizes = [max(size, SMALLEST) for size in blocks or []] + [MEMORY]
        return cls(measure(gemms or [], sizes, 1), measure(gemms or [], sizes, cores()))

    def best(self, other: Machine) -> Machine:
        """The better of two measurements, entry by entry."""
        return Machine(self.one.best(other.one), self.all.best(other.all))

    @property
    def square_gflops(self) -> float:
        """GFLOP/s of the square product on all threads, or on one where that is more."""
        return max(self.one.square_gflops, self.all.square_gflops)

    def gemm_seconds(self) -> float:
        """Seconds of all products, each on the number of threads that suits it."""
        return sum(map(min, self.one.gemm_seconds, self.all.gemm_seconds))

    def copy_gbs(self, size: int) -> float:
        """GB/s of copies of a block of this many bytes."""
        size = max(size, SMALLEST)
        return max(self.one.copy_gbs[size], self.all.copy_gbs[size])

    def summary(self) -> dict[str, float]:
        """The numbers that do not depend on a workload."""
        return {
            "sgemm_gflops_one_thread": self.one.square_gflops,
            "sgemm_gflops_all_threads": self.all.square_gflops,
            "copy_gbs_one_thread": self.one.copy_gbs[MEMORY],
            "copy_gbs_all_threads": self.all.copy_gbs[MEMORY],
        }


def main() -> None:
    """Answer the question on standard input."""
    question: dict[str, Any] = json.load(sys.stdin)
    rates = Rates(
        2 * SIZE**3 / gemm_seconds(Gemm(SIZE, SIZE, SIZE), SQUARE_S) / 1e9,
        tuple(gemm_seconds(Gemm(**fields)) for fields in question["gemms"]),
        {size: copy_rate(size, question["threads"]) for size in question["blocks"]},
    )
    print(json.dumps(asdict(rates)))


if __name__ == "__main__":
    main()
