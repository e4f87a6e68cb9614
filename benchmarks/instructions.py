"""Instructions of one training step, counted by valgrind, against a stored budget.

python -m benchmarks.instructions build/native/step [--update] compares, or stores what it counts. Seconds depend on the
machine and its mood; instructions depend on the code and the compiler alone.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

BUDGET = Path(__file__).with_name("instructions.json")
STEPS = 50
TOLERANCE = 0.05
"""By how much a count may exceed the budget: what another release of the compiler makes of the same code."""


def count(step: Path, workload: str, instruction_set: str, epochs: int) -> int:
    """Instructions of the whole program with this many epochs of ``STEPS`` steps."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", str(step)]
    done = subprocess.run(
        [*command, workload, instruction_set, "1", str(STEPS), str(epochs)], capture_output=True, text=True, check=True
    )
    found = re.search(r"Collected : (\d+)", done.stderr)
    if found is None:
        raise RuntimeError(f"valgrind printed no count. It printed: {done.stderr!r}")
    return int(found[1])


def per_step(step: Path, workload: str, instruction_set: str) -> int:
    """Two epochs less one: what start and data cost drops out."""
    return (count(step, workload, instruction_set, 2) - count(step, workload, instruction_set, 1)) // STEPS


def main() -> int:
    """0 if every workload stays within its budget."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("step", type=Path, help="the program that native/benchmarks/step.cpp makes")
    parser.add_argument("--update", action="store_true", help="store the counts as the new budget")
    arguments = parser.parse_args()
    if shutil.which("valgrind") is None:
        print("Counting instructions needs valgrind. On Debian or Ubuntu, type: sudo apt install valgrind")
        return 2
    budget = json.loads(BUDGET.read_text())
    over = []
    for entry in budget:
        counted = per_step(arguments.step, entry["workload"], entry["instruction_set"])
        ratio = counted / entry["instructions_per_step"]
        name = f"{entry['workload']}, {entry['instruction_set']}"
        print(f"{name}: {counted:,} instructions a step, {ratio:.3f} of the budget")
        if ratio > 1 + TOLERANCE:
            over.append(entry["workload"])
        entry["instructions_per_step"] = counted
    if arguments.update:
        BUDGET.write_text(json.dumps(budget, indent=1) + "\n")
        return 0
    if over:
        print(f"Over the budget by more than {TOLERANCE:.0%}: {', '.join(over)}. Mend it, or --update and say why.")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
