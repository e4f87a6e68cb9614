"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denim.judging.intervals import wilson


@dataclass(frozen=True)
class Reliability:
    """What was said and what came true, bin by bin; bins without a row are left out.

    Attributes:
        edges: where the bins begin, and where the last one ends; the empty ones too.
        counts: rows of each bin; the empty ones too.
        said: mean probability of each bin with rows.
        true: the share of its rows that came true.
        ece: expected calibration error, the mean of |true - said| over the rows.
        brier: Brier score, the mean square of (probability - what is true), summed over the classes where there are
            more than two.
    """

    edges: np.ndarray
    counts: np.ndarray
    said: np.ndarray
    true: np.ndarray
    ece: float
    brier: float

    @property
    def intervals(self) -> list[tuple[float, float]]:
        """Of each bin with rows the 95 % interval for ``true``, Wilson's."""
        rows = self.counts[self.counts > 0].tolist()
        return [wilson(round(true * count), count) for true, count in zip(self.true.tolist(), rows, strict=True)]


def reliability(y: np.ndarray, p: np.ndarray, bins: int = 10, *, quantiles: bool = False) -> Reliability:
    """How often what was said with some probability came true: class 1, or of several classes the most probable one.

    Args:
        y: class numbers, shape (rows,).
        p: of class 1, shape (rows,), or of each class, shape (rows, classes).
        bins: how many, from 0 to 1.
        quantiles: whether they have about as many rows each, instead of one width.

    Sources: Guo et al., "On calibration of modern neural networks", 2017, for the error; Brier, "Verification of
    forecasts expressed in terms of probability", 1950, for his score.
    """
    said, true = (p, y == 1) if p.ndim == 1 else (p.max(axis=1), p.argmax(axis=1) == y)
    edges = np.linspace(0, 1, bins + 1)
    if quantiles:
        edges = np.unique(np.quantile(said, edges))
        edges = edges if len(edges) > 1 else np.array([edges[0], edges[0]])
    place = np.searchsorted(edges[1:-1], said)
    counts = np.bincount(place, minlength=len(edges) - 1)
    rows = np.maximum(counts, 1)
    mean_said = np.bincount(place, said, len(counts)) / rows
    mean_true = np.bincount(place, true, len(counts)) / rows
    ece = float(np.sum(counts * np.abs(mean_true - mean_said)) / len(said))
    return Reliability(edges, counts, mean_said[counts > 0], mean_true[counts > 0], ece, brier(y, p))


def brier(y: np.ndarray, p: np.ndarray) -> float:
    """Brier's score; the arguments are those of :func:`reliability`."""
    if p.ndim == 1:
        return float(np.mean((p - y) ** 2))
    return float(np.mean(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)))
