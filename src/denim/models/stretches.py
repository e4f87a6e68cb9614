"""Stretches of work for an engine, checked beforehand and run with callbacks: epochs, evaluations, predictions."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from denim.callbacks.callback_list import CallbackList, Phase
from denim.data.batches import resolve_batch_size, whole
from denim.data.feed import Feed
from denim.data.feeding import feed_inputs, feed_samples
from denim.data.samples import Samples
from denim.engines.protocol import Progress, Totals
from denim.models.compiling import Judgement, Objective, Output
from denim.models.execution import Execution
from denim.models.position import Position
from denim.optimizers import Optimizer
from denim.program.builder import Lowered
from denim.program.program import Program
from denim.program.random import Permutation
from denim.variables import Variable

Logs = dict[str, float]
Part = TypeVar("Part")


@dataclass(frozen=True)
class Stretch:
    """Samples to train or evaluate on, with the program that does it."""

    execution: Execution
    lowered: Lowered
    program: Program
    judgement: Judgement
    feed: Feed
    batch_size: int
    steps: int
    evaluated: tuple[Lowered, Program]
    """What is evaluated: the same, unless the model is another one when it does not train."""

    @classmethod
    def prepared(
        cls,
        execution: Execution,
        lowered: Lowered,
        output_names: Sequence[str],
        objective: Objective,
        optimizer: Optimizer | None,
        samples: Samples,
        batch_size: int,
        steps: int | None = None,
    ) -> Stretch:
        """Lower and compile for these samples.

        Raises:
            ValueError: for samples that do not fit the model, the loss or the metrics.
            NotImplementedError: if the engine cannot run the model.
        """
        forward = execution.program(lowered)
        inputs = feed_inputs(forward, samples)
        outputs = [
            Output(name, node, forward.shapes[node]) for name, node in zip(output_names, lowered.outputs, strict=True)
        ]
        judgement = objective.judge(outputs, [y.shape for y in samples.targets])
        program = execution.program(lowered, judgement.heads, optimizer)
        feed = feed_samples(program, samples, inputs)
        execution.executable(program)
        evaluated = lowered, program
        if lowered.inference is not None:
            nodes = zip(outputs, lowered.inference.outputs, strict=True)
            heads = objective.judge(
                [replace(o, node=node) for o, node in nodes], [y.shape for y in samples.targets]
            ).heads
            evaluated = lowered.inference, execution.program(lowered.inference, heads)
        return cls(
            execution,
            lowered,
            program,
            judgement,
            feed,
            batch_size,
            _limited(feed.rows, batch_size, steps),
            evaluated,
        )

    def part(
        self, start: int, stop: int, batch_size: int, steps: int | None = None, *, weighted: bool = True
    ) -> Stretch:
        """The rows [start, stop) alone, as views; not ``weighted`` they all weigh 1."""
        feed = self.feed.slice(start, stop)
        if not weighted:
            feed = replace(feed, weights=())
        return replace(self, feed=feed, batch_size=batch_size, steps=_limited(feed.rows, batch_size, steps))

    @property
    def trainable(self) -> list[Variable]:
        """The variables that training changes."""
        pairs = zip(self.lowered.variables, self.lowered.parameters, strict=True)
        return [variable for variable, parameter in pairs if parameter.trainable]  # type: ignore[misc]

    def train(self, optimizer: Optimizer, key: int) -> Logs:
        """All steps, without callbacks, in the samples' order."""
        totals = self.execution.train(
            self.lowered, self.program, optimizer, key, feed=self.feed, batch_size=self.batch_size
        )
        return self.judgement.logs(totals)

    def train_epoch(self, model: Any, hooks: CallbackList, at: Position, shuffle: bool) -> Logs:
        """The remaining steps of an epoch, in the order of that epoch under the position's key if they are shuffled."""
        order = Permutation(self.feed.rows, at.key, at.epoch) if shuffle else None

        def steps(first: int, last: int, totals: Totals | None, progress: Progress | None) -> Totals:
            return self.execution.train(
                self.lowered,
                self.program,
                model.optimizer,
                at.key,
                feed=self.feed,
                batch_size=self.batch_size,
                order=order,
                first_step=first,
                last_step=last,
                totals=totals,
                progress=progress,
            )

        def run(by_batches: bool) -> Logs:
            return self._run(
                "train", steps, hooks, model.steps_per_execution, lambda: model.stop_training, by_batches, at
            )

        if hooks.wants_batches("train"):
            return run(True)
        if not hooks.stops_at_nan():
            return run(False)
        start = at.copy()
        variables = [*self.lowered.variables, *model.optimizer.variables]
        values = [variable.numpy() for variable in variables]
        logs = run(False)
        if not math.isfinite(logs["loss"]):
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value)
            at.go_to(start)
            logs = run(True)
        return logs

    def evaluate(self, model: Any, hooks: CallbackList) -> Logs:
        """Loss and metrics over all steps."""

        def steps(first: int, last: int, totals: Totals | None, progress: Progress | None) -> Totals:
            return self.execution.executable(self.evaluated[1]).evaluate(
                self.execution.state(*self.evaluated),
                self.feed,
                batch_size=self.batch_size,
                first_step=first,
                last_step=last,
                totals=totals,
                progress=progress,
            )

        model.stop_evaluating = False
        hooks.on_test_begin()
        logs = self._run(
            "test",
            steps,
            hooks,
            model.steps_per_execution,
            lambda: model.stop_evaluating,
            hooks.wants_batches("test"),
            Position(),
        )
        hooks.on_test_end(logs)
        return logs

    def _run(
        self,
        phase: Phase,
        steps: Callable[[int, int, Totals | None, Progress | None], Totals],
        hooks: CallbackList,
        stride: int,
        stopped: Callable[[], bool],
        by_batches: bool,
        at: Position,
    ) -> Logs:
        """The steps from a position on, in one call of the engine, or with the hooks around every batch."""
        logs = self.judgement.logs
        start = at.step
        if not by_batches:

            def progress(done: int, totals: Totals | None) -> None:
                hooks.on_progress(phase, start + done, {} if totals is None else logs(totals))

            return logs(steps(start, self.steps, at.totals, progress if hooks.draws_progress() else None))
        totals = Totals.zeros(self.program) if at.totals is None else at.totals
        for first in range(start, self.steps, stride):
            hooks.before_batch(phase, first)
            last = min(first + stride, self.steps)
            totals = steps(first, last, totals, None)
            at.step, at.totals = last, totals
            hooks.after_batch(phase, first + stride - 1, logs(totals))
            if stopped():
                break
        return logs(totals)


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
        limit = _limited(feed.rows, size, steps)
        execution.executable(program)
        return cls(execution, lowered, program, feed.slice(0, min(feed.rows, limit * size)), size, limit)

    def run(self, model: Any, hooks: CallbackList) -> list[np.ndarray]:
        """One array for each output."""
        if not self.feed.rows:
            return [np.empty((0, *self.program.shapes[node]), self.program.dtype) for node in self.program.outputs]
        model.stop_predicting = False
        hooks.on_predict_begin()
        if hooks.wants_batches("predict"):
            outputs = self._by_batches(model, hooks)
        else:
            draws = hooks.draws_progress()
            outputs = self._rows(self.feed, lambda done, _: hooks.on_progress("predict", done, {}) if draws else None)
        hooks.on_predict_end()
        return outputs

    def _by_batches(self, model: Any, hooks: CallbackList) -> list[np.ndarray]:
        parts: list[list[np.ndarray]] = []
        stride = model.steps_per_execution
        for first in range(0, self.steps, stride):
            hooks.before_batch("predict", first)
            start, stop = first * self.batch_size, min((first + stride) * self.batch_size, self.feed.rows)
            parts.append(self._rows(self.feed.slice(start, stop), None))
            shown = parts[-1][0] if len(parts[-1]) == 1 else parts[-1]
            hooks.after_batch("predict", first + stride - 1, {"outputs": shown})
            if model.stop_predicting:
                break
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def _rows(self, feed: Feed, progress: Progress | None) -> list[np.ndarray]:
        state = self.execution.state(self.lowered, self.program)
        return self.execution.executable(self.program).predict(
            state, feed, batch_size=self.batch_size, progress=progress
        )


def _limited(rows: int, batch_size: int, steps: int | None) -> int:
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
