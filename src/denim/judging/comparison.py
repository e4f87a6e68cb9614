"""Whether one model's accuracy differs from another's by more than the test rows' chance.

Two models judged on the same rows differ only where exactly one of them is right, so only those rows are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, sqrt

import numpy as np

from denim.judging.intervals import Z

SIGNIFICANCE = 0.05


@dataclass(frozen=True)
class Comparison:
    """Model ``first`` against ``second``, on the same ``rows`` test rows.

    Attributes:
        first_only: rows that only the first one has right.
        second_only: rows that only the second one has right.
        p_value: of McNemar's exact test, as it is.
        adjusted_p_value: after Holm's correction for the number of pairs compared.
    """

    first: str
    second: str
    rows: int
    first_only: int
    second_only: int
    p_value: float
    adjusted_p_value: float

    @property
    def difference(self) -> float:
        """The first model's accuracy less the second's."""
        return (self.first_only - self.second_only) / self.rows

    @property
    def interval(self) -> tuple[float, float]:
        """A 95 % interval for the difference."""
        return paired_interval(self.first_only, self.second_only, self.rows)

    @property
    def more_than_noise(self) -> bool:
        """Whether the corrected p-value is below 5 %."""
        return self.adjusted_p_value < SIGNIFICANCE


def compare(right: Mapping[str, np.ndarray]) -> tuple[Comparison, ...]:
    """Every pair of models, the better one first. ``right``: by model, which test rows it has right, bool, (rows,)."""
    pairs = [
        (first, second) if right[first].sum() >= right[second].sum() else (second, first)
        for first, second in combinations(right, 2)
    ]
    only = [
        (int((right[first] & ~right[second]).sum()), int((right[second] & ~right[first]).sum()))
        for first, second in pairs
    ]
    p_values = [mcnemar(*counts) for counts in only]
    return tuple(
        Comparison(first, second, len(right[first]), *counts, p_value, adjusted)
        for (first, second), counts, p_value, adjusted in zip(pairs, only, p_values, holm(p_values), strict=True)
    )


def mcnemar(first_only: int, second_only: int) -> float:
    """The two-sided p-value of McNemar's exact test: a fair coin thrown for each row that only one model has right.

    Source: McNemar, "Note on the sampling error of the difference between correlated proportions", 1947.
    """
    thrown = first_only + second_only
    tail = sum(comb(thrown, heads) for heads in range(min(first_only, second_only) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**thrown)))


def holm(p_values: list[float]) -> list[float]:
    """The p-values after Holm's correction, in the same order: valid for all of them at once.

    Source: Holm, "A simple sequentially rejective multiple test procedure", 1979.
    """
    adjusted = [0.0] * len(p_values)
    highest = 0.0
    for place, number in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[number]))
        adjusted[number] = highest
    return adjusted


def paired_interval(first_only: int, second_only: int, rows: int) -> tuple[float, float]:
    """A 95 % interval for the difference of two accuracies on the same rows.

    Source: Bonett and Price, "Adjusted Wald confidence interval for a difference of binomial proportions based on
    paired data", 2012.
    """
    first, second = (first_only + 1) / (rows + 2), (second_only + 1) / (rows + 2)
    half = Z * sqrt((first + second - (first - second) ** 2) / (rows + 2))
    return max(-1.0, first - second - half), min(1.0, first - second + half)
