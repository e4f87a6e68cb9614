"""Arrays that are read by runs of rows: h5py's data sets, NumPy's memory maps, and sparse matrices."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denim.data.arrays import as_array, is_sparse

WHOLE_BYTES = 512 << 20
"""Up to so many bytes of what lies in files are treated as arrays in memory: read whole, or mapped and read in place.

A constant, and not a share of this machine's memory, because the order of rows depends on it.
"""
WINDOW_BYTES = 64 << 20
"""Of larger ones so many bytes are held at a time, and as many are read meanwhile."""

Runs = Sequence[tuple[int, int]]
"""Rows [start, stop), in ascending order."""


@dataclass(frozen=True, eq=False)
class Stored:
    """An array in a file, or one that is kept without its zeros. ``stored[start:stop]`` reads rows of it into memory.

    Attributes:
        source: the ``h5py.Dataset``, ``numpy.memmap``, or matrix of SciPy's by rows.
        shape: the axis of rows first.
        dtype: of what is read, in this machine's order of bytes.
        chunk_rows: rows that are stored, and perhaps compressed, as one piece.
    """

    source: Any
    shape: tuple[int, ...] = field(init=False)
    dtype: np.dtype[Any] = field(init=False)
    chunk_rows: int = field(init=False)

    def __post_init__(self) -> None:
        chunks = getattr(self.source, "chunks", None)
        object.__setattr__(self, "shape", tuple(self.source.shape))
        object.__setattr__(self, "dtype", self.source.dtype.newbyteorder("="))
        object.__setattr__(self, "chunk_rows", chunks[0] if chunks else 1)

    @classmethod
    def of(cls, data: Any, role: str) -> Stored | None:
        """The array, if it lies in a file or is sparse; None for others, and for what no array of samples can be.

        Raises:
            ValueError: for a data set of a file that has been closed.
        """
        if is_sparse(data):
            return cls(data.tocsr()) if data.ndim == 2 and data.dtype.kind in "buif" else None
        if not lies_in_file(data):
            return None
        if not isinstance(data, np.memmap):
            if not data:
                raise ValueError(
                    f"`{role}` must be of an open file. Received: {data!r}. Keep the h5py.File open as long as the "
                    "data are used: put the call into the `with` block."
                )
            if data.shape is None:
                return None
        return cls(data) if data.ndim and data.dtype.kind in "buif" else None

    @property
    def ndim(self) -> int:
        """How many axes there are."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of all elements in memory."""
        return int(np.prod(self.shape, dtype=object)) * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice) -> np.ndarray:
        return self.read([rows.indices(len(self))[:2]])

    @property
    def is_mapped(self) -> bool:
        """Whether it is a memory map."""
        return isinstance(self.source, np.memmap)

    def in_place(self, start: int, stop: int) -> np.ndarray:
        """The rows [start, stop) of a memory map, which are read where they are first used."""
        return np.asarray(self.source[start:stop])

    def read(self, runs: Runs, memory: np.ndarray | None = None) -> np.ndarray:
        """The rows of these runs, one after the other, in ``memory`` that has at least as many, or in new memory."""
        count = sum(stop - start for start, stop in runs)
        rows = np.empty((count, *self.shape[1:]), self.dtype) if memory is None else memory[:count]
        if not rows.size:
            return rows
        if not (self.is_mapped or is_sparse(self.source)):
            self._select(runs, rows)
            return rows
        at = 0
        for start, stop in runs:
            part = rows[at : at + stop - start]
            if self.is_mapped:
                part[...] = self.source[start:stop]
            else:
                self.source[start:stop].toarray(out=part)
            at += stop - start
        return rows

    def _select(self, runs: Runs, rows: np.ndarray) -> None:
        """Read runs of a data set by h5py's lower interface: ``read_direct`` takes longer to begin than to read."""
        import h5py

        dataset, tail = self.source.id, self.shape[1:]
        file_space, memory_space = dataset.get_space(), h5py.h5s.create_simple(rows.shape)
        rest = (0,) * len(tail)
        at = 0
        for start, stop in runs:
            file_space.select_hyperslab((start, *rest), (stop - start, *tail))
            memory_space.select_hyperslab((at, *rest), (stop - start, *tail))
            dataset.read(memory_space, file_space, rows)
            at += stop - start

    def doubtful_row(self, dtype: str) -> int | None:
        """The first row of a sparse matrix with a number that is not finite in ``dtype``; None if there is none."""
        if not is_sparse(self.source) or self.dtype.kind != "f":
            return None
        doubtful = ~(np.abs(self.source.data) <= np.finfo(dtype).max)
        return int(np.searchsorted(self.source.indptr, doubtful.argmax(), "right")) - 1 if doubtful.any() else None

    def whole(self) -> np.ndarray:
        """All rows: of a memory map as they lie, else read into memory."""
        return np.asarray(self.source) if self.is_mapped else self[:]


def lies_in_file(data: object) -> bool:
    """Whether ``data`` is a data set of h5py's, or a memory map by its type. ``np.asarray(map)`` is a plain array."""
    if isinstance(data, np.memmap):
        return data._mmap is not None  # type: ignore[attr-defined]
    h5py = sys.modules.get("h5py")
    return h5py is not None and isinstance(data, h5py.Dataset)


def in_parts(data: Any, role: str) -> Iterator[np.ndarray]:
    """One array-like object as NumPy arrays, samples along the first axis: as one, or part by part if it is a file or a
    sparse matrix too large to be read whole.

    Raises:
        ValueError: as of ``as_array``.
    """
    stored = Stored.of(data, role)
    if stored is None or stored.nbytes <= WHOLE_BYTES:
        yield as_array(data, role)
        return
    rows = max(1, WINDOW_BYTES * len(stored) // stored.nbytes)
    for start in range(0, len(stored), rows):
        yield stored[start : start + rows]
