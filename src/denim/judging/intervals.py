"""Intervals: how sure a number is, given that other rows would have given another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt

import numpy as np

Z = 1.959963984540054
"""The normal distribution's 97.5 % point: intervals here are 95 % intervals."""

_RESAMPLES, _FEWEST, _ROWS = 2000, 200, 5_000_000
"""Resamples of few rows; of many rows fewer, so that so many rows are drawn in all, but never fewer than that."""


def wilson(right: int, rows: int) -> tuple[float, float]:
    """A 95 % interval for a share, as an accuracy.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share = right / rows
    middle = (share + Z**2 / (2 * rows)) / (1 + Z**2 / rows)
    half = Z / (1 + Z**2 / rows) * sqrt(share * (1 - share) / rows + Z**2 / (4 * rows**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(
    scores: Callable[..., Mapping[str, float]], arrays: Sequence[np.ndarray], *, seed: int = 0
) -> dict[str, tuple[float, float]]:
    """A 95 % interval for each of ``scores(*arrays)``: the middle of its values on rows drawn anew.

    Args:
        scores: of arrays that have a row each for the same things.
        arrays: what it is called with.
        seed: of the draws, so that equal rows have equal intervals.

    Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13 (percentile interval).
    """
    rows, draws = len(arrays[0]), np.random.default_rng(seed)
    values: dict[str, list[float]] = {}
    for _ in range(resamples(rows)):
        chosen = draws.integers(0, rows, rows)
        for name, value in scores(*(array[chosen] for array in arrays)).items():
            values.setdefault(name, []).append(value)
    ends = {name: np.percentile(found, [2.5, 97.5]).tolist() for name, found in values.items()}
    return {name: (low, high) for name, (low, high) in ends.items()}


def resamples(rows: int) -> int:
    """How often :func:`bootstrap` draws so many rows."""
    return max(_FEWEST, min(_RESAMPLES, _ROWS // rows))
