"""A Program's nodes in NumPy, forward and backward: every formula as it is written, in float64.

Tensors have the shape (rows, ...). Those that are the same for all samples (``Program.shared``) have one row, which
NumPy spreads over the others; their gradient is the sum over all rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from denim.program.formulas import noise, normalization
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.elementwise import ELEMENTWISE
from denim.program.formulas.reductions import REDUCTIONS, over_batch, over_batch_gradient
from denim.program.nodes import (
    Activation,
    AffineScaling,
    BatchNormalization,
    BatchReduce,
    Concatenate,
    Constant,
    Dense,
    Dropout,
    Elementwise,
    Embedding,
    Input,
    LayerNormalization,
    MatMul,
    Node,
    Noise,
    Rearrange,
    Reduce,
    Reshape,
    Target,
    Weight,
)
from denim.program.program import Program

Tensors = list[np.ndarray]


@dataclass(frozen=True)
class Draws:
    """The random numbers of one run: ``key`` of the fit, ``step`` the optimizer steps done before.

    ``training`` False runs only the nodes that always make noise. ``first_row`` is the place of a batch's first row
    among those whose elements are numbered together.
    """

    key: int
    step: int
    training: bool = True
    first_row: int = 0

    def runs(self, node: Dropout | Noise) -> bool:
        """Whether the node does anything."""
        return self.training or node.always

    def factor_and_shift(self, node: Dropout | Noise, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
        """What a batch of ``shape`` is multiplied by, and what is then added."""
        count = int(np.prod(shape))
        where = (node.stream.key(self.key), node.stream.site, self.step)
        first = self.first_row * int(np.prod(shape[1:]))
        if isinstance(node, Noise):
            factor, shift = noise.factor_and_shift(node.kind, node.amount, *where, count, first)
            return factor.reshape(shape), shift.reshape(shape)
        kept = noise.kept(*where, node.rate, count, first).reshape(shape)
        return kept / (1.0 - node.rate), np.zeros(shape)


def forward(
    program: Program, parameters: Tensors, inputs: Tensors, targets: Sequence[np.ndarray], draws: Draws
) -> Tensors:
    """Every node's tensor.

    ``targets`` may lack where no node asks for one that is needed: those of predicting are empty.
    """
    fed = iter(inputs)
    tensors: Tensors = []
    for node in program.nodes:
        if isinstance(node, Input):
            x = next(fed)
            tensors.append(np.trunc(x) if node.dtype == "int32" else x)
        elif isinstance(node, Target):
            rows = len(inputs[0]) if inputs else 1
            given = targets[node.head].astype(np.float64) if targets else np.zeros((rows, *node.shape))
            tensors.append(given.reshape(len(given), *node.shape))
        else:
            tensors.append(_forward(program, node, [tensors[i] for i in node.inputs], parameters, draws))
    return tensors


def _forward(program: Program, node: Node, xs: Tensors, parameters: Tensors, draws: Draws) -> np.ndarray:
    match node:
        case Constant():
            return np.asarray(node.values, program.dtype).astype(np.float64).reshape(1, *node.shape)
        case Weight():
            return parameters[node.parameter][np.newaxis]
        case Concatenate():
            rows = max(map(len, xs))
            return np.concatenate([np.broadcast_to(x, (rows, *x.shape[1:])) for x in xs], axis=node.axis + 1)
        case Elementwise():
            return ELEMENTWISE[node.function].forward(*xs)
        case MatMul():
            return np.matmul(*xs)
    x = xs[0]
    match node:
        case Dense():
            y = x @ parameters[node.kernel]
            return y if node.bias is None else y + parameters[node.bias]
        case Activation():
            return ACTIVATIONS[node.function].forward(x, node.alpha)
        case Dropout() | Noise():
            if not draws.runs(node):
                return x
            factor, shift = draws.factor_and_shift(node, x.shape)
            return x * factor + shift
        case AffineScaling():
            return normalization.scale(x, *(_constant(program, each) for each in (node.shift, node.scale, node.offset)))
        case BatchNormalization() | LayerNormalization():
            mean, variance, _ = _statistics(node, x, parameters, draws)
            gamma, beta = _optional(parameters, node.gamma), _optional(parameters, node.beta)
            return normalization.normalize(x, mean, variance, node.epsilon, gamma, beta)
        case Reduce():
            return REDUCTIONS[node.function].forward(x)
        case BatchReduce():
            return over_batch(node.function, x)
        case Rearrange():
            return x.reshape(len(x), -1)[:, node.indices].reshape(len(x), *node.shape)
        case Embedding():
            return parameters[node.table][_rows_of(x, parameters[node.table])]
    assert isinstance(node, Reshape)
    return x.reshape(len(x), *node.shape)


def _rows_of(x: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Indices, kept within the table; what lies outside was refused before, or comes from numbers the model made."""
    with np.errstate(invalid="ignore"):
        return np.clip(np.nan_to_num(x), 0, len(table) - 1).astype(np.int64)


def _constant(program: Program, numbers: float | tuple[float, ...]) -> np.ndarray:
    return np.asarray(numbers, program.dtype).astype(np.float64)


def _optional(parameters: Tensors, index: int | None) -> np.ndarray | None:
    return None if index is None else parameters[index]


def _statistics(
    node: BatchNormalization | LayerNormalization, x: np.ndarray, parameters: Tensors, draws: Draws
) -> tuple[np.ndarray, np.ndarray, normalization.Axes | None]:
    """Mean, variance and the axes they were taken over, None for moving ones."""
    if isinstance(node, BatchNormalization) and (node.frozen or not draws.training):
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
    program: Program, parameters: Tensors, tensors: Tensors, by_node: dict[int, np.ndarray], draws: Draws
) -> Tensors:
    """The gradient by each parameter, of the losses whose gradients ``by_node`` holds by the index of a node.

    A tensor read by several nodes, and a parameter used by several, get the sum. What no loss depends on, such as the
    nodes of metrics, is left out: its slopes may be infinite.
    """
    by_tensor = [by_node.get(i) for i in range(len(tensors))]
    by_parameter = [np.zeros_like(each) for each in parameters]
    for i in reversed(range(len(program.nodes))):
        node, y, dy = program.nodes[i], tensors[i], by_tensor[i]
        if dy is None:
            continue
        xs = [tensors[j] for j in node.inputs]
        if isinstance(node, Weight):
            by_parameter[node.parameter] += dy[0]
        for j, x, dx in zip(
            node.inputs, xs, _backward(program, node, xs, y, dy, parameters, by_parameter, draws), strict=True
        ):
            if dx is not None:
                alone = len(x) == 1 and len(dx) != 1
                before = by_tensor[j]
                dx = dx.sum(axis=0, keepdims=True) if alone else dx
                by_tensor[j] = dx if before is None else before + dx
    return by_parameter


def _backward(
    program: Program,
    node: Node,
    xs: Tensors,
    y: np.ndarray,
    dy: np.ndarray,
    parameters: Tensors,
    by_parameter: Tensors,
    draws: Draws,
) -> Sequence[np.ndarray | None]:
    """The gradient by each input, None where it is 0; what belongs to parameters is added to ``by_parameter``."""
    match node:
        case Input() | Target() | Constant() | Weight():
            return ()
        case Concatenate():
            ends = np.cumsum([x.shape[node.axis + 1] for x in xs])
            return np.split(dy, ends[:-1], axis=node.axis + 1)
        case Elementwise():
            gradients = ELEMENTWISE[node.function].gradients(y, dy, *xs)
            return [None if each is None else np.broadcast_to(each, dy.shape) for each in gradients]
        case MatMul():
            a, b = xs
            return np.matmul(dy, np.swapaxes(b, -1, -2)), np.matmul(np.swapaxes(a, -1, -2), dy)
    x = xs[0]
    match node:
        case Dense():
            rows, d_rows = x.reshape(-1, x.shape[-1]), dy.reshape(-1, node.units)
            by_parameter[node.kernel] += rows.T @ d_rows
            if node.bias is not None:
                by_parameter[node.bias] += d_rows.sum(axis=0)
            return (dy @ parameters[node.kernel].T,)
        case Activation():
            return (ACTIVATIONS[node.function].gradient(x, y, dy, node.alpha),)
        case Dropout() | Noise():
            return (dy * draws.factor_and_shift(node, x.shape)[0] if draws.runs(node) else dy,)
        case AffineScaling():
            return (normalization.scale_gradient(dy, _constant(program, node.scale)),)
        case BatchNormalization() | LayerNormalization():
            mean, variance, axes = _statistics(node, x, parameters, draws)
            gamma = _optional(parameters, node.gamma)
            dx, *by_own = normalization.normalize_gradients(x, dy, mean, variance, node.epsilon, gamma, axes)
            for index, gradient in zip((node.gamma, node.beta), by_own, strict=True):
                if index is not None:
                    by_parameter[index] += gradient
            return (dx,)
        case Reduce():
            slope = REDUCTIONS[node.function].gradient
            return (None if slope is None else slope(x, y, dy),)
        case BatchReduce():
            return (over_batch_gradient(node.function, x, y, dy),)
        case Rearrange():
            by_element = np.zeros((int(np.prod(x.shape[1:])), len(x)))
            np.add.at(by_element, np.asarray(node.indices, np.int64), dy.reshape(len(dy), -1).T)
            return (by_element.T.reshape(x.shape),)
        case Embedding():
            np.add.at(by_parameter[node.table], _rows_of(x, parameters[node.table]), dy)
            return (None,)
    return (dy.reshape(x.shape),)
