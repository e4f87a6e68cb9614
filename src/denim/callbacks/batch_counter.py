"""Counting batches over epochs."""

from __future__ import annotations


class BatchCounter:
    """Says when ``every`` batches have gone by since it last said so; with steps_per_execution, some time after."""

    def __init__(self, every: int) -> None:
        self._every = every
        self._since = 0
        self._last = -1

    def is_due(self, batch: int) -> bool:
        """To be called after batches, with their numbers; a number that does not grow begins an epoch."""
        self._since += batch + 1 if batch <= self._last else batch - self._last
        self._last = batch
        if self._since < self._every:
            return False
        self._since = 0
        return True
