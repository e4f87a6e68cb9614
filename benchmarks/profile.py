"""Where a training step's instructions go, counted by valgrind, function by function.

    python -m benchmarks.profile build/native/step --out benchmarks/results.json

valgrind knows no AVX-512, so the AVX2 kernels are counted, on one thread. Making the data is left out.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks import bounds, machine, results
from benchmarks.tables import profile as table
from benchmarks.workloads import WORKLOADS

PROFILED = ("W1", "W2", "W6", "W7")
STEPS = 100
LEAST = 0.01
"""A function with a smaller share of the instructions is one of the rest."""


def functions(step: Path, workload: str) -> dict[str, int]:
    """Instructions of ``STEPS`` steps by function; names without namespaces and arguments."""
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={counts}", str(step)]
        subprocess.run([*command, workload, "avx2", "1", str(STEPS), "1"], capture_output=True, check=True)
        listing = subprocess.run(
            ["callgrind_annotate", "--threshold=100", str(counts)], capture_output=True, text=True, check=True
        ).stdout
    return parse(listing)


def parse(listing: str) -> dict[str, int]:
    """What ``callgrind_annotate`` lists, but for ``main`` and what it draws the data with."""
    found: dict[str, int] = {}
    for count, function in re.findall(r"^ *([\d,]+) \([^)]*\) +\S*?:(.+?)(?: \[[^\]]*\])?$", listing, re.MULTILINE):
        name = re.sub(r"\(.*", "", function).rsplit("::", 1)[-1]
        if name != "main":
            found[name] = found.get(name, 0) + int(count.replace(",", ""))
    return found


def summary(workload: str, counted: dict[str, int]) -> dict[str, Any]:
    """A step's instructions, the shares of the functions that matter, and the bytes that must move."""
    total = sum(counted.values())
    shares = {name: count / total for name, count in counted.items() if count >= LEAST * total}
    return {
        "title": WORKLOADS[workload].title(),
        "instructions": total // STEPS,
        "bytes": bounds.epoch_bytes(WORKLOADS[workload]) / WORKLOADS[workload].steps,
        "operations": bounds.flops(WORKLOADS[workload]) / WORKLOADS[workload].steps,
        "shares": dict(sorted(shares.items(), key=lambda item: -item[1])),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("step", type=Path, help="the program that native/benchmarks/step.cpp makes")
    parser.add_argument("--out", type=Path, help="merge what comes out into this JSON file")
    options = parser.parse_args(arguments)
    if shutil.which("valgrind") is None or not options.step.is_file():
        print(f"No profile: it takes valgrind and {options.step}, which `make bench` builds.")
        return
    section = {name: summary(name, functions(options.step, name)) for name in PROFILED}
    print(table(section))
    if options.out:
        results.merge(options.out, {"machine": machine.describe(), "profile": section})


if __name__ == "__main__":
    main()
