"""Whether models differ by more than noise when each is trained and judged several times over, as in cross-validation.

The trainings of a cross-validation share most of their rows, so their scores are no independent ones: a plain t-test
calls noise a difference far too often. The corrected one adds the share of rows judged to that of rows learnt from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import inf, sqrt

import numpy as np

from denim.judging.comparison import SIGNIFICANCE, holm

_NOTHING = 1e-12
"""Differences of this size are those of rounding."""


@dataclass(frozen=True)
class Pair:
    """Model ``first``, the better one, against ``second``, on the same folds.

    Attributes:
        difference: the mean of the first one's scores less the second's, turned so that it is not below 0.
        interval: a 95 % interval for it.
        p_value: of the corrected t-test, two-sided.
        adjusted_p_value: after Holm's correction for the number of pairs compared.
    """

    first: str
    second: str
    difference: float
    interval: tuple[float, float]
    p_value: float
    adjusted_p_value: float

    @property
    def more_than_noise(self) -> bool:
        """Whether the corrected p-value is below 5 %."""
        return self.adjusted_p_value < SIGNIFICANCE


def compare_folds(scores: Mapping[str, Sequence[float]], judged: float, *, higher_is_better: bool) -> tuple[Pair, ...]:
    """Every pair of models, the better one first.

    Args:
        scores: by model, the score on each fold; the folds are the same ones.
        judged: rows judged by those learnt from, in one fold: 1 / (folds - 1).
        higher_is_better: whether a higher score is.
    """
    sign = 1 if higher_is_better else -1
    pairs, tests = [], []
    for first, second in combinations(scores, 2):
        differences = sign * (np.asarray(scores[first], float) - np.asarray(scores[second], float))
        if differences.mean() < 0:
            first, second, differences = second, first, -differences
        mean = float(differences.mean())
        pairs.append((first, second, mean if mean > _NOTHING else 0.0, interval(differences, judged)))
        tests.append(corrected_t_test(differences, judged))
    return tuple(Pair(*pair, p, adjusted) for pair, p, adjusted in zip(pairs, tests, holm(tests), strict=True))


def corrected_t_test(differences: np.ndarray, judged: float) -> float:
    """The two-sided p-value of the corrected resampled t-test: whether the mean of ``differences`` is 0.

    Source: Nadeau and Bengio, "Inference for the generalization error", 2003; for repeated cross-validation, Bouckaert
    and Frank, "Evaluating the replicability of significance tests for comparing learning algorithms", 2004.
    """
    from scipy import stats

    mean, error = float(differences.mean()), _error(differences, judged)
    if abs(mean) < _NOTHING:
        return 1.0
    statistic = abs(mean) / error if error else inf
    return float(2 * stats.t.sf(statistic, len(differences) - 1))


def interval(values: np.ndarray, judged: float) -> tuple[float, float]:
    """A 95 % interval for the mean of scores, or of their differences, by the same correction."""
    from scipy import stats

    mean = float(np.mean(values))
    half = float(stats.t.ppf(0.975, len(values) - 1)) * _error(np.asarray(values, float), judged)
    return mean - half, mean + half


def _error(values: np.ndarray, judged: float) -> float:
    """The standard error of the mean."""
    return sqrt((1 / len(values) + judged) * float(values.var(ddof=1)))
