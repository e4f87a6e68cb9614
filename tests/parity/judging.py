"""When two trainings are the same: the rule of docs/parity.md.

The judge is the same program in float64, run by the reference engine. What float32 may make of it is measured and not
guessed: by the reference engine in float32, and by runs, in float64 and in float32, begun at weights and inputs that
are moved by half a float32's last place; in float64 what comes out of every node is moved, too, by up to a whole one.
An outcome may be as far from the judge as these differ, times a factor.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from denim.engines import interpreter

from .drawing import Options
from .training import Outcome, build, data, denim_as, first_weights, train

FACTOR = 64.0
"""How many times further from the judge than the measured round-off an outcome may be."""

FLOOR = 2.0**-21
"""The least round-off that is taken for measured: eight units in the last place of a float32."""

_SMALLEST = 0.1
"""Numbers are compared relative to the largest of their array, but no array is taken for smaller than this: a bias may
cross 0, while steps of the optimizer have their own size."""

MOVES = 2
"""How many moved runs measure the round-off."""


class Judge:
    """What is right for a case, and by how much float32 may miss it."""

    def __init__(self, case: Options) -> None:
        arrays = data(case)
        self.right = self._run(case, "float64", arrays)
        native = self._run(case, "float32", arrays, engine=None)
        spread = [(self._run(case, "float32", arrays), self.right)]
        for move in range(1, MOVES + 1):
            spread.append((self._run(case, "float64", arrays, move), self.right))
            spread.append((self._run(case, "float32", arrays, move, engine=None), native))
        self.allowed = {
            key: FACTOR * max(FLOOR, *(distance(one[key], other[key]) for one, other in spread)) for key in self.right
        }

    @staticmethod
    def _run(
        case: Options,
        dtype: str,
        arrays: dict[str, list[np.ndarray]],
        move: int = 0,
        engine: str | None = "reference",
    ) -> Outcome:
        with denim_as(engine, dtype) as denim:
            model = build(denim, case, dtype)
            weights = first_weights(case, model)
            if not move:
                return train(model, case, weights, arrays)
            weights, arrays = _moved({"": weights}, move, dtype)[""], _moved(arrays, move, dtype)
            with _moved_between(move):
                return train(model, case, weights, arrays)

    def problems(self, outcome: Outcome) -> list[str]:
        """What of an outcome is further off than float32 explains."""
        if set(outcome) != set(self.right):
            return [f"{sorted(outcome)} instead of {sorted(self.right)}"]
        found = []
        for key, right in self.right.items():
            if outcome[key].shape != right.shape:
                found.append(f"{key} has shape {outcome[key].shape} instead of {right.shape}")
                continue
            off = distance(outcome[key], right)
            if not off <= self.allowed[key]:
                found.append(f"{key} is off by {off:.3g}, {self.allowed[key]:.3g} is allowed")
        return found

    def shares(self, outcome: Outcome) -> dict[str, float]:
        """How much of what is allowed each part of an outcome takes."""
        return {key: distance(outcome[key], value) / self.allowed[key] for key, value in self.right.items()}


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference, relative to the largest number of ``other``; infinite where only one is a number."""
    if not np.array_equal(np.isfinite(one), np.isfinite(other)):
        return float("inf")
    finite = np.isfinite(other)
    if not finite.any():
        return 0.0
    scale = max(_SMALLEST, float(np.abs(other[finite]).max()))
    return float(np.abs(one[finite] - other[finite]).max()) / scale


def _moved(arrays: dict[str, list[np.ndarray]], move: int, dtype: str) -> dict[str, list[Any]]:
    """The same numbers, each moved by up to half a float32's last place; in float32, some by a whole one."""
    random = np.random.default_rng([9, move])

    def moved(values: np.ndarray) -> np.ndarray:
        if values.dtype.kind != "f":
            return values
        return (values * (1 + 2.0**-24 * random.uniform(-1, 1, values.shape))).astype(dtype)

    return {
        key: [moved(values) for values in group] if key in ("x", "val_x", "") else group
        for key, group in arrays.items()
    }


@contextmanager
def _moved_between(move: int) -> Iterator[None]:
    """Within, the reference engine moves what comes out of every node by up to a float32's last place.

    Whole numbers stay: they are exact, and may be class numbers or truth values. What is between them may lose most of
    its digits in the next node: a sigmoid near 1 to a cross-entropy, which takes the logarithm of its distance to 1.
    """
    random = np.random.default_rng([10, move])
    exact = interpreter._forward

    def forward(*given: Any) -> np.ndarray:
        values = exact(*given)
        moved = values * (1 + 2.0**-23 * random.uniform(-1, 1, values.shape))
        return np.where(values == np.rint(values), values, moved)

    with patch.object(interpreter, "_forward", forward):
        yield
