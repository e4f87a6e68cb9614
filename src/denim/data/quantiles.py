"""Boundaries between ranges of about equally many numbers, of data that comes in batches."""

from __future__ import annotations

import numpy as np

_SORTED_AT_ONCE = 1 << 19
"""Numbers: some hundredths of a second, after which Ctrl-C is heard."""


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
        numbers = np.asarray(data).reshape(-1)
        step = max(numbers.size * self._epsilon, 1.0)
        chosen = _at_ranks(_sorted_parts(numbers), np.arange(int(step - 1.0), numbers.size, int(step)))
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


def _sorted_parts(numbers: np.ndarray) -> list[np.ndarray]:
    parts = []
    for first in range(0, numbers.size, _SORTED_AT_ONCE):
        part = np.sort(numbers[first : first + _SORTED_AT_ONCE].astype(np.float32))
        if not np.isfinite(part[[0, -1]]).all():
            raise ValueError("adapt() needs finite numbers. Received: NaN or infinity in the data.")
        parts.append(part)
    return parts


def _at_ranks(parts: list[np.ndarray], ranks: np.ndarray) -> np.ndarray:
    """What sorting all parts as one would bring to these places, found by halving the range of possible numbers."""
    if len(parts) <= 1:
        return parts[0][ranks] if parts else np.zeros(0, np.float32)
    low = np.full(ranks.shape, _order(min(part[0] for part in parts)))
    high = np.full(ranks.shape, _order(max(part[-1] for part in parts)))
    while (low < high).any():
        middle = (low + high) // 2
        values = _of_order(middle)
        enough = sum(np.searchsorted(part, values, "right") for part in parts) > ranks
        low, high = np.where(enough, low, middle + 1), np.where(enough, middle, high)
    found: np.ndarray = _of_order(low) + np.float32(0)  # not -0
    return found


def _order(value: np.float32) -> int:
    """The place of a finite number among all numbers of its type."""
    bits = int(value.view(np.int32))
    return bits if bits >= 0 else -(bits & 0x7FFFFFFF) - 1


def _of_order(places: np.ndarray) -> np.ndarray:
    bits = np.where(places >= 0, places, (-places - 1) | 0x80000000)
    return bits.astype(np.uint32).view(np.float32)


def _compressed(summary: np.ndarray, part: float) -> np.ndarray:
    """Values and weights at every ``part`` of the weight, between those that there are."""
    if summary.shape[1] * part < 1:
        return summary
    places = part + np.arange(0.0, 1.0, part)
    reached = summary[1].cumsum()
    values = np.interp(places, reached / reached[-1], summary[0])
    weights = np.interp(places, reached / reached[-1], reached)
    return np.stack([values, np.diff(weights, prepend=0.0)]).astype(np.float32)
