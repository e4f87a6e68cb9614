"""The rows an engine reads: arrays as they lie, never copied to be fed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Feed:
    """Arrays whose first axis is the row.

    Args:
        rows: how many rows every array has.
        inputs: one array for each of the program's inputs; any real dtype, shape (rows, ...).
        targets: one for each head; integers for sparse losses, else numbers. Empty when only predicting.
        weights: one per head, shape (rows,), or None; empty when there are none at all.
        classes: one per head, for targets that are class numbers and were found to be less than this, or None. It
            counts for read-only arrays alone; empty when nothing was looked at.
        first_row: for a run of rows out of more, the number of its first one there: errors name rows by it.
    """

    rows: int
    inputs: tuple[np.ndarray, ...]
    targets: tuple[np.ndarray, ...] = ()
    weights: tuple[np.ndarray | None, ...] = ()
    classes: tuple[int | None, ...] = ()
    first_row: int = 0

    def slice(self, start: int, stop: int) -> Feed:
        """Rows [start, stop), as views."""
        return Feed(
            rows=stop - start,
            inputs=tuple(a[start:stop] for a in self.inputs),
            targets=tuple(a[start:stop] for a in self.targets),
            weights=tuple(None if a is None else a[start:stop] for a in self.weights),
            classes=self.classes,
        )
