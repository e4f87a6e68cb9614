"""What a contender's process says and hears.

It gets the workload as JSON on its command line, prepares its data, warms up, and says
``{"label": ..., "variant": ..., "versions": {...}, "warm_up_s": ...}``, or ``{"unable": ...}`` with the reason and
ends. For every line ``go N`` it then does N rounds and answers ``{"seconds": ...}``, the time of all of them; a round
is an epoch of training or a call of predict. For ``check`` it answers ``{"quality": ..., "value": ...}``, which shows
that what was timed did learn, or gave the right numbers. It ends when its input does. Whatever libraries print goes
to stderr.

A contender that knows several ways to do the same, such as one thread or all, has them in ``variants``; each is
tried after the warm-up, and the fastest stays.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.data import Layers, glorot, load, rows_to_predict
from benchmarks.workloads import Inference, Workload

FLOATX = "DENIM_BENCH_FLOATX"
"""The environment variable from which denim's contender reads its dtype."""

CHECKED_ROWS = 2000
TRIAL_S = 0.3
TRIALS = 20
LONG_S = 3.0
"""A first round that takes longer is trial enough."""

Floats = NDArray[np.float32]
Variants = Mapping[str, Callable[[], object]]


class Unable(Exception):
    """This contender cannot do this workload; the text says why."""


class Trainer(Protocol):
    """A network with its data, ready to train."""

    def epoch(self) -> float | None:
        """Train one epoch over all rows in a new order; return its seconds, or None to be timed."""

    def predict(self, x: Floats) -> NDArray[Any]:
        """Outputs for rows, dropout off: class scores in any scale, or values."""


class Predictor(Protocol):
    """A network with its weights, ready to predict."""

    def predict(self, x: Floats) -> NDArray[Any]:
        """The softmax outputs for rows, as a NumPy array."""


MakeTrainer = Callable[[Workload, Floats, NDArray[Any]], Trainer]
MakePredictor = Callable[[Inference, Layers], Predictor]


def serve(label: str, distributions: tuple[str, ...], make: MakeTrainer) -> None:
    """Run the conversation above for the trainer that ``make`` makes."""
    with _replies() as say:
        workload = Workload.from_json(sys.argv[1])
        x, y = load(workload)
        try:
            trainer = make(workload, x, y)
        except Unable as error:
            say(unable=str(error))
            return

        def check() -> dict[str, Any]:
            outputs, truth = np.asarray(trainer.predict(x[:CHECKED_ROWS])), y[:CHECKED_ROWS]
            if workload.loss == "crossentropy":
                return {"quality": "accuracy", "value": float(np.mean(outputs.argmax(axis=1) == truth))}
            residue = np.mean((outputs.reshape(truth.shape) - truth) ** 2)
            return {"quality": "R2", "value": float(1 - residue / truth.var())}

        _converse(say, label, distributions, trainer.epoch, check, getattr(trainer, "variants", {}))


def serve_predictions(label: str, distributions: tuple[str, ...], make: MakePredictor) -> None:
    """Run the conversation above for the predictor that ``make`` makes."""
    with _replies() as say:
        inference = Inference.from_json(sys.argv[1])
        layers = glorot(inference.units)
        x = rows_to_predict(inference)
        try:
            predictor = make(inference, layers)
        except Unable as error:
            say(unable=str(error))
            return

        def check() -> dict[str, Any]:
            error = np.abs(np.asarray(predictor.predict(x)) - forward(layers, x)).max()
            return {"quality": "largest error", "value": float(error)}

        variants = getattr(predictor, "variants", {})
        _converse(say, label, distributions, lambda: predictor.predict(x), check, variants)


def forward(layers: Layers, x: Floats) -> NDArray[np.float64]:
    """The network's softmax outputs in float64, to compare with."""
    values = x.astype("float64")
    for weight, bias in layers[:-1]:
        values = np.maximum(values @ weight + bias, 0)
    weight, bias = layers[-1]
    values = np.exp(values @ weight + bias)
    return values / values.sum(axis=1, keepdims=True)


class _replies:
    """Keeps the real standard output for replies, and sends all other prints to stderr."""

    def __enter__(self) -> Callable[..., None]:
        self.file = os.fdopen(os.dup(1), "w")
        os.dup2(2, 1)
        return self._say

    def _say(self, **message: Any) -> None:
        print(json.dumps(message), file=self.file, flush=True)

    def __exit__(self, *_: object) -> None:
        self.file.close()


def _converse(
    say: Callable[..., None],
    label: str,
    distributions: tuple[str, ...],
    work: Callable[[], object],
    check: Callable[[], dict[str, Any]],
    variants: Variants,
) -> None:
    def rounds(count: int) -> float:
        start, corrections = time.perf_counter(), 0.0
        for _ in range(count):
            began = time.perf_counter()
            own = work()
            if isinstance(own, float):
                corrections += own - (time.perf_counter() - began)
        return time.perf_counter() - start + corrections

    if variants:
        next(iter(variants.values()))()
    warm_up = rounds(1)
    kept = _fastest(variants, rounds)
    say(label=label, variant=kept, versions=_versions(distributions), warm_up_s=warm_up)
    for line in sys.stdin:
        word, *count = line.split()
        if word == "go":
            say(seconds=rounds(int(count[0])))
        else:
            say(**check())


def _fastest(variants: Variants, rounds: Callable[[int], float]) -> str | None:
    """Try each variant, leave the fastest in force, and return its name."""
    if not variants:
        return None
    best: dict[str, float] = {}
    for name, choose in variants.items():
        choose()
        first = rounds(1)
        spent = [first] if first > LONG_S else []
        while sum(spent) < TRIAL_S and len(spent) < TRIALS:
            spent.append(rounds(1))
        best[name] = min(spent)
    kept = min(best, key=lambda name: best[name])
    variants[kept]()
    rounds(1)
    return kept


def _versions(distributions: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in (*distributions, "numpy"):
        found[name] = "source tree"
        for distribution in (name, f"{name}-cpu"):
            with suppress(PackageNotFoundError):
                found[name] = version(distribution)
    return found
