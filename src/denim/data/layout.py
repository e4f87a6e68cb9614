"""How rows in files are cut up: blocks that are read in one go, and windows that are in memory at a time."""

from __future__ import annotations

from dataclasses import dataclass

from denim.data.columns import Columns
from denim.data.stored import WINDOW_BYTES

BLOCK_BYTES = 512 << 10
"""What a block has at least, so that a disk spends its time reading and not seeking."""


@dataclass(frozen=True)
class Layout:
    """Sizes in rows. They depend on the data and the batch size, never on the machine.

    Attributes:
        block: as many as have ``BLOCK_BYTES``, and whole chunks of an HDF5 file that has them, but no more than a
            window.
        window: as many batches as ``WINDOW_BYTES`` hold, at least one.
        chunk: what some file has as one piece.
    """

    block: int
    window: int
    chunk: int

    @classmethod
    def of(cls, columns: Columns, batch_size: int) -> Layout:
        """For these data, in steps of so many rows."""
        window = max(1, WINDOW_BYTES // (columns.row_bytes * batch_size)) * batch_size
        chunk = columns.chunk_rows
        chunks = -(-BLOCK_BYTES // (columns.row_bytes * chunk))
        return cls(min(chunks * chunk, window), window, chunk)
