"""Bringing columns to mean 0 and variance 1, as weighted rows have them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.data.arrays import is_sparse
from denim.data.moments import stretch


@dataclass(frozen=True)
class Scaling:
    """The means and standard deviations of columns; float64, one of each a column."""

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, table: Any, weights: np.ndarray | None) -> Scaling:
        """Of an array or a sparse matrix by rows, shape (rows, columns). What varies by rounding alone is only moved,
        not stretched.
        """
        rows = table.shape[0]
        each = np.ones(rows) if weights is None else weights
        mean, variance = (_of_sparse if is_sparse(table) else _of_dense)(table, each)
        return cls(mean, stretch(mean, variance, rows, table.dtype, table.dtype))

    @classmethod
    def none(cls, columns: int) -> Scaling:
        """Leaves all columns as they are."""
        return cls(np.zeros(columns), np.ones(columns))

    def scaled(self, table: np.ndarray) -> np.ndarray:
        """The table in these units."""
        return (table - self.mean) / self.deviation


def _of_dense(table: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and variances."""
    mean = weights @ table / weights.sum()
    return mean, weights @ (table - mean) ** 2 / weights.sum()


def _of_sparse(table: Any, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same: each number that is there has its distance from the mean, and all zeros have the mean itself."""
    if not table.has_canonical_format:
        table = table.copy()
        table.sum_duplicates()
    columns, place, total = table.shape[1], table.indices, weights.sum()
    each = np.repeat(weights, np.diff(table.indptr))
    mean = np.bincount(place, each * table.data, columns) / total
    distances = np.bincount(place, each * (table.data - mean[place]) ** 2, columns)
    zeros = total - np.bincount(place, each, columns)
    return mean, (distances + zeros * mean**2) / total
