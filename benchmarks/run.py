"""Time all contenders, epoch by epoch in turn, and write down what came out.

    python -m benchmarks.run --workloads W2 --out benchmarks/results.json

Every contender has its own process, which holds the rows in memory and has trained one epoch before
anything is timed. Then they take turns, one epoch each, so that a machine that slows down or is busy
slows all of them. The ratio is of best times. A contender that is not installed is listed as such.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import data, machine
from benchmarks.contenders import CONTENDERS, Contender
from benchmarks.report import table
from benchmarks.workloads import WORKLOADS, Workload

ROOT = Path(__file__).resolve().parent.parent
DENIM = "denim_fit"


class Process:
    """A contender's process, warmed up and waiting; see ``contenders/protocol.py``."""

    def __init__(self, contender: Contender, workload: Workload) -> None:
        self.child = subprocess.Popen(
            [
                sys.executable,
                "-m",
                f"benchmarks.contenders.{contender.module}",
                workload.to_json(),
            ],
            cwd=ROOT,
            env=os.environ | contender.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.introduction = self._hear()

    def ask(self, word: str) -> dict[str, Any]:
        """Say ``go`` or ``check`` and hear the reply."""
        assert self.child.stdin is not None
        self.child.stdin.write(f"{word}\n")
        self.child.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        if not line:
            raise ChildProcessError(f"failed with status {self.child.wait()}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def close(self) -> None:
        """End the conversation, and wait for the process to end."""
        self.child.communicate()


def missing(contender: Contender) -> str | None:
    """Why a contender cannot run here, if it cannot."""
    absent = [name for name in contender.requires if find_spec(name) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


def start(names: list[str], workload: Workload) -> tuple[dict[str, Process], dict[str, str]]:
    """The processes that run, one after the other warmed up, and why the others do not."""
    running: dict[str, Process] = {}
    absent: dict[str, str] = {}
    for name in names:
        contender = CONTENDERS[name]
        reason = missing(contender)
        if reason is None:
            try:
                running[name] = Process(contender, workload)
            except ChildProcessError as error:
                reason = str(error)
        if reason is not None:
            absent[name] = reason
    return running, absent


def time_workload(workload: Workload, names: list[str], epochs: int) -> dict[str, Any]:
    """All contenders on one workload, ``epochs`` timed epochs each, in turn."""
    running, absent = start(names, workload)
    try:
        seconds: dict[str, list[float]] = {name: [] for name in running}
        for _ in range(epochs):
            for name, process in running.items():
                seconds[name].append(process.ask("go")["seconds"])
        accuracy = {name: process.ask("check")["accuracy"] for name, process in running.items()}
    finally:
        for process in running.values():
            process.close()
    denim = min(seconds[DENIM]) if DENIM in seconds else None
    entries: list[dict[str, Any]] = []
    for name in names:
        if name in absent:
            entries.append({"name": name, "label": name, "missing": absent[name]})
            continue
        best = min(seconds[name])
        entries.append(
            {
                "name": name,
                **running[name].introduction,
                "seconds": seconds[name],
                "best_s": best,
                "median_s": median(seconds[name]),
                "ratio_to_denim": None if denim is None else best / denim,
                "accuracy": accuracy[name],
            }
        )
    return {
        "name": workload.name,
        "title": workload.title(),
        "data": data.source(workload),
        "gemm_flops": workload.gemm_flops,
        "contenders": entries,
    }


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--workloads", nargs="+", default=["W2"], choices=WORKLOADS)
    parser.add_argument("--contenders", nargs="+", default=list(CONTENDERS), choices=CONTENDERS)
    parser.add_argument("--epochs", type=int, default=7, help="timed epochs of each contender")
    parser.add_argument("--quick", action="store_true", help="few rows, two epochs: a smoke run")
    parser.add_argument("--out", type=Path, help="write everything to this JSON file")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    rates = [machine.sgemm()]
    results = []
    for name in options.workloads:
        workload = WORKLOADS[name].small() if options.quick else WORKLOADS[name]
        epochs = 2 if options.quick else options.epochs
        results.append(time_workload(workload, options.contenders, epochs))
        print(table(results[-1]), end="\n\n", flush=True)
    rates.append(machine.sgemm())
    sgemm = {kind: max(rate[kind] for rate in rates) for kind in rates[0]}
    host = machine.describe() | {"sgemm_gflops": sgemm}
    print(
        f"{host['cpu']}, {host['cores']} cores; SGEMM {sgemm['one_thread']:.0f} GFLOP/s on one "
        f"thread, {sgemm['all_threads']:.0f} on all"
    )
    if options.out:
        document = {"machine": host, "quick": options.quick, "workloads": results}
        options.out.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
