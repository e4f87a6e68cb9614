"""What a contender's process says and hears.

It gets the workload as JSON on its command line, prepares the data, warms up for one epoch, and says
``{"label": ..., "versions": {...}, "warm_up_s": ...}``. For every line ``go`` it then runs one epoch and
answers ``{"seconds": ...}``; for ``check`` it answers ``{"accuracy": ...}`` on its first rows, which shows
that what was timed did learn. It ends when its input does. Whatever libraries print goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import load
from benchmarks.workloads import Workload

CHECKED_ROWS = 2000


class Trainer(Protocol):
    """A network with its data, ready to train."""

    def epoch(self) -> None:
        """Train one epoch over all rows in a new order; return when it is done."""

    def predict(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Class scores, one row for each row of ``x``."""


Make = Callable[[Workload, NDArray[np.float32], NDArray[np.int64]], Trainer]


def serve(label: str, distributions: tuple[str, ...], make: Make) -> None:
    """Run the conversation above for the trainer that ``make`` makes."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(**message: Any) -> None:
        print(json.dumps(message), file=replies, flush=True)

    workload = Workload.from_json(sys.argv[1])
    x, y = load(workload)
    trainer = make(workload, x, y)

    def timed_epoch() -> float:
        start = time.perf_counter()
        trainer.epoch()
        return time.perf_counter() - start

    warm_up = timed_epoch()
    versions = {name: version(name) for name in (*distributions, "numpy")}
    say(label=label, versions=versions, warm_up_s=warm_up)
    for line in sys.stdin:
        if line.strip() == "go":
            say(seconds=timed_epoch())
        else:
            scores = trainer.predict(x[:CHECKED_ROWS])
            say(accuracy=float(np.mean(scores.argmax(axis=1) == y[:CHECKED_ROWS])))
