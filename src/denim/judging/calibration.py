"""Whether probabilities mean what they say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Bin:
    """Rows whose answer had a probability from ``low`` to ``high``.

    Attributes:
        rows: how many.
        right: how many of these answers are right.
        said: the mean of the probabilities.
    """

    low: float
    high: float
    rows: int
    right: int
    said: float


@dataclass(frozen=True)
class Calibration:
    """``error``: the expected calibration error. ``brier``: the Brier score. ``bins``: those that have rows."""

    bins: tuple[Bin, ...]
    error: float
    brier: float


def calibration(true: np.ndarray, probabilities: np.ndarray, bins: int = 10) -> Calibration:
    """How often answers of a certain probability are right.

    Args:
        true: class numbers, shape (rows,).
        probabilities: of each class, shape (rows, classes).
        bins: of equal width, from 0 to 1.

    Sources: Guo et al., "On calibration of modern neural networks", 2017, for the expected calibration error of the
    most probable class; Brier, "Verification of forecasts expressed in terms of probability", 1950, for his score: the
    sum over the classes of squared differences, its mean over the rows, from 0 to 2.
    """
    answer = probabilities.argmax(axis=1)
    said = probabilities[np.arange(len(true)), answer].astype(float)
    right = answer == true
    edges = np.linspace(0, 1, bins + 1)
    number = np.clip(np.ceil(said * bins).astype(int) - 1, 0, bins - 1)
    found = []
    for place in range(bins):
        inside = number == place
        if inside.any():
            found.append(
                Bin(
                    float(edges[place]),
                    float(edges[place + 1]),
                    int(inside.sum()),
                    int(right[inside].sum()),
                    float(said[inside].mean()),
                )
            )
    error = sum(abs(part.right - part.rows * part.said) for part in found) / len(true)
    return Calibration(tuple(found), float(error), brier(true, probabilities))


def brier(true: np.ndarray, probabilities: np.ndarray) -> float:
    """Brier's score of each row's probabilities, in the mean."""
    wanted = np.zeros(probabilities.shape)
    wanted[np.arange(len(true)), true] = 1
    return float(np.square(probabilities - wanted).sum(axis=1).mean())
