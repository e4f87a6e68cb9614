"""Iterables of batches, epoch after epoch: generators, PyDatasets, and whatever else yields batches."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count
from typing import Any

from denim.data.ahead import made_ahead
from denim.data.arrays import is_array_like
from denim.data.py_dataset import PyDataset
from denim.data.structure import is_nested

Order = Callable[[int], Iterable[int]]
"""From the number of batches to the order in which an epoch takes them."""

_END: Any = object()


def is_iterable_of_batches(data: object) -> bool:
    """Whether ``data`` yields batches, and is no array or container of arrays itself."""
    if isinstance(data, (str, bytes, type)) or is_nested(data) or is_array_like(data):
        return False
    return hasattr(data, "__iter__")


def kind_of(data: object) -> str:
    """What an iterable is called in errors."""
    if isinstance(data, PyDataset):
        return "PyDataset"
    return "generator" if _goes_once(data) else type(data).__name__.lstrip("_")


def unpacked(batch: Any) -> tuple[Any, Any, Any]:
    """x, y and sample_weight of a batch; those that it has not are None.

    Raises:
        ValueError: for a tuple or list of another length.
    """
    if not isinstance(batch, (list, tuple)):
        return batch, None, None
    if not 1 <= len(batch) <= 3:
        raise ValueError(
            "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`. "
            f"Received: {len(batch)} parts"
        )
    x, y, weight = (*batch, None, None)[:3]
    return x, y, weight


class Batches:
    """An iterable's batches, epoch by epoch.

    A pass goes once through the iterable. An epoch is a pass, or, with ``steps``, so many batches; then the next epoch
    goes on where it ended. A generator has one pass only.

    Args:
        source: the iterable.
        steps: batches an epoch; to the end of the pass if None.

    Raises:
        ValueError: if there is no batch at all, or no end and no ``steps``.
    """

    def __init__(self, source: Any, steps: int | None = None) -> None:
        self._source = source
        self._asked = steps
        self._in_pass = _length(source)
        endless = None if steps is not None else _endless(source)
        if endless:
            raise ValueError(
                f"The {kind_of(source)} has no end ({endless}). Say how many batches to take: pass "
                "`steps_per_epoch` to fit, `validation_steps` for validation data, or `steps` to evaluate and predict."
            )
        self._pass: Iterator[Any] | None = None
        self._taken = 0
        self.first = self._peeked()

    @property
    def steps(self) -> int | None:
        """Batches an epoch, as far as that is known."""
        return self._in_pass if self._asked is None else self._asked

    def rewind(self) -> None:
        """Let the next epoch begin a new pass, where there can be another."""
        if self._taken and not _goes_once(self._source):
            self._pass = None

    def epoch(self, order: Order | None = None) -> Iterator[Any]:
        """The batches of the next epoch; ``order`` is that of a PyDataset's batches in a pass."""
        self._tell("on_epoch_begin")
        taken = 0
        if self._asked is None and self._taken:
            self.rewind()
        while self._asked is None or taken < self._asked:
            batch = self._next(order)
            if batch is _END and not taken and not _goes_once(self._source) and self._taken:
                self._pass = None
                batch = self._next(order)
            if batch is _END:
                break
            taken += 1
            yield batch
        if taken < (self._asked or 1):
            warnings.warn(
                "Your input ran out of data; interrupting training. Make sure that your dataset or generator can "
                f"generate at least `steps_per_epoch * epochs` batches. This epoch had {taken} of them.",
                stacklevel=2,
            )
            self.rewind()
        elif self._taken == self._in_pass:
            self.rewind()
        self._tell("on_epoch_end")

    def tell_of_begin(self) -> None:
        """Call a PyDataset's ``on_epoch_end`` once before the first epoch, as Keras does."""
        self._tell("on_epoch_end")

    def _peeked(self) -> Any:
        """The first batch; a pass that had to be begun for it still has it."""
        if isinstance(self._source, PyDataset):
            if self._in_pass == 0:
                raise ValueError("The PyDataset has no batches: its length is 0.")
            return self._source[0]
        started = iter(self._source)
        first = next(started, _END)
        if first is _END:
            raise ValueError(f"There are no batches: the {kind_of(self._source)} must yield at least one.")
        self._pass = chain([first], started)
        return first

    def _next(self, order: Order | None) -> Any:
        if self._pass is None:
            self._pass, self._taken = self._begun(order), 0
        batch = next(self._pass, _END)
        self._taken += batch is not _END
        return batch

    def _begun(self, order: Order | None) -> Iterator[Any]:
        source = self._source
        if not isinstance(source, PyDataset):
            return iter(source)
        indices: Iterable[int] = count() if self._in_pass is None else range(self._in_pass)
        if order is not None and self._in_pass is not None:
            indices = order(self._in_pass)
        if source.workers > 1 or (source.workers > 0 and source.use_multiprocessing):
            return made_ahead(source.__getitem__, indices, source.workers, max(source.max_queue_size, 1))
        return (source[index] for index in indices)

    def _tell(self, hook: str) -> None:
        if isinstance(self._source, PyDataset):
            getattr(self._source, hook)()


def _goes_once(source: Any) -> bool:
    return hasattr(source, "__next__")


def _endless(source: Any) -> str | None:
    """How an iterable says that it has no end, where it does."""
    if isinstance(source, PyDataset):
        return "its `num_batches` is None" if source.num_batches is None else None
    cardinality = getattr(source, "cardinality", None)  # TensorFlow's data sets: -1 is without end, -2 unknown
    return "its `cardinality()` is infinite" if callable(cardinality) and int(cardinality()) == -1 else None


def _length(source: Any) -> int | None:
    """How many batches a pass has, where the iterable says so."""
    if isinstance(source, PyDataset):
        return source.num_batches
    try:
        return len(source)
    except (TypeError, NotImplementedError):
        return None
