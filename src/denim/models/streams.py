"""Iterables of batches to train or evaluate on: their steps, epoch by epoch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from denim.data.feed import Feed
from denim.data.iterables import Batches, Order
from denim.data.samples import Samples
from denim.engines.protocol import Progress, Totals
from denim.models.position import Position
from denim.models.tasks import Begin, Task, paced
from denim.program.random import Permutation

_END: Any = object()

Gather = Callable[[Any], Samples]
"""From a batch as it was yielded to its samples."""
Prepare = Callable[[Samples], tuple[Task, Feed]]
"""The task that samples would be for, and their feed."""


@dataclass(frozen=True)
class Stream:
    """Batches with the task that they are for.

    Attributes:
        task: the program and how it is judged, by the first batch.
        batches: what yields them.
        gather: what makes samples of each.
        prepare: what says which task samples are for.
        sample_feed: the first batch.
    """

    task: Task
    batches: Batches
    gather: Gather
    prepare: Prepare
    sample_feed: Feed
    _tasks: dict[tuple[Any, ...], Task] = field(default_factory=dict)

    repeatable = False
    """An epoch cannot go on in its midst."""

    @classmethod
    def of(cls, batches: Batches, gather: Gather, prepare: Prepare) -> Stream:
        """Prepared by the first batch.

        Raises:
            ValueError: if it does not fit the model, the loss or the metrics.
        """
        samples = gather(batches.first)
        task, feed = prepare(samples)
        return cls(task, batches, gather, prepare, feed, {_shapes(samples): task})

    @property
    def steps(self) -> int | None:
        """Steps an epoch, as far as that is known."""
        return self.batches.steps

    def fed(self, batch: Any) -> tuple[Task, Samples, Feed]:
        """The task that a batch is for, and the batch as samples and as the engine reads them.

        Raises:
            ValueError: if it does not fit, or would be judged in another way than the first one.
        """
        samples = self.gather(batch)
        shapes = _shapes(samples)
        if shapes not in self._tasks:
            task, _ = self.prepare(samples)
            if not _alike(task, self.task):
                raise ValueError(
                    "All batches must have targets of the same kind as the first one's. Received: targets of shape "
                    f"{', '.join(str(y.shape) for y in samples.targets)} after such of shape "
                    f"{', '.join(str(y.shape) for y in self.sample_feed.targets)}."
                )
            self._tasks[shapes] = task
        return self._tasks[shapes], samples, self._tasks[shapes].fed(samples)

    def epoch(self, begin: Begin, at: Position, first_epoch: int, shuffle: bool) -> StreamSteps:
        """The steps of the next epoch; a shuffled PyDataset's in the epoch's order under the position's key."""
        order: Order | None = None
        if shuffle:
            order = lambda batches: Permutation(batches, at.key, at.epoch).indices().tolist()  # noqa: E731
        return StreamSteps(self, begin, self.batches.epoch(order))

    def evaluation(self, begin: Begin) -> StreamSteps:
        """The steps from the iterable's begin, where it has one to return to."""
        self.batches.rewind()
        self.batches.tell_of_begin()
        return StreamSteps(self, begin, self.batches.epoch())


class StreamSteps:
    """The steps of one epoch or evaluation, each a batch."""

    def __init__(self, stream: Stream, begin: Begin, batches: Iterator[Any]) -> None:
        self._stream = stream
        self._begin = begin
        self._batches = batches
        self._next: Any = None
        self._largest = 1

    def has(self, step: int) -> bool:
        """Whether there is a next batch."""
        if self._next is None:
            self._next = next(self._batches, _END)
        return self._next is not _END

    def run(
        self, first: int, last: int | None, totals: Totals | None, progress: Progress | None
    ) -> tuple[int, Totals | None]:
        """Steps [first, last), or as many as there are; returns the number after the last one, and the totals."""
        step = first
        progress = None if progress is None else paced(progress)
        while (last is None or step < last) and self.has(step):
            task, samples, feed = self._stream.fed(self._next)
            self._next = None
            call = self._begin(task)
            # Batches of different sizes are the short ends of one size, so that the engine plans but once.
            self._largest = max(self._largest, feed.rows)
            totals = call(feed, samples, batch_size=self._largest, last_step=1, totals=totals)
            step += 1
            if progress is not None:
                progress(step - first, totals)
        return step, totals


def _shapes(samples: Samples) -> tuple[Any, ...]:
    return tuple(array.shape[1:] for array in (*samples.inputs, *samples.targets))


def _alike(one: Task, other: Task) -> bool:
    """Whether both are judged in the same way; the lengths of what is judged may differ."""
    a, b = one.judgement, other.judgement
    same = [(c.key, c.width) for c in a.counted] == [(c.key, c.width) for c in b.counted]
    return same and (one.lowered is not other.lowered or (a.heads == b.heads and a.nodes == b.nodes))
