"""Boundaries between ranges of about equally many numbers, of data that comes in batches."""

from __future__ import annotations

import numpy as np


class Quantiles:
    """A summary of all numbers that were added, in about 1 / epsilon quantiles with their weights.

    The steps are those of Keras's ``Discretization.adapt``, so that the boundaries are.
    """

    def __init__(self, epsilon: float) -> None:
        self._epsilon = epsilon
        self._summary = np.zeros((2, 0), np.float32)

    def add(self, data: np.ndarray) -> None:
        """Count all numbers of an array.

        Raises:
            ValueError: for NaN or infinity.
        """
        numbers = np.sort(np.asarray(data).astype(np.float32).reshape(-1))
        if numbers.size and not np.isfinite(numbers[[0, -1]]).all():
            raise ValueError("adapt() needs finite numbers. Received: NaN or infinity in the data.")
        step = max(numbers.size * self._epsilon, 1.0)
        chosen = numbers[int(step - 1.0) :: int(step)]
        added = np.stack([chosen, np.full_like(chosen, step)])
        merged = np.concatenate([added, self._summary], axis=1)
        self._summary = _compressed(merged[:, np.argsort(merged[0])], self._epsilon)

    def boundaries(self, bins: int) -> list[float]:
        """The ends of all but the last of ``bins`` ranges.

        Raises:
            ValueError: if nothing was added, or there is no range.
        """
        if not self._summary.size or bins < 1:
            raise ValueError(
                f"adapt() needs data, and num_bins of at least 1. Received: {self._summary.shape[1]} quantiles for "
                f"{bins} ranges."
            )
        found: list[float] = _compressed(self._summary, 1.0 / bins)[0, :-1].tolist()
        return found


def _compressed(summary: np.ndarray, part: float) -> np.ndarray:
    """Values and weights at every ``part`` of the weight, between those that there are."""
    if summary.shape[1] * part < 1:
        return summary
    places = part + np.arange(0.0, 1.0, part)
    reached = summary[1].cumsum()
    values = np.interp(places, reached / reached[-1], summary[0])
    weights = np.interp(places, reached / reached[-1], reached)
    return np.stack([values, np.diff(weights, prepend=0.0)]).astype(np.float32)
