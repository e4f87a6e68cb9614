"""Denim's time a step as networks grow, against the SGEMM bound: wider, deeper, in larger batches.

python -m benchmarks.growth [--quick] [--out benchmarks/results.json]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import bounds, data, machine, results
from benchmarks.contenders import DENIM, TRAINERS
from benchmarks.process import Process
from benchmarks.rates import Machine
from benchmarks.units import duration
from benchmarks.workloads import Workload

FLOPS = 4e9
ROW_BYTES = 64 * 2**20
STEPS = 2000
WIDTHS = tuple(2**i for i in range(4, 12))
BATCHES = tuple(4**i for i in range(7))
DEPTHS = (1, 2, 4, 8, 16, 32)


def sized(units: tuple[int, ...], batch: int, share: float) -> Workload:
    """The network with as many rows as make a short epoch; a smaller share makes it shorter."""
    one = Workload("growth", units, batch, "adam", rows=batch)
    steps = min(STEPS, FLOPS / bounds.flops(one), ROW_BYTES / (4 * batch * one.features))
    return Workload("growth", units, batch, "adam", rows=batch * max(2, int(steps * share)))


def points(share: float) -> Iterator[tuple[str, int, Workload]]:
    """What grows, how far it has grown, and the workload."""
    for width in WIDTHS:
        yield "width", width, sized((256, width, width, 10), 128, share)
    for batch in BATCHES:
        yield "batch", batch, sized((784, 100, 10), batch, share)
    for depth in DEPTHS:
        yield "depth", depth, sized((128, *[128] * depth, 10), 128, share)


def measure(workload: Workload, rounds: int) -> float:
    """Best seconds of a step."""
    process = Process(TRAINERS[DENIM], workload)
    try:
        return min(process.go(1) for _ in range(rounds)) / workload.steps
    finally:
        process.close()


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, two rounds: a smoke run")
    parser.add_argument("--out", type=Path, help="merge what comes out into this JSON file")
    options = parser.parse_args(arguments)
    data.prepare()
    rounds, share = (2, 0.1) if options.quick else (options.rounds, 1.0)
    rates = Machine.measure()
    found: list[tuple[str, int, Workload, float]] = []
    for what, size, workload in points(share):
        found.append((what, size, workload, measure(workload, rounds)))
        print(f"{what} {size}: {duration(found[-1][3])} a step", flush=True)
    rates = rates.best(Machine.measure())
    curves: dict[str, list[dict[str, Any]]] = {}
    for what, size, workload, seconds in found:
        bound = bounds.flops(workload) / workload.steps / rates.square_gflops / 1e9
        curves.setdefault(what, []).append({"size": size, "step_s": seconds, "sgemm_bound_s": bound})
    for what, curve in curves.items():
        shares = ", ".join(f"{p['size']}: {p['sgemm_bound_s'] / p['step_s']:.0%}" for p in curve)
        print(f"{what}, of the SGEMM bound: {shares}")
    if options.out:
        section = {"date": machine.now(), "quick": options.quick, "rates": rates.summary(), "curves": curves}
        results.merge(options.out, {"machine": machine.describe(), "growth": section})


if __name__ == "__main__":
    main()
