"""Denim on one thread to all, in float64, and two trainings at once on the same cores.

python -m benchmarks.scaling [--quick] [--out benchmarks/results.json]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from benchmarks import data, machine, results
from benchmarks.contenders import DENIM, TRAINERS
from benchmarks.contenders.protocol import FLOATX
from benchmarks.process import Process
from benchmarks.units import duration, ratio
from benchmarks.workloads import WORKLOADS, Workload

NAMES = ("W2", "W3", "W4", "W5")
SHARED = "W2"
EPOCHS_TOGETHER = 5


def over_threads(workload: Workload, rounds: int) -> dict[str, Any]:
    """Best seconds of an epoch on each number of threads, and in float64 on all, taken in turn."""
    processes: dict[int | str, Process] = {
        threads: Process(TRAINERS[DENIM], workload, {"DENIM_NUM_THREADS": str(threads)})
        for threads in range(1, machine.cores() + 1)
    }
    processes["float64"] = Process(TRAINERS[DENIM], workload, {FLOATX: "float64"})
    try:
        best = dict.fromkeys(processes, float("inf"))
        for _ in range(rounds):
            for which, process in processes.items():
                best[which] = min(best[which], process.go(1))
    finally:
        for process in processes.values():
            process.close()
    float64 = best.pop("float64")
    return {
        "name": workload.name,
        "title": workload.title(),
        "points": [{"threads": threads, "best_s": seconds} for threads, seconds in best.items()],
        "float64_s": float64,
    }


def together(workload: Workload, rounds: int) -> dict[str, Any]:
    """Two processes that train at once, each with all threads, beside one alone: epochs a second of all."""
    pair = [Process(TRAINERS[DENIM], workload) for _ in range(2)]
    try:
        alone = both = float("inf")
        for _ in range(rounds):
            alone = min(alone, pair[0].go(EPOCHS_TOGETHER))
            start = time.perf_counter()
            for process in pair:
                process.say(f"go {EPOCHS_TOGETHER}")
            for process in pair:
                process.hear()
            both = min(both, time.perf_counter() - start)
    finally:
        for process in pair:
            process.close()
    return {
        "name": workload.name,
        "title": workload.title(),
        "alone_epochs_per_s": EPOCHS_TOGETHER / alone,
        "together_epochs_per_s": 2 * EPOCHS_TOGETHER / both,
        "ratio": 2 * alone / both,
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="few rows, two rounds: a smoke run")
    parser.add_argument("--out", type=Path, help="merge what comes out into this JSON file")
    options = parser.parse_args(arguments)
    data.prepare()
    rounds = 2 if options.quick else options.rounds
    chosen = {name: WORKLOADS[name].small() if options.quick else WORKLOADS[name] for name in NAMES}
    curves = []
    for workload in chosen.values():
        curve = over_threads(workload, rounds)
        first = curve["points"][0]["best_s"]
        shown = (f"{p['threads']}: {duration(p['best_s'])} ({ratio(first / p['best_s'])})" for p in curve["points"])
        double = duration(curve["float64_s"])
        print(f"{curve['title']}; threads {', '.join(shown)}; in float64 {double}", flush=True)
        curves.append(curve)
    shared = together(chosen[SHARED], rounds)
    print(f"{shared['title']}; two at once do {ratio(shared['ratio'])} the epochs a second of one alone")
    if options.out:
        section = {"date": machine.now(), "quick": options.quick, "threads": curves, "together": shared}
        results.merge(options.out, {"machine": machine.describe(), "scaling": section})


if __name__ == "__main__":
    main()
