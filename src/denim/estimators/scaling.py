"""Bringing columns to mean 0 and variance 1, as weighted rows have them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scaling:
    """The means and standard deviations of columns; float64, one of each a column."""

    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, table: np.ndarray, weights: np.ndarray | None) -> Scaling:
        """Of a table of shape (rows, columns). What varies by rounding alone is only moved, not stretched."""
        each = np.ones(len(table)) if weights is None else weights
        mean = each @ table / each.sum()
        variance = each @ (table - mean) ** 2 / each.sum()
        noise = len(table) * np.finfo(table.dtype).eps * np.abs(mean)
        deviation = np.sqrt(variance)
        return cls(mean, np.where(deviation <= np.maximum(noise, np.finfo(table.dtype).tiny), 1.0, deviation))

    @classmethod
    def none(cls, columns: int) -> Scaling:
        """Leaves all columns as they are."""
        return cls(np.zeros(columns), np.ones(columns))

    def scaled(self, table: np.ndarray) -> np.ndarray:
        """The table in these units."""
        return (table - self.mean) / self.deviation
