"""Intervals: how sure a number is, given that other rows would have given another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np

Z = 1.959963984540054
"""The normal distribution's 97.5 % point: intervals here are 95 % intervals."""

RESAMPLES = 2000


def wilson(right: int, rows: int) -> tuple[float, float]:
    """A 95 % interval for a share, as an accuracy.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share = right / rows
    middle = (share + Z**2 / (2 * rows)) / (1 + Z**2 / rows)
    half = Z / (1 + Z**2 / rows) * sqrt(share * (1 - share) / rows + Z**2 / (4 * rows**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def bootstrap(
    score: Callable[..., float], arrays: Sequence[np.ndarray], *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """A 95 % interval for ``score(*arrays)``: the middle of its values on rows drawn anew.

    Args:
        score: of arrays that have a row each for the same things.
        arrays: what it is called with.
        seed: of the draws, so that equal rows have equal intervals.
        resamples: how often rows are drawn.

    Source: Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13 (percentile interval).
    """
    rows, draws = len(arrays[0]), np.random.default_rng(seed)
    values = []
    for _ in range(resamples):
        chosen = draws.integers(0, rows, rows)
        values.append(score(*(array[chosen] for array in arrays)))
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)
