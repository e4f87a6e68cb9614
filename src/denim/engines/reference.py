"""The reference engine: NumPy, one step at a time, float64 arithmetic. It judges the other engines.

Arrays are rounded to the program's dtype as they enter and the state as it is stored; in between all is float64.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from denim.data.feed import Feed
from denim.engines.checks import (
    check_arrays,
    check_feed,
    check_learning_rates,
    check_state,
    check_training,
    takes_labels,
)
from denim.engines.protocol import FewRows, Progress, State, Steps, Totals
from denim.program.formulas import normalization, optimizers
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.losses import LOSSES, per_value, reduce, reduction_factors
from denim.program.formulas.metrics import METRICS
from denim.program.formulas.regularizers import penalty, penalty_gradient
from denim.program.nodes import (
    Activation,
    AffineScaling,
    BatchNormalization,
    Dense,
    Dropout,
    Input,
    LayerNormalization,
    Node,
    Reshape,
)
from denim.program.program import Program
from denim.program.random import Permutation, drop_threshold, stream_bits
from denim.program.specs import Head, Metric

_PROGRESS_SECONDS = 0.1

Tensors = list[np.ndarray]


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
class Masks:
    """The dropout masks of one step: ``key`` of the fit, ``step`` the optimizer steps done before."""

    key: int
    step: int

    def scale(self, node: Dropout, shape: tuple[int, ...]) -> np.ndarray:
        """What a batch of ``shape`` is multiplied by: 0 where dropped, else 1 / (1 - rate)."""
        count = int(np.prod(shape))
        bits = stream_bits(node.stream.key(self.key), node.stream.site, self.step, 0, count)
        kept = bits.astype(np.uint64) >= drop_threshold(node.rate)
        return kept.reshape(shape) / (1.0 - node.rate)


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


def forward(program: Program, parameters: Tensors, inputs: Tensors, masks: Masks | None) -> Tensors:
    """Every node's tensor, of shape (rows, ...).

    ``masks`` are those of a training step. Without them dropout is the identity and batch normalization uses its
    moving statistics.
    """
    fed = iter(inputs)
    tensors: Tensors = []
    for node in program.nodes:
        if isinstance(node, Input):
            tensors.append(next(fed))
        else:
            tensors.append(_forward(program, node, tensors[node.input], parameters, masks))
    return tensors


def _forward(program: Program, node: Node, x: np.ndarray, parameters: Tensors, masks: Masks | None) -> np.ndarray:
    if isinstance(node, Dense):
        y = x @ parameters[node.kernel]
        return y if node.bias is None else y + parameters[node.bias]
    if isinstance(node, Activation):
        return ACTIVATIONS[node.function].forward(x, node.alpha)
    if isinstance(node, Dropout):
        return x if masks is None else x * masks.scale(node, x.shape)
    if isinstance(node, AffineScaling):
        return normalization.scale(x, *(_constant(program, each) for each in (node.shift, node.scale, node.offset)))
    if isinstance(node, BatchNormalization | LayerNormalization):
        mean, variance, _ = _statistics(node, x, parameters, masks)
        gamma, beta = _optional(parameters, node.gamma), _optional(parameters, node.beta)
        return normalization.normalize(x, mean, variance, node.epsilon, gamma, beta)
    assert isinstance(node, Reshape)
    return x.reshape(len(x), *node.shape)


def _constant(program: Program, numbers: float | tuple[float, ...]) -> np.ndarray:
    return np.asarray(numbers, program.dtype).astype(np.float64)


def _optional(parameters: Tensors, index: int | None) -> np.ndarray | None:
    return None if index is None else parameters[index]


def _statistics(
    node: BatchNormalization | LayerNormalization, x: np.ndarray, parameters: Tensors, masks: Masks | None
) -> tuple[np.ndarray, np.ndarray, normalization.Axes | None]:
    """Mean, variance and the axes they were taken over, None for moving ones."""
    if isinstance(node, BatchNormalization) and (masks is None or node.frozen):
        return parameters[node.mean], parameters[node.variance], None
    axes = normalization.batch_axes(x) if isinstance(node, BatchNormalization) else normalization.FEATURES
    return *normalization.statistics(x, axes), axes


def move_statistics(program: Program, parameters: Tensors, tensors: Tensors) -> None:
    """What a training step does to the moving statistics, in place on ``parameters``, in the order of the nodes."""
    for node in program.nodes:
        if not isinstance(node, BatchNormalization) or node.frozen:
            continue
        x = tensors[node.input]
        batch = normalization.statistics(x, normalization.batch_axes(x))
        for index, statistic in zip((node.mean, node.variance), batch, strict=True):
            parameters[index][...] = normalization.moved(parameters[index], statistic, node.momentum)


def backward(
    program: Program, parameters: Tensors, tensors: Tensors, by_output: dict[int, np.ndarray], masks: Masks | None
) -> Tensors:
    """The gradient by each parameter that a step may train, of the losses whose gradients ``by_output`` holds.

    ``by_output`` is by node index. A tensor read by several nodes, and a parameter used by several, get the sum.
    """
    by_tensor = [by_output.get(i, np.zeros_like(tensor)) for i, tensor in enumerate(tensors)]
    by_parameter = [np.zeros_like(each) for each in parameters]
    for i in reversed(range(len(program.nodes))):
        node = program.nodes[i]
        if isinstance(node, Input):
            continue
        x, y, dy = tensors[node.input], tensors[i], by_tensor[i]
        if isinstance(node, Dense):
            rows, d_rows = x.reshape(-1, x.shape[-1]), dy.reshape(-1, node.units)
            by_parameter[node.kernel] += rows.T @ d_rows
            if node.bias is not None:
                by_parameter[node.bias] += d_rows.sum(axis=0)
            dx = dy @ parameters[node.kernel].T
        elif isinstance(node, Activation):
            dx = ACTIVATIONS[node.function].gradient(x, y, dy, node.alpha)
        elif isinstance(node, Dropout):
            dx = dy if masks is None else dy * masks.scale(node, x.shape)
        elif isinstance(node, AffineScaling):
            dx = normalization.scale_gradient(dy, _constant(program, node.scale))
        elif isinstance(node, BatchNormalization | LayerNormalization):
            mean, variance, axes = _statistics(node, x, parameters, masks)
            gamma = _optional(parameters, node.gamma)
            dx, *by_own = normalization.normalize_gradients(x, dy, mean, variance, node.epsilon, gamma, axes)
            for index, gradient in zip((node.gamma, node.beta), by_own, strict=True):
                if index is not None:
                    by_parameter[index] += gradient
        else:
            dx = dy.reshape(x.shape)
        by_tensor[node.input] = by_tensor[node.input] + dx
    return by_parameter


def total_gradient(
    program: Program, parameters: Tensors, tensors: Tensors, batch: Batch, masks: Masks | None
) -> Tensors:
    """The total loss's gradient by each parameter that a step may train, regularizers included."""
    by_parameter = backward(program, parameters, tensors, loss_gradient(program, tensors, batch), masks)
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
        values = LOSSES[head.loss.function].values(target, tensors[head.output], head.loss)
        each.append(reduce(values, weights, head.loss.reduction))
    total = sum(head.weight * loss for head, loss in zip(program.heads, each, strict=True))
    return total + penalties(program, parameters), each


def loss_gradient(program: Program, tensors: Tensors, batch: Batch) -> dict[int, np.ndarray]:
    """The gradient of the heads' weighted losses by their outputs, by node index."""
    by_output: dict[int, np.ndarray] = {}
    for head, target, weights in zip(program.heads, batch.targets, batch.weights, strict=True):
        if head.loss is None:
            continue
        formula, y = LOSSES[head.loss.function], tensors[head.output]
        values = formula.values(target, y, head.loss)
        factors = head.weight * reduction_factors(values, weights, head.loss.reduction)
        gradient = factors[..., np.newaxis] * formula.gradient(target, y, head.loss)
        by_output[head.output] = by_output.get(head.output, 0.0) + gradient
    return by_output


def _count(program: Program, totals: Totals, parameters: Tensors, tensors: Tensors, batch: Batch) -> None:
    """Add a batch's loss and metrics to the totals."""
    total, each = loss_of_batch(program, parameters, tensors, batch)
    entries = [(total * batch.rows, float(batch.rows))]
    if len(program.heads) > 1:
        for head, loss in zip(program.heads, each, strict=True):
            entries.append((0.0, 0.0) if head.loss is None else (loss * batch.rows, float(batch.rows)))
    for head, target, weights in zip(program.heads, batch.targets, batch.weights, strict=True):
        for metric in head.metrics:
            entries.append(_metric_entry(head, metric, tensors, target, weights))
    sums, counts = zip(*entries, strict=True)
    totals.sums += sums
    totals.counts += counts


def _metric_entry(
    head: Head, metric: Metric, tensors: Tensors, target: np.ndarray, weights: np.ndarray | None
) -> tuple[float, float]:
    values = METRICS[metric.function](target, tensors[head.output], metric)
    if not metric.weighted or weights is None:
        return float(values.sum()), float(values.size)
    each = per_value(weights, values)
    return float((values * each).sum()), float(each.sum())


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
    ) -> Totals:
        """As ``protocol.Executable.train``."""
        program = self.program
        check_training(program)
        check_state(program, state)
        check_feed(program, feed)
        totals = Totals.zeros(program) if totals is None else totals
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        check_learning_rates(learning_rates, steps)
        report = _Report(progress)
        for done, (_, start, stop) in enumerate(steps):
            rows = np.arange(start, stop) if order is None else order.indices(start, stop)
            rate = state.learning_rate if learning_rates is None else float(learning_rates[done])
            self._train_step(state, Batch.of(program, feed, rows), totals, rate)
            report.step(totals)
        report.end(totals)
        return totals

    def _train_step(self, state: State, batch: Batch, totals: Totals, learning_rate: float) -> None:
        program = self.program
        assert program.optimizer is not None
        new_parameters = state.parameters.astype(np.float64)
        new_slots = [slot.astype(np.float64) for slot in state.slots]
        parameters = program.views(new_parameters)
        slots = [program.views(slot) for slot in new_slots]
        masks = Masks(state.key, state.iterations)
        trained = [i for i, parameter in enumerate(program.parameters) if parameter.trainable]

        def of_trained(each: list[np.ndarray]) -> list[np.ndarray]:
            return [each[i] for i in trained]

        with np.errstate(all="ignore"):
            tensors = forward(program, parameters, batch.inputs, masks)
            by_parameter = total_gradient(program, parameters, tensors, batch, masks)
            _count(program, totals, parameters, tensors, batch)
            move_statistics(program, parameters, tensors)
            optimizers.step(
                program.optimizer,
                of_trained(parameters),
                of_trained(by_parameter),
                [of_trained(views) for views in slots],
                state.iterations,
                learning_rate,
                [program.parameters[i].decays for i in trained],
                [program.parameters[i].constraint for i in trained],
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
    ) -> Totals:
        """As ``protocol.Executable.evaluate``."""
        check_state(self.program, state, slots=False)
        check_feed(self.program, feed)
        totals = Totals.zeros(self.program) if totals is None else totals
        parameters = self.program.views(state.parameters.astype(np.float64))
        report = _Report(progress)
        for _, start, stop in Steps(feed.rows, batch_size, first_step, last_step):
            batch = Batch.of(self.program, feed, np.arange(start, stop))
            with np.errstate(all="ignore"):
                tensors = forward(self.program, parameters, batch.inputs, None)
                _count(self.program, totals, parameters, tensors, batch)
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
        masks = Masks(state.key, state.iterations) if training else None
        outputs = [np.empty((feed.rows, *program.shapes[i]), program.dtype) for i in program.outputs]
        report = _Report(progress)
        for _, start, stop in Steps(feed.rows, batch_size):
            batch = Batch.of(program, feed, np.arange(start, stop))
            with np.errstate(all="ignore"):
                tensors = forward(program, parameters, batch.inputs, masks)
                for output, i in zip(outputs, program.outputs, strict=True):
                    output[start:stop] = tensors[i]
            report.step(None)
        report.end(None)
        return outputs

    def few_rows(self, state: State) -> FewRows | None:
        """None: it is never quick."""
        return None


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
