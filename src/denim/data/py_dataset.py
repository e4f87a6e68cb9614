"""PyDataset: batches made by Python code, by their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any


class PyDataset:
    """The base of data sets whose batches are made when they are needed.

    A subclass has ``__getitem__(index)``, which returns a batch ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``, and
    ``__len__``, the number of batches, or the property ``num_batches``, which is None where there is no end.

    Args:
        workers: how many threads make batches ahead of the training, if more than one.
        use_multiprocessing: Keras's; threads are used here too.
        max_queue_size: how many batches are made ahead at most.

    Source: https://keras.io/api/utils/python_utils/#pydataset-class
    """

    workers: int = 1
    use_multiprocessing: bool = False
    max_queue_size: int = 10

    def __init__(self, workers: int = 1, use_multiprocessing: bool = False, max_queue_size: int = 10) -> None:
        self.workers = workers
        self.use_multiprocessing = use_multiprocessing
        self.max_queue_size = max_queue_size

    def __getitem__(self, index: int) -> Any:
        """The batch of this number."""
        raise NotImplementedError(f"{type(self).__name__} must have `__getitem__(index)`, which returns a batch.")

    def __iter__(self) -> Iterator[Any]:
        """All batches in order."""
        batches = self.num_batches
        for index in count() if batches is None else range(batches):
            yield self[index]

    @property
    def num_batches(self) -> int | None:
        """How many batches there are; None where there is no end."""
        if hasattr(self, "__len__"):
            return len(self)
        raise NotImplementedError(
            f"{type(self).__name__} must have `__len__`, or the property `num_batches`, which returns the number of "
            "batches, or None where there is no end."
        )

    def on_epoch_begin(self) -> None:
        """Called before each epoch."""

    def on_epoch_end(self) -> None:
        """Called after each epoch, and once before the first."""


Sequence = PyDataset
"""Its older name."""
