"""Mean and variance of data that may be larger than memory has room for twice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_BLOCK_ELEMENTS = 1 << 20
"""Elements that are converted to float64 at a time: 8 MB."""


def stretch(mean: np.ndarray, variance: np.ndarray, rows: int, computed: Any, used: Any) -> np.ndarray:
    """What numbers are divided by to have a variance of 1: each feature's standard deviation, or 1 if that is rounding.

    Args:
        mean, variance: of each feature.
        rows: they are of.
        computed: the dtype that they were computed in.
        used: the dtype that numbers are divided in.
    """
    deviation = np.sqrt(variance)
    noise = rows * np.finfo(computed).eps * np.abs(mean)
    return np.where(deviation <= np.maximum(noise, np.finfo(used).tiny), 1.0, deviation)


class Moments:
    """Mean and variance, in float64, of all that was added: for each element of the last axis, or of all numbers.

    Blocks are merged by the formula of Chan, Golub and LeVeque (1983).

    Attributes:
        count: numbers seen so far, for each feature.
        mean: of them.
    """

    def __init__(self, per_feature: bool) -> None:
        self._per_feature = per_feature
        self.count = 0
        self.mean: np.ndarray = np.zeros(())
        self._squares: np.ndarray = np.zeros(())

    @property
    def variance(self) -> np.ndarray:
        """The mean square distance from the mean."""
        return self._squares / max(self.count, 1)

    def add(self, data: np.ndarray) -> None:
        """Count an array, samples along its first axis.

        Raises:
            ValueError: if it holds NaN or infinity.
        """
        rows = max(1, _BLOCK_ELEMENTS // max(1, math.prod(data.shape[1:])))
        for start in range(0, len(data), rows):
            self._add_block(data[start : start + rows], start)

    def _add_block(self, data: np.ndarray, start: int) -> None:
        block = np.array(data, np.float64).reshape(-1, data.shape[-1] if self._per_feature else 1)
        if not len(block):
            return
        mean = block.mean(axis=0)
        if not np.isfinite(mean).all():
            row = start + int(np.argmax(~np.isfinite(data.reshape(len(data), -1)).all(axis=1)))
            raise ValueError(
                f"The data must be finite to have a mean. Received NaN or infinity in row {row}. Fill such values in, "
                "or leave the rows out: data[np.isfinite(data).all(axis=1)]."
            )
        block -= mean
        squares = np.einsum("ij,ij->j", block, block)
        if not self._per_feature:
            mean, squares = mean[0], squares[0]
        total = self.count + len(block)
        distance = mean - self.mean
        self._squares = self._squares + squares + distance * distance * (self.count * len(block) / total)
        self.mean = self.mean + distance * (len(block) / total)
        self.count = total
