"""Rows in files to train or evaluate on, more than memory may hold: their steps, window by window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from denim.data.ahead import made_ahead
from denim.data.columns import Columns
from denim.data.feed import Feed
from denim.data.layout import Layout
from denim.data.samples import Samples
from denim.data.stored import Runs, Stored
from denim.engines.protocol import Progress, Totals
from denim.models.position import Position
from denim.models.stretches import limited, place_in_pass
from denim.models.tasks import Begin, Call, Task, paced
from denim.program.random import BlockOrder, Permutation

Weigh = Callable[[Samples], Samples]
"""What gives samples their class weights, or nothing."""


@dataclass(frozen=True)
class Window:
    """Rows in memory, and the order in which to take them; None as they follow each other."""

    samples: Samples
    feed: Feed
    order: Permutation | None


class WindowReader:
    """Reads windows one after the other, the next one while the present one is in use.

    Args:
        columns: the data.
        rows: those of them that are meant.
        layout: how they are cut up.
        batch_size: rows a step, of which a window has a whole number, the last one perhaps.
        prepare: what checks samples and gives them and their feed.
        order: the order of ``rows``; their own if None.

    Attributes:
        stop: the step before which steps are asked for next; nothing beyond it is read ahead.
    """

    stop = 0

    def __init__(
        self,
        columns: Columns,
        rows: range,
        layout: Layout,
        batch_size: int,
        prepare: Callable[[Samples], tuple[Samples, Feed]],
        order: BlockOrder | None = None,
    ) -> None:
        self._columns, self._rows, self._size = columns, rows, layout.window
        self._prepare, self._order = prepare, order
        self._in_window = layout.window // batch_size
        self._used: tuple[dict[int, np.ndarray], dict[int, np.ndarray]] = {}, {}
        self._number = -1
        self._window: Window | None = None
        self._coming: Iterator[Window] = iter(())

    def piece(self, first: int, last: int) -> tuple[Window, int, int]:
        """The window that step ``first`` is in, and which of its own steps are from there on to ``last``."""
        number = first // self._in_window
        begin = number * self._in_window
        return self._at(number), first - begin, min(last - begin, self._in_window)

    def close(self) -> None:
        """Read nothing more, and let go of what has been read."""
        self._number, self._window, self._coming, self._used = -1, None, iter(()), ({}, {})

    def rest(self) -> None:
        """Keep the present window only, when nothing is being read."""
        self._used[(self._number + 1) % 2].clear()

    def _at(self, number: int) -> Window:
        if self._window is None or number != self._number:
            self._window = None  # before the next but one is read into its memory
            if number != self._number + 1:
                self._coming = iter(())
            window = next(self._coming, None)
            if window is None:
                self._coming = made_ahead(self._read, range(number, -(-self.stop // self._in_window)), 1, 1)
                window = next(self._coming)
            self._number, self._window = number, window
        return self._window

    def _read(self, number: int) -> Window:
        start, stop = number * self._size, min((number + 1) * self._size, len(self._rows))
        runs = [(start, stop)] if self._order is None else self._order.runs(number)
        runs = [(self._rows[0] + first, self._rows[0] + last) for first, last in runs]
        used = self._used[number % 2]
        samples = self._columns.taken(runs, used, in_place=self._order is None)
        try:
            samples, feed = self._prepare(samples)
        except (TypeError, ValueError):
            self._name_the_row(runs)
            raise
        return Window(samples, feed, None if self._order is None else self._order.within(number))

    def _name_the_row(self, runs: Runs) -> None:
        """Raise what is wrong with a window again for the run that it is in, so that the row has its own number."""
        for run in runs:
            self._prepare(self._columns.taken([run]))


@dataclass(frozen=True)
class Windows:
    """Rows in files with the task that they are for.

    Attributes:
        task: the program and how it is judged, by the first rows.
        columns: the data.
        rows: those of them that are meant.
        layout: how they are cut up.
        batch_size: rows a step.
        steps: steps an epoch or an evaluation; fewer where the rows run out.
        sample_feed: the first rows.
        weigh: what gives samples their class weights.
    """

    task: Task
    columns: Columns
    rows: range
    layout: Layout
    batch_size: int
    steps: int
    sample_feed: Feed
    weigh: Weigh
    _in_pass: dict[BlockOrder | None, WindowReader] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        columns: Columns,
        batch_size: int,
        steps: int | None,
        weigh: Weigh,
        prepare: Callable[[Samples], tuple[Task, Feed]],
    ) -> Windows:
        """All rows, or so many steps of them, prepared by the first ones. What is in memory is checked throughout.

        Raises:
            ValueError: if it does not fit the model, the loss or the metrics.
        """
        columns = columns.with_small_ones_loaded()
        layout = Layout.of(columns, batch_size)
        task, feed = prepare(weigh(columns.taken([(0, min(layout.block, columns.rows))])))
        if columns.judged_in_memory:
            for start in range(0, columns.rows, layout.window):
                task.check_judged(columns.judged(start, min(start + layout.window, columns.rows)))
        for each in columns.inputs:
            row = each.doubtful_row(task.program.dtype) if isinstance(each, Stored) else None
            if row is not None:
                prepare(weigh(columns.taken([(row, row + 1)])))
        limit = limited(columns.rows, batch_size, steps)
        return cls(task, columns, range(columns.rows), layout, batch_size, limit, feed, weigh)

    @property
    def repeatable(self) -> bool:
        """Whether an epoch can go on in its midst."""
        return not self.task.judgement.shows_batches

    def part(
        self, start: int, stop: int, batch_size: int, steps: int | None = None, *, weighted: bool = True
    ) -> Windows:
        """The rows [start, stop) alone; not ``weighted`` they all weigh 1."""
        columns = self.columns if weighted else replace(self.columns, weights=())
        return replace(
            self,
            columns=columns,
            rows=self.rows[start:stop],
            layout=Layout.of(columns, batch_size),
            _in_pass={},
            batch_size=batch_size,
            steps=limited(stop - start, batch_size, steps),
            weigh=self.weigh if weighted else lambda samples: samples,
        )

    def with_steps(self, steps: int | None) -> Windows:
        """Epochs of so many steps, which go on where the one before ended, in the same window perhaps."""
        return self if steps is None else replace(self, steps=steps)

    def epoch(self, begin: Begin, at: Position, first_epoch: int, shuffle: bool) -> WindowSteps:
        """The steps of the epoch at a position, of a fit that begins with ``first_epoch``.

        Rows that are shuffled have the order of their pass under the position's key, as of ``Stretch.epoch``, but by
        the rule for blocks.
        """
        number, offset, steps = place_in_pass(len(self.rows), self.batch_size, self.steps, at, first_epoch)
        order = None
        if shuffle:
            order = BlockOrder(len(self.rows), self.layout.block, self.layout.window, at.key, number)
        if order not in self._in_pass:
            self._in_pass.clear()
            self._in_pass[order] = self._reader(order)
        return WindowSteps(
            begin(self.task),
            self._in_pass[order],
            self.batch_size,
            offset,
            steps,
            limited(len(self.rows), self.batch_size),
        )

    def evaluation(self, begin: Begin) -> WindowSteps:
        """The steps in the rows' own order."""
        return WindowSteps(begin(self.task), self._reader(None), self.batch_size, 0, self.steps, self.steps)

    def _reader(self, order: BlockOrder | None) -> WindowReader:
        return WindowReader(self.columns, self.rows, self.layout, self.batch_size, self._prepared, order)

    def _prepared(self, samples: Samples) -> tuple[Samples, Feed]:
        samples = self.weigh(samples)
        return samples, self.task.fed(samples)


@dataclass(frozen=True)
class WindowSteps:
    """The steps of one epoch or evaluation: from ``offset`` on of the ``in_pass`` that the reader is needed for."""

    call: Call
    reader: WindowReader
    batch_size: int
    offset: int
    steps: int
    in_pass: int

    def has(self, step: int) -> bool:
        """Whether there is a step of this number."""
        return step < self.steps

    def run(
        self, first: int, last: int | None, totals: Totals | None, progress: Progress | None
    ) -> tuple[int, Totals | None]:
        """Steps [first, last), or as many as there are; returns the number after the last one, and the totals."""
        end = self.steps if last is None else min(last, self.steps)
        step, self.reader.stop = first, self.offset + self.steps
        draw = None if progress is None else paced(progress)
        try:
            while step < end:
                step, totals = self._run_piece(first, step, end, totals, draw)
        except BaseException:
            self.reader.close()
            raise
        if self.offset + end == self.in_pass:
            self.reader.close()
        elif end == self.steps:
            self.reader.rest()
        return step, totals

    def _run_piece(
        self, first: int, step: int, end: int, totals: Totals | None, progress: Progress | None
    ) -> tuple[int, Totals]:
        """Steps from ``step`` on, to the end of their window at most."""
        window, begin, stop = self.reader.piece(self.offset + step, self.offset + end)
        options: dict[str, Any] = {} if window.order is None else {"order": window.order}
        if progress is not None:
            options["progress"] = lambda done, so_far: progress(step - first + done, so_far)
        totals = self.call(
            window.feed,
            window.samples,
            batch_size=self.batch_size,
            first_step=begin,
            last_step=stop,
            totals=totals,
            **options,
        )
        return step + stop - begin, totals
