"""Samples, or batches of them, to predict for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from denim.callbacks.callback_list import CallbackList
from denim.data.batches import resolve_batch_size
from denim.data.columns import Columns
from denim.data.feed import Feed
from denim.data.feeding import feed_inputs
from denim.data.iterables import Batches
from denim.data.layout import Layout
from denim.data.samples import Samples
from denim.engines.protocol import Progress
from denim.models.execution import Execution
from denim.models.stretches import limited
from denim.models.tasks import paced
from denim.models.windows import WindowReader
from denim.program.builder import Lowered
from denim.program.nodes import Shape
from denim.program.program import Program

Outputs = list[np.ndarray]


@dataclass(frozen=True)
class Prediction:
    """Samples to predict for, with the program that does it."""

    execution: Execution
    lowered: Lowered
    program: Program
    feed: Feed
    batch_size: int
    steps: int

    @classmethod
    def prepared(
        cls, execution: Execution, lowered: Lowered, samples: Samples, batch_size: Any, steps: int | None
    ) -> Prediction:
        """Lower and compile for these samples.

        Raises:
            ValueError: for samples that do not fit the model.
            NotImplementedError: if the engine cannot run the model.
        """
        lowered = lowered.predicting
        program = execution.program(lowered)
        feed = feed_inputs(program, samples)
        size = resolve_batch_size(batch_size, feed.rows, steps)
        limit = limited(feed.rows, size, steps)
        execution.executable(program)
        return cls(execution, lowered, program, feed.slice(0, min(feed.rows, limit * size)), size, limit)

    def run(self, model: Any, hooks: CallbackList) -> Outputs:
        """One array for each output."""
        if not self.feed.rows:
            return [np.empty((0, *self.program.shapes[node]), self.program.dtype) for node in self.program.outputs]
        if hooks.wants_batches("predict"):
            return _by_batches(self._batches(model.steps_per_execution), model, hooks)
        draws = hooks.draws_progress()
        return self.rows(self.feed, lambda done, _: hooks.on_progress("predict", done, {}) if draws else None)

    def rows(self, feed: Feed, progress: Progress | None = None) -> Outputs:
        """The outputs for a feed of the same program."""
        state = self.execution.state(self.lowered, self.program)
        return self.execution.executable(self.program).predict(
            state, feed, batch_size=max(self.batch_size, 1), progress=progress
        )

    def _batches(self, stride: int) -> Iterator[Callable[[], Outputs]]:
        for first in range(0, self.steps, stride):
            start, stop = first * self.batch_size, min((first + stride) * self.batch_size, self.feed.rows)
            yield lambda start=start, stop=stop: self.rows(self.feed.slice(start, stop))  # type: ignore[misc]


@dataclass(frozen=True)
class WindowPrediction:
    """Rows in files to predict for; ``first`` is the prediction for the first ones."""

    columns: Columns
    layout: Layout
    batch_size: int
    steps: int
    first: Prediction

    @classmethod
    def of(
        cls, columns: Columns, batch_size: int, steps: int | None, prepared: Callable[[Samples], Prediction]
    ) -> WindowPrediction:
        """All rows, or so many steps of them, prepared by the first ones.

        Raises:
            ValueError: if these do not fit the model.
        """
        columns = columns.with_small_ones_loaded()
        layout = Layout.of(columns, batch_size)
        first = prepared(columns.taken([(0, min(layout.block, columns.rows))]))
        return cls(columns, layout, batch_size, limited(columns.rows, batch_size, steps), first)

    def run(self, model: Any, hooks: CallbackList) -> Outputs:
        """One array for each output."""
        size = self.batch_size
        reader = WindowReader(self.columns, range(self.columns.rows), self.layout, size, self._prepared)
        reader.stop = self.steps
        try:
            if hooks.wants_batches("predict"):
                return _by_batches(self._strides(reader, model.steps_per_execution), model, hooks)
            draws = hooks.draws_progress()
            draw = paced(lambda done, _: hooks.on_progress("predict", done, {}) if draws else None)
            return self._rows(reader, 0, self.steps, draw)
        finally:
            reader.close()

    def _strides(self, reader: WindowReader, stride: int) -> Iterator[Callable[[], Outputs]]:
        for first in range(0, self.steps, stride):
            yield lambda start=first: self._rows(reader, start, min(start + stride, self.steps))  # type: ignore[misc]

    def _rows(self, reader: WindowReader, first: int, last: int, progress: Progress | None = None) -> Outputs:
        """The outputs of steps [first, last)."""
        program, rows = self.first.program, min(last * self.batch_size, self.columns.rows) - first * self.batch_size
        outputs = [np.empty((rows, *program.shapes[node]), program.dtype) for node in program.outputs]
        step = first
        while step < last:
            step = self._fill_piece(reader, first, step, last, outputs, progress)
        return outputs

    def _fill_piece(
        self,
        reader: WindowReader,
        first: int,
        step: int,
        last: int,
        outputs: Outputs,
        progress: Progress | None,
    ) -> int:
        window, begin, stop = reader.piece(step, last)
        feed = window.feed.slice(begin * self.batch_size, min(stop * self.batch_size, window.feed.rows))
        at = (step - first) * self.batch_size
        shifted = None if progress is None else lambda done, totals: progress(step + done, totals)
        for whole, part in zip(outputs, self.first.rows(feed, shifted), strict=True):
            whole[at : at + feed.rows] = part
        return step + stop - begin

    def _prepared(self, samples: Samples) -> tuple[Samples, Feed]:
        return samples, feed_inputs(self.first.program, samples)


@dataclass(frozen=True)
class StreamPrediction:
    """An iterable's batches to predict for, with what is prepared for each shape that they have."""

    batches: Batches
    gather: Callable[[Any], Samples]
    prepare: Callable[[Samples], Prediction]
    _prepared: dict[tuple[Shape, ...], Prediction] = field(default_factory=dict)

    @classmethod
    def of(
        cls, batches: Batches, gather: Callable[[Any], Samples], prepare: Callable[[Samples], Prediction]
    ) -> StreamPrediction:
        """Prepared by the first batch.

        Raises:
            ValueError: if it does not fit the model.
        """
        prediction = cls(batches, gather, prepare)
        prediction._for(gather(batches.first))
        return prediction

    @property
    def steps(self) -> int | None:
        """Batches, as far as that is known."""
        return self.batches.steps

    def run(self, model: Any, hooks: CallbackList) -> Outputs:
        """One array for each output, all batches one after the other."""
        if hooks.wants_batches("predict"):
            return _by_batches(self._strides(model.steps_per_execution), model, hooks)
        draw = paced(lambda done, _: hooks.on_progress("predict", done, {}))
        parts: list[Outputs] = []
        for batch in self.batches.epoch():
            parts.append(self._rows([batch]))
            if hooks.draws_progress():
                draw(len(parts), None)
        hooks.steps_counted(len(parts))
        return _joined(parts)

    def _strides(self, stride: int) -> Iterator[Callable[[], Outputs]]:
        taken: list[Any] = []
        for batch in self.batches.epoch():
            taken.append(batch)
            if len(taken) == stride:
                yield lambda some=taken: self._rows(some)  # type: ignore[misc]
                taken = []
        if taken:
            yield lambda: self._rows(taken)

    def _rows(self, batches: list[Any]) -> Outputs:
        parts = []
        for samples in map(self.gather, batches):
            prediction = self._for(samples)
            parts.append(prediction.rows(feed_inputs(prediction.program, samples)))
        return _joined(parts)

    def _for(self, samples: Samples) -> Prediction:
        shapes = tuple(array.shape[1:] for array in samples.inputs)
        if shapes not in self._prepared:
            self._prepared[shapes] = self.prepare(samples)
        return self._prepared[shapes]


def predicted(prediction: Prediction | WindowPrediction | StreamPrediction, model: Any, hooks: CallbackList) -> Outputs:
    """One array for each output, with the hooks told of it, if there are rows."""
    if prediction.steps == 0:
        return prediction.run(model, hooks)
    model.stop_predicting = False
    hooks.on_predict_begin()
    outputs = prediction.run(model, hooks)
    hooks.on_predict_end()
    return outputs


def _by_batches(strides: Iterator[Callable[[], Outputs]], model: Any, hooks: CallbackList) -> Outputs:
    parts: list[Outputs] = []
    stride = model.steps_per_execution
    for number, predicted in enumerate(strides):
        hooks.before_batch("predict", number * stride)
        parts.append(predicted())
        hooks.after_batch("predict", (number + 1) * stride - 1, {"outputs": model.pack_outputs(parts[-1])})
        if model.stop_predicting:
            break
    return _joined(parts)


def _joined(parts: list[Outputs]) -> Outputs:
    if len(parts) == 1:
        return parts[0]
    for column in zip(*parts, strict=True):
        if len({part.shape[1:] for part in column}) > 1:
            shapes = ", ".join(str(part.shape) for part in column[:4])
            raise ValueError(
                "The predictions for all batches become one array, so those for a sample must be of one shape. "
                f"Received: batches whose predictions have the shapes {shapes}. "
                "Pad the sequences to one length, or call predict_on_batch."
            )
    return [np.concatenate(column) for column in zip(*parts, strict=True)]
