"""What a model is trained or evaluated as: one program, and how its outputs are judged."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from denim.data.ends import Ends
from denim.data.feed import Feed
from denim.data.feeding import feed_inputs, feed_judged, feed_samples
from denim.data.samples import Samples
from denim.engines.protocol import Progress, Steps, Totals
from denim.models.compiling import Judgement, Objective, Output
from denim.models.execution import Execution
from denim.models.own_metrics import Batch, OwnMetrics
from denim.optimizers import Optimizer
from denim.program.builder import Lowered
from denim.program.program import Program
from denim.program.random import Permutation
from denim.variables import Variable

_SHOWN_ELEMENTS = 1 << 16
"""So many numbers of the outputs are kept at a time for the metrics that are shown them, or those of one step."""
_PROGRESS_SECONDS = 0.05

Call = Callable[..., Totals]
"""Runs steps of a feed: called with the feed, the samples that it was made of, and what ``Executable.train`` takes."""

Begin = Callable[["Task"], Call]
"""How the steps of a task are run: to train, or to evaluate."""


@dataclass(frozen=True)
class Task:
    """A model's program and its judgement, for targets of certain shapes.

    Attributes:
        evaluated: what is evaluated: the same, unless the model is another one when it does not train.
    """

    execution: Execution
    lowered: Lowered
    program: Program
    judgement: Judgement
    evaluated: tuple[Lowered, Program]

    @classmethod
    def prepared(
        cls,
        execution: Execution,
        lowered: Lowered,
        ends: Ends,
        objective: Objective,
        optimizer: Optimizer | None,
        samples: Samples,
        own: OwnMetrics,
    ) -> tuple[Task, Feed]:
        """Lower and compile for these samples; returns their feed too.

        Raises:
            ValueError: for samples that do not fit the model, the loss or the metrics.
            NotImplementedError: if the engine cannot run the model.
        """
        forward = execution.program(lowered)
        inputs = feed_inputs(forward, samples)
        outputs = [
            Output(name, node, forward.shapes[node]) for name, node in zip(ends.names, lowered.outputs, strict=True)
        ]
        judgement = objective.judge(ends, outputs, [y.shape for y in samples.targets], lowered, own)
        judgement.check_targets(samples.targets)
        program = execution.program(lowered, judgement.heads, optimizer, judgement.nodes)
        feed = feed_samples(program, samples, inputs)
        execution.executable(program)
        evaluated = lowered, program
        if lowered.inference is not None:
            nodes = zip(outputs, lowered.inference.outputs, strict=True)
            predicting = [replace(output, node=node) for output, node in nodes]
            shapes = [y.shape for y in samples.targets]
            judged = objective.judge(ends, predicting, shapes, lowered.inference, own)
            evaluated = lowered.inference, execution.program(lowered.inference, judged.heads, further=judged.nodes)
        return cls(execution, lowered, program, judgement, evaluated), feed

    def fed(self, samples: Samples) -> Feed:
        """The feed of further samples, with targets of the shapes that the task is for.

        Raises:
            ValueError: for samples that do not fit the model, the loss or the metrics.
        """
        self.judgement.check_targets(samples.targets)
        return feed_samples(self.program, samples, feed_inputs(self.program, samples))

    def check_judged(self, samples: Samples) -> None:
        """Nothing if targets and weights, whatever their inputs, fit the loss and the metrics.

        Raises:
            ValueError: otherwise.
        """
        self.judgement.check_targets(samples.targets)
        feed_judged(self.program, samples)

    @property
    def trainable(self) -> list[Variable]:
        """The variables that training changes."""
        pairs = zip(self.lowered.variables, self.lowered.parameters, strict=True)
        return [variable for variable, parameter in pairs if parameter.trainable]  # type: ignore[misc]

    def training(self, optimizer: Optimizer, key: int) -> Call:
        """Training steps with random numbers under this key."""

        def run(feed: Feed, **steps: Any) -> Totals:
            return self.execution.train(self.lowered, self.program, optimizer, key, feed=feed, **steps)

        return partial(self._run, run)

    def evaluation(self) -> Call:
        """Steps that change nothing."""

        def run(feed: Feed, **steps: Any) -> Totals:
            state = self.execution.state(*self.evaluated)
            return self.execution.executable(self.evaluated[1]).evaluate(state, feed, **steps)

        return partial(self._run, run)

    def _run(
        self,
        run: Call,
        feed: Feed,
        samples: Samples,
        *,
        batch_size: int,
        first_step: int = 0,
        last_step: int | None = None,
        totals: Totals | None = None,
        progress: Progress | None = None,
        **options: Any,
    ) -> Totals:
        """The steps in one call of the engine, or, for metrics that are shown the outputs, in short stretches."""
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        if not self.judgement.shows_batches:
            return run(
                feed,
                batch_size=batch_size,
                first_step=first_step,
                last_step=last_step,
                totals=totals,
                progress=progress,
                **options,
            )
        totals = Totals.zeros(self.program) if totals is None else totals
        shapes = [self.program.shapes[node] for node in self.program.outputs]
        width = sum(int(np.prod(shape)) for shape in shapes)
        progress = None if progress is None else paced(progress)
        at_once = 1 if self.judgement.own.computes else max(1, _SHOWN_ELEMENTS // max(1, width * batch_size))
        for first in range(steps.first, steps.stop, at_once):
            last = min(first + at_once, steps.stop)
            rows = range(first * batch_size, min(last * batch_size, feed.rows))
            outputs = [np.empty((len(rows), *shape), self.program.dtype) for shape in shapes]
            totals = run(
                feed,
                batch_size=batch_size,
                first_step=first,
                last_step=last,
                totals=totals,
                captured=outputs,
                **options,
            )
            self.judgement.take(totals)
            self._show(feed, samples, rows, batch_size, outputs, options.get("order"))
            if progress is not None:
                progress(last - steps.first, totals)
        return totals

    def _show(
        self,
        feed: Feed,
        samples: Samples,
        rows: range,
        batch_size: int,
        outputs: list[np.ndarray],
        order: Permutation | None,
    ) -> None:
        """Let the metrics that are Python code see these rows' outputs, batch by batch."""
        for start in rows[::batch_size]:
            stop = min(start + batch_size, rows.stop)
            taken = slice(start, stop) if order is None else order.indices(start, stop)
            made = slice(start - rows.start, stop - rows.start)
            if self.judgement.own.computes:
                self._let_compute(feed, samples, taken, [each[made] for each in outputs])
                continue
            for observer in self.judgement.observers:
                weights = feed.weights[observer.target] if observer.weighted and feed.weights else None
                observer.metric.update_state(
                    self._target(samples.targets[observer.target][taken]),
                    outputs[observer.output][made],
                    sample_weight=None if weights is None else weights[taken],
                )

    def _let_compute(self, feed: Feed, samples: Samples, taken: Any, outputs: list[np.ndarray]) -> None:
        """Let the model's own ``compute_metrics`` see these rows."""
        self.judgement.own.show(
            self.judgement,
            Batch(
                [self._target(x[taken]) for x in samples.inputs],
                [self._target(y[taken]) for y in samples.targets],
                outputs,
                [None if w is None else w[taken] for w in feed.weights] if feed.weights else None,
            ),
        )

    def _target(self, rows: np.ndarray) -> np.ndarray:
        return rows.astype(self.program.dtype, copy=False) if rows.dtype.kind == "f" else rows


def paced(progress: Progress) -> Progress:
    """``progress``, left out where it has just been called."""
    called = 0.0

    def now_and_then(done: int, totals: Totals | None) -> None:
        nonlocal called
        if time.monotonic() - called >= _PROGRESS_SECONDS:
            progress(done, totals)
            called = time.monotonic()

    return now_and_then
