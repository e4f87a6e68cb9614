"""Time all contenders in turn, and write down what came out.

    python -m benchmarks.run --workloads W2 P1 --out benchmarks/results.json

Every contender has its own process, which holds its data in memory and is warm before anything is timed. Then they
take turns, one round each, so that a machine that slows down or is busy slows all of them. The ratio is of best
times. A contender that is not installed, or fails, is listed with the reason.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import bounds, data, machine, results
from benchmarks.contenders import PREDICTORS, TRAINERS, Contender
from benchmarks.process import Failed, Process, why_missing
from benchmarks.rates import Machine
from benchmarks.report import table
from benchmarks.scripts import SCRIPTS, time_scripts
from benchmarks.workloads import INFERENCES, WORKLOADS, Inference, Workload

ROUND_S = 0.03
"""Calls of predict are timed together until they take this long."""
FEWEST = 3
SETTLE_S = 0.4
"""Between two turns: some libraries' threads go on spinning for a while after their work."""


def start(contenders: Sequence[Contender], workload: Workload | Inference) -> tuple[dict[str, Process], dict[str, str]]:
    """The processes that run, one after the other warmed up, and why the others do not."""
    running: dict[str, Process] = {}
    absent: dict[str, str] = {}
    for contender in contenders:
        reason = why_missing(contender)
        if reason is None:
            try:
                running[contender.name] = Process(contender, workload)
            except Failed as error:
                reason = str(error)
        if reason is not None:
            absent[contender.name] = reason
    return running, absent


class Turns:
    """The rounds of one contender: how many at once, how long each took, what is left of its time."""

    def __init__(self, process: Process, spend: float) -> None:
        self.process, self.left = process, spend
        self.repeat = 1
        self.seconds: list[float] = []
        self.failure: str | None = None

    def settle(self) -> None:
        """Take so many calls for a round that it can be timed well."""
        while (spent := self.process.go(self.repeat)) < ROUND_S:
            self.repeat = max(2 * self.repeat, int(ROUND_S / spent * self.repeat))

    def turn(self) -> None:
        """One round, if there is time left."""
        if self.failure or (self.left <= 0 and len(self.seconds) >= FEWEST):
            return
        time.sleep(SETTLE_S)
        try:
            spent = self.process.go(self.repeat)
        except Failed as error:
            self.failure = str(error)
            return
        self.left -= spent
        self.seconds.append(spent / self.repeat)


def entry(turns: Turns, quality: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a contender."""
    return {
        **turns.process.introduction,
        "seconds": turns.seconds,
        "best_s": min(turns.seconds),
        "median_s": median(turns.seconds),
        **quality,
    }


def time_contenders(
    workload: Workload | Inference, contenders: Sequence[Contender], rounds: int, spend: float
) -> list[dict[str, Any]]:
    """All contenders on one workload, in turn."""
    running, absent = start(contenders, workload)
    turns = {name: Turns(process, spend) for name, process in running.items()}
    entries = []
    try:
        if isinstance(workload, Inference):
            for each in turns.values():
                each.settle()
        for _ in range(rounds):
            for each in turns.values():
                each.turn()
        for contender in contenders:
            name = contender.name
            reason = absent.get(name) or turns[name].failure
            if reason is None:
                entries.append({"name": name, **entry(turns[name], running[name].check())})
            else:
                label = turns[name].process.introduction["label"] if name in turns else name
                entries.append({"name": name, "label": label, "missing": reason})
    finally:
        for process in running.values():
            process.close()
    return entries


def time_workload(
    workload: Workload | Inference, contenders: Sequence[Contender], rounds: int, spend: float, source: str
) -> dict[str, Any]:
    """One workload's entry in the results: contenders, and the bounds measured before and after them."""
    gemms = bounds.gemms(workload)
    training = isinstance(workload, Workload)
    blocks = [bounds.state_bytes(workload)] if isinstance(workload, Workload) else []
    rates = Machine.measure(gemms, blocks)
    entries = time_contenders(workload, contenders, rounds, spend)
    rates = rates.best(Machine.measure(gemms, blocks))
    steps = workload.steps if isinstance(workload, Workload) else 1
    operations = bounds.flops(workload)
    bound = operations / rates.square_gflops / 1e9
    document: dict[str, Any] = {
        "name": workload.name,
        "kind": "training" if training else "inference",
        "title": workload.title(),
        "data": source if isinstance(workload, Inference) or data.has_pictures(workload) else "random",
        "date": machine.now(),
        "steps": steps,
        "gemm_flops": operations,
        "rates": rates.summary(),
        "sgemm_bound_s": bound,
        "sgemm_bound_own_shapes_s": rates.gemm_seconds() * steps,
        "contenders": entries,
    }
    if isinstance(workload, Workload):
        moved = bounds.epoch_bytes(workload)
        bandwidth = rates.copy_gbs(bounds.state_bytes(workload))
        document |= {
            "epoch_bytes": moved,
            "state_bytes": bounds.state_bytes(workload),
            "state_copy_gbs": bandwidth,
            "bound_with_bytes_s": bound + moved / bandwidth / 1e9,
        }
    return document


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    known = [*WORKLOADS, *INFERENCES, *SCRIPTS]
    parser.add_argument("--workloads", nargs="+", default=known, choices=known)
    everyone = list(dict.fromkeys([*TRAINERS, *PREDICTORS]))
    parser.add_argument("--contenders", nargs="+", default=everyone, choices=everyone, metavar="NAME")
    parser.add_argument("--rounds", type=int, default=7, help="timed rounds of each contender")
    parser.add_argument("--spend", type=float, default=20, help="seconds a contender may take for more than a few")
    parser.add_argument("--quick", action="store_true", help="few rows, two rounds: a smoke run")
    parser.add_argument("--out", type=Path, help="merge what comes out into this JSON file")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    source = data.prepare()
    rounds = 2 if options.quick else options.rounds
    host = machine.describe()
    for name in options.workloads:
        if name in SCRIPTS:
            document = time_scripts(name, options.contenders, options.quick, source)
        else:
            table_of = TRAINERS if name in WORKLOADS else PREDICTORS
            contenders = [each for each in table_of.values() if each.name in options.contenders]
            workload = WORKLOADS[name] if name in WORKLOADS else INFERENCES[name]
            if options.quick:
                workload = workload.small()
            more = 1 if name in WORKLOADS else 3
            document = time_workload(workload, contenders, more * rounds, options.spend, source)
        print(table(document), end="\n\n", flush=True)
        if options.out:
            results.merge(options.out, {"machine": host, "workloads": {name: document | {"quick": options.quick}}})
    if not options.out:
        print("Nothing was written; --out benchmarks/results.json keeps the numbers.", file=sys.stderr)


if __name__ == "__main__":
    main()
