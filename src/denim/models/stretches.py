"""Arrays to train or evaluate on, checked beforehand: their steps, epoch by epoch."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

from denim.data.batches import whole
from denim.data.feed import Feed
from denim.data.samples import Samples
from denim.engines.protocol import Progress, Totals
from denim.models.position import Position
from denim.models.tasks import Begin, Call, Task
from denim.program.random import Permutation


@dataclass(frozen=True)
class Stretch:
    """Samples with the task that they are for.

    Attributes:
        task: the program and how it is judged.
        samples: what was handed over.
        feed: the same, as the engine reads it.
        batch_size: rows a step.
        steps: steps an epoch or an evaluation; fewer where the rows run out.
    """

    task: Task
    samples: Samples
    feed: Feed
    batch_size: int
    steps: int

    @classmethod
    def of(cls, task: Task, samples: Samples, feed: Feed, batch_size: int, steps: int | None = None) -> Stretch:
        """All rows, or so many steps of them."""
        return cls(task, samples, feed, batch_size, limited(feed.rows, batch_size, steps))

    @property
    def repeatable(self) -> bool:
        """Whether an epoch can go on in its midst."""
        return not self.task.judgement.shows_batches

    @property
    def sample_feed(self) -> Feed:
        """Rows to look at."""
        return self.feed

    def part(
        self, start: int, stop: int, batch_size: int, steps: int | None = None, *, weighted: bool = True
    ) -> Stretch:
        """The rows [start, stop) alone, as views; not ``weighted`` they all weigh 1."""
        feed = self.feed.slice(start, stop)
        if not weighted:
            feed = replace(feed, weights=())
        return Stretch.of(self.task, self.samples.slice(start, stop), feed, batch_size, steps)

    def with_steps(self, steps: int | None) -> Stretch:
        """Epochs of so many steps, which go on where the one before ended."""
        return self if steps is None else replace(self, steps=steps)

    def epoch(self, begin: Begin, at: Position, first_epoch: int, shuffle: bool) -> StretchSteps:
        """The steps of the epoch at a position, of a fit that begins with ``first_epoch``.

        Rows that are shuffled have the order of their pass under the position's key; a pass has the number of the epoch
        that it begins with, or would if every pass were one epoch.
        """
        number, offset, steps = place_in_pass(self.feed.rows, self.batch_size, self.steps, at, first_epoch)
        order = Permutation(self.feed.rows, at.key, number) if shuffle else None
        return StretchSteps(self, begin(self.task), order, offset, steps)

    def evaluation(self, begin: Begin) -> StretchSteps:
        """The steps in the rows' own order."""
        return StretchSteps(self, begin(self.task), None, 0, self.steps)


@dataclass(frozen=True)
class StretchSteps:
    """The steps of one epoch or evaluation."""

    stretch: Stretch
    call: Call
    order: Permutation | None
    offset: int
    steps: int

    def has(self, step: int) -> bool:
        """Whether there is a step of this number."""
        return step < self.steps

    def run(self, first: int, last: int | None, totals: Totals | None, progress: Progress | None) -> tuple[int, Totals]:
        """Steps [first, last), or as many as there are; returns the number after the last one, and the totals."""
        end = self.steps if last is None else min(last, self.steps)
        options = {} if self.order is None else {"order": self.order}
        totals = self.call(
            self.stretch.feed,
            self.stretch.samples,
            batch_size=self.stretch.batch_size,
            first_step=self.offset + first,
            last_step=self.offset + end,
            totals=totals,
            progress=progress,
            **options,
        )
        return end, totals


def place_in_pass(rows: int, batch_size: int, steps: int, at: Position, first_epoch: int) -> tuple[int, int, int]:
    """Where an epoch of so many steps is among passes through the rows: the number of the pass, the step of it that the
    epoch begins with, and how many steps it has, which are fewer where the rows run out.
    """
    there = limited(rows, batch_size)
    in_pass = -(-there // steps)
    number, part = divmod(at.epoch - first_epoch, in_pass)
    offset = part * steps
    if there - offset < steps:
        warnings.warn(
            "Your input ran out of data; interrupting training. Make sure that your dataset or generator can "
            f"generate at least `steps_per_epoch * epochs` batches. This epoch has {there - offset} of the "
            f"{steps} steps asked for.",
            stacklevel=5,
        )
    return first_epoch + number, offset, min(steps, there - offset)


def limited(rows: int, batch_size: int, steps: int | None = None) -> int:
    """The steps that ``rows`` have, or the fewer that were asked for."""
    there = -(-rows // batch_size)
    if steps is None:
        return there
    asked = whole("steps", steps, 1)
    if asked > there:
        warnings.warn(
            f"Your input ran out of data: {rows} samples are {there} batches of {batch_size}, fewer than the {asked} "
            "steps asked for.",
            stacklevel=4,
        )
    return min(asked, there)
