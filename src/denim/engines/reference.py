"""The reference engine: NumPy, one step at a time, float64 arithmetic. It judges the other engines.

Arrays are rounded to the program's dtype as they enter and the state as it is stored; in between all is float64.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from denim.data.feed import Feed
from denim.engines.checks import (
    check_arrays,
    check_captured,
    check_feed,
    check_learning_rates,
    check_state,
    check_training,
    takes_labels,
)
from denim.engines.interpreter import Draws, Tensors, backward, forward, move_statistics
from denim.engines.protocol import FewRows, Progress, State, Steps, Totals
from denim.engines.rewriting import constraining
from denim.program.formulas import optimizers
from denim.program.formulas.losses import LOSSES, factor_of_batch, per_value, reduce, reduction_factors
from denim.program.formulas.metrics import METRICS
from denim.program.formulas.regularizers import penalty, penalty_gradient
from denim.program.program import Program
from denim.program.random import Permutation
from denim.program.specs import Head, Loss, Metric

_PROGRESS_SECONDS = 0.1


class ReferenceEngine:
    """Runs every valid program, slowly."""

    name = "reference"

    def supports(self, program: Program) -> str | None:
        """Always None: what a Program can say, the reference can run."""
        return None

    def compile(self, program: Program) -> ReferenceExecutable:
        """Nothing is planned ahead."""
        return ReferenceExecutable(program)


@dataclass(frozen=True)
class Batch:
    """Some rows of a feed, converted: float64 numbers that the program's dtype can hold, and int64 labels."""

    rows: int
    inputs: Tensors
    targets: Tensors
    weights: list[np.ndarray | None]

    @classmethod
    def of(cls, program: Program, feed: Feed, rows: np.ndarray) -> Batch:
        """The feed's ``rows``, in that order."""

        def numbers(array: np.ndarray) -> np.ndarray:
            with np.errstate(over="ignore"):
                return array[rows].astype(program.dtype).astype(np.float64)

        targets = [
            target[rows].astype(np.int64) if takes_labels(head) else numbers(target)
            for head, target in zip(program.heads, feed.targets, strict=False)
        ]
        weights = [None if each is None else numbers(each) for each in feed.weights or (None,) * len(program.heads)]
        return cls(len(rows), [numbers(each) for each in feed.inputs], targets, weights)


def total_gradient(program: Program, parameters: Tensors, tensors: Tensors, batch: Batch, draws: Draws) -> Tensors:
    """The total loss's gradient by each parameter that a step may train, regularizers included."""
    by_parameter = backward(program, parameters, tensors, loss_gradient(program, tensors, batch), draws)
    for spec, w, gradient in zip(program.parameters, parameters, by_parameter, strict=True):
        if spec.trainable and spec.regularizer is not None:
            gradient += penalty_gradient(spec.regularizer, w)
    return by_parameter


def penalties(program: Program, parameters: Tensors) -> float:
    """What the regularizers of the trainable parameters add to the total loss."""
    return sum(
        penalty(spec.regularizer, w)
        for spec, w in zip(program.parameters, parameters, strict=True)
        if spec.trainable and spec.regularizer is not None
    )


def loss_of_batch(program: Program, parameters: Tensors, tensors: Tensors, batch: Batch) -> tuple[float, list[float]]:
    """The total loss, with regularizers, and each head's own, without its weight; 0 for a head without a loss."""
    each = []
    for head, target, weights in zip(program.heads, batch.targets, batch.weights, strict=True):
        if head.loss is None:
            each.append(0.0)
            continue
        if head.loss.of_batch:
            number = float(np.mean(tensors[head.loss.values]))  # type: ignore[index]
            each.append(number * factor_of_batch(weights, head.loss.reduction))
            continue
        values = _loss_values(head, head.loss, tensors, target, batch.rows)
        each.append(reduce(values, weights, head.loss.reduction, _counted(head.loss, tensors, target, values)))
    total = sum(head.weight * loss for head, loss in zip(program.heads, each, strict=True))
    added = sum(float(np.sum(tensors[i])) / len(tensors[i]) for i in program.added)
    return total + penalties(program, parameters) + added, each


def _counted(loss: Loss, tensors: Tensors, target: np.ndarray, values: np.ndarray) -> np.ndarray | None:
    if loss.counts is not None:
        return np.broadcast_to(tensors[loss.counts][..., 0], values.shape)
    return None if loss.ignored is None else target != loss.ignored


def _loss_values(head: Head, loss: Loss, tensors: Tensors, target: np.ndarray, rows: int) -> np.ndarray:
    if loss.values is None:
        return LOSSES[loss.function].values(target, tensors[head.output], loss)
    values = tensors[loss.values][..., 0]
    return np.broadcast_to(values, (rows, *values.shape[1:]))


def loss_gradient(program: Program, tensors: Tensors, batch: Batch) -> dict[int, np.ndarray]:
    """The gradient of the heads' weighted losses, and of what is added to them, by node index."""
    by_node: dict[int, np.ndarray] = {}

    def add(node: int, gradient: np.ndarray) -> None:
        alone = len(tensors[node]) == 1 and len(gradient) != 1
        by_node[node] = by_node.get(node, 0.0) + (gradient.sum(axis=0, keepdims=True) if alone else gradient)

    for i in program.added:
        add(i, np.full_like(tensors[i], 1.0 / len(tensors[i])))
    for head, target, weights in zip(program.heads, batch.targets, batch.weights, strict=True):
        if head.loss is None:
            continue
        loss, y = head.loss, tensors[head.output]
        if loss.of_batch:
            assert loss.values is not None
            values = tensors[loss.values]
            factor = head.weight * factor_of_batch(weights, loss.reduction) / values.size
            add(loss.values, np.full_like(values, factor))
            continue
        values = _loss_values(head, loss, tensors, target, batch.rows)
        factors = (
            head.weight * reduction_factors(values, weights, loss.reduction, _counted(loss, tensors, target, values))
        )[..., np.newaxis]
        if loss.values is None:
            add(head.output, factors * LOSSES[loss.function].gradient(target, y, loss))
        else:
            add(loss.values, factors)
    return by_node


def _count(program: Program, totals: Totals, parameters: Tensors, tensors: Tensors, batch: Batch) -> None:
    """Add a batch's loss and metrics to the totals."""
    total, each = loss_of_batch(program, parameters, tensors, batch)
    entries = [(total * batch.rows, float(batch.rows))]
    if len(program.heads) > 1:
        for head, loss in zip(program.heads, each, strict=True):
            entries.append((0.0, 0.0) if head.loss is None else (loss * batch.rows, float(batch.rows)))
    for head, target, weights in zip(program.heads, batch.targets, batch.weights, strict=True):
        for metric in head.metrics:
            entries += _metric_entries(head, metric, tensors, target, weights, batch.rows)
    sums, counts = zip(*entries, strict=True)
    totals.sums += sums
    totals.counts += counts


def _metric_entries(
    head: Head, metric: Metric, tensors: Tensors, target: np.ndarray, weights: np.ndarray | None, rows: int
) -> list[tuple[float, float]]:
    if metric.values is None:
        values = METRICS[metric.function](target, tensors[head.output], metric)[..., np.newaxis]
    else:
        traced = tensors[metric.values]
        if metric.of_batch:
            return [(float(np.mean(traced[..., m])), 1.0) for m in range(traced.shape[-1])]
        values = np.broadcast_to(traced, (rows, *traced.shape[1:]))
    each = np.ones(values.shape[:-1])
    if metric.weighted and weights is not None:
        each = per_value(weights, values[..., 0])
    weighted = values * each[..., np.newaxis]
    count = float(each.sum())
    return [(float(weighted[..., m].sum()), count) for m in range(values.shape[-1])]


class ReferenceExecutable:
    """A program, run as its formulas read."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def train(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        order: Permutation | None = None,
        first_step: int = 0,
        last_step: int | None = None,
        totals: Totals | None = None,
        progress: Progress | None = None,
        learning_rates: np.ndarray | None = None,
        captured: Sequence[np.ndarray] | None = None,
    ) -> Totals:
        """As ``protocol.Executable.train``."""
        program = self.program
        check_training(program)
        check_state(program, state)
        check_feed(program, feed)
        totals = Totals.zeros(program) if totals is None else totals
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        check_learning_rates(learning_rates, steps)
        check_captured(program, captured, steps)
        capture = _Capture(program, captured)
        report = _Report(progress)
        for done, (_, start, stop) in enumerate(steps):
            rows = np.arange(start, stop) if order is None else order.indices(start, stop)
            rate = state.learning_rate if learning_rates is None else float(learning_rates[done])
            self._train_step(state, Batch.of(program, feed, rows), totals, rate, capture)
            report.step(totals)
        report.end(totals)
        return totals

    def _train_step(self, state: State, batch: Batch, totals: Totals, learning_rate: float, capture: _Capture) -> None:
        program = self.program
        assert program.optimizer is not None
        new_parameters = state.parameters.astype(np.float64)
        new_slots = [slot.astype(np.float64) for slot in state.slots]
        parameters = program.views(new_parameters)
        slots = [program.views(slot) for slot in new_slots]
        draws = Draws(state.key, state.iterations)
        trained = [i for i, parameter in enumerate(program.parameters) if parameter.trainable]

        def of_trained(each: list[np.ndarray]) -> list[np.ndarray]:
            return [each[i] for i in trained]

        with np.errstate(all="ignore"):
            tensors = forward(program, parameters, batch.inputs, batch.targets, draws)
            by_parameter = total_gradient(program, parameters, tensors, batch, draws)
            _count(program, totals, parameters, tensors, batch)
            capture.batch(tensors)
            move_statistics(program, parameters, tensors)
            optimizers.step(
                program.optimizer,
                of_trained(parameters),
                of_trained(by_parameter),
                [of_trained(views) for views in slots],
                state.iterations,
                learning_rate,
                [program.parameters[i].decays for i in trained],
                [constraining(program.parameters[i].constraint) for i in trained],
            )
            state.parameters[...] = new_parameters
            for slot, new in zip(state.slots, new_slots, strict=True):
                slot[...] = new
        state.iterations += 1

    def evaluate(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        first_step: int = 0,
        last_step: int | None = None,
        totals: Totals | None = None,
        progress: Progress | None = None,
        captured: Sequence[np.ndarray] | None = None,
    ) -> Totals:
        """As ``protocol.Executable.evaluate``."""
        check_state(self.program, state, slots=False)
        check_feed(self.program, feed)
        totals = Totals.zeros(self.program) if totals is None else totals
        parameters = self.program.views(state.parameters.astype(np.float64))
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        check_captured(self.program, captured, steps)
        capture = _Capture(self.program, captured)
        report = _Report(progress)
        for _, start, stop in steps:
            batch = Batch.of(self.program, feed, np.arange(start, stop))
            with np.errstate(all="ignore"):
                draws = Draws(state.key, state.iterations, training=False, first_row=start)
                tensors = forward(self.program, parameters, batch.inputs, batch.targets, draws)
                _count(self.program, totals, parameters, tensors, batch)
                capture.batch(tensors)
            report.step(totals)
        report.end(totals)
        return totals

    def predict(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        training: bool = False,
        progress: Progress | None = None,
    ) -> list[np.ndarray]:
        """As ``protocol.Executable.predict``."""
        program = self.program
        check_state(program, state, slots=False)
        check_arrays(program, feed, targets=False)
        feed = Feed(feed.rows, feed.inputs)
        parameters = program.views(state.parameters.astype(np.float64))
        outputs = [np.empty((feed.rows, *program.shapes[i]), program.dtype) for i in program.outputs]
        capture = _Capture(program, outputs)
        report = _Report(progress)
        for _, start, stop in Steps(feed.rows, batch_size):
            batch = Batch.of(program, feed, np.arange(start, stop))
            with np.errstate(all="ignore"):
                draws = Draws(state.key, state.iterations, training, start)
                tensors = forward(program, parameters, batch.inputs, (), draws)
                capture.batch(tensors)
            report.step(None)
        report.end(None)
        return outputs

    def few_rows(self, state: State, array_type: type[np.ndarray] = np.ndarray) -> FewRows | None:
        """None: it is never quick."""
        return None


class _Capture:
    """Copies each batch's outputs to where they are wanted, one batch after the other."""

    def __init__(self, program: Program, arrays: Sequence[np.ndarray] | None) -> None:
        self._arrays = list(zip(program.outputs, arrays, strict=True)) if arrays is not None else []
        self._rows = program.inputs
        self._done = 0

    def batch(self, tensors: Tensors) -> None:
        rows = len(tensors[self._rows[0]]) if self._rows else 1
        for i, array in self._arrays:
            array[self._done : self._done + rows] = tensors[i]
        self._done += rows


class _Report:
    """Calls ``progress`` every tenth of a second, and at the end."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._done = 0
        self._reported = 0
        self._at = time.monotonic()

    def step(self, totals: Totals | None) -> None:
        self._done += 1
        if self._progress is not None and time.monotonic() - self._at >= _PROGRESS_SECONDS:
            self._reported, self._at = self._done, time.monotonic()
            self._progress(self._done, totals)

    def end(self, totals: Totals | None) -> None:
        if self._progress is not None and self._reported < self._done:
            self._progress(self._done, totals)
