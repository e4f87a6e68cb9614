"""Rows of a wide table that are mostly zeros, kept without these until they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class SparseRows:
    """A matrix by rows, with as much of SciPy's face as reading it takes.

    Attributes:
        width: how many columns there are.
        indptr: where each row begins in ``indices`` and ``data``, and where the last one ends.
        indices: columns, each once in a row.
        data: the numbers there.
    """

    width: int
    indptr: np.ndarray
    indices: np.ndarray
    data: np.ndarray

    ndim = 2

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return len(self.indptr) - 1, self.width

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the numbers."""
        return self.data.dtype

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> SparseRows:
        start, stop, _ = rows.indices(len(self))
        bounds = self.indptr[start : max(start, stop) + 1]
        part = slice(bounds[0], bounds[-1])
        return SparseRows(self.width, bounds - bounds[0], self.indices[part], self.data[part])

    def tocsr(self) -> SparseRows:
        """Itself."""
        return self

    def toarray(self, out: np.ndarray | None = None) -> np.ndarray:
        """With its zeros."""
        dense = np.empty(self.shape, self.dtype) if out is None else out
        dense[...] = 0
        dense[np.repeat(np.arange(len(self)), np.diff(self.indptr)), self.indices] = self.data
        return dense
