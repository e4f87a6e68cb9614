"""Each type of node as ONNX operators."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from denim.export.onnx_functions import activation, elementwise
from denim.program import nodes

if TYPE_CHECKING:
    from denim.export.onnx_model import Graph

_REDUCTIONS = {"mean": "ReduceMean", "max": "ReduceMax", "min": "ReduceMin", "prod": "ReduceProd"}
_PLACES = {"argmax": "ArgMax", "argmin": "ArgMin"}


def emit(graph: Graph, node: nodes.Node, sources: tuple[int, ...]) -> str:
    """Add what computes a node from what nodes ``sources`` computed; returns its tensor."""
    if isinstance(node, nodes.Embedding):
        return _embedding(graph, node, *sources)
    inputs = [graph.tensor(i) for i in sources]
    match node:
        case nodes.Constant():
            return graph.constant(np.reshape(node.values, (1, *node.shape)))
        case nodes.Weight():
            return graph.op("Unsqueeze", graph.weight(node.parameter), graph.constant((0,), np.int64), name=node.name)
        case nodes.Elementwise():
            return elementwise(graph, node.function, *inputs)
        case nodes.MatMul():
            return graph.op("MatMul", *inputs, name=node.name)
    (x,), (source,) = inputs, sources
    match node:
        case nodes.Dense():
            return _dense(graph, node, x, len(graph.inference.shape(source)))
        case nodes.Activation():
            return activation(graph, node, x)
        case nodes.Reshape():
            return graph.shaped(x, node.shape)
        case nodes.AffineScaling():
            return _scaled(graph, x, *map(graph.constant, (node.shift, node.scale, node.offset)))
        case nodes.BatchNormalization():
            return _batch_normalization(graph, node, x)
        case nodes.LayerNormalization():
            return _layer_normalization(graph, node, x, graph.inference.shape(source)[-1])
        case nodes.Reduce(function=function) if function in _PLACES:
            return graph.cast(graph.op(_PLACES[function], x, name=node.name, axis=-1), graph.dtype)
        case nodes.Reduce(function="sum"):
            return graph.op("ReduceSum", x, graph.constant((-1,), np.int64), name=node.name)
        case nodes.Reduce():
            return graph.op(_REDUCTIONS[node.function], x, name=node.name, axes=[-1])
    assert isinstance(node, nodes.Rearrange)
    return _rearrange(graph, node, x, math.prod(graph.inference.shape(source)))


def _dense(graph: Graph, node: nodes.Dense, x: str, rank: int) -> str:
    kernel = graph.weight(node.kernel)
    if node.bias is None:
        return graph.op("MatMul", x, kernel, name=node.name)
    if rank == 1:
        return graph.op("Gemm", x, kernel, graph.weight(node.bias), name=node.name)
    return graph.op("Add", graph.op("MatMul", x, kernel), graph.weight(node.bias), name=node.name)


def _scaled(graph: Graph, x: str, shift: str, scale: str, offset: str) -> str:
    return graph.op("Add", graph.op("Mul", graph.op("Sub", x, shift), scale), offset)


def _batch_normalization(graph: Graph, node: nodes.BatchNormalization, x: str) -> str:
    """Over the last axis, and with the mean taken off first: ONNX's own is over the second, and loses digits there."""
    numbers = graph.inference.parameters
    scale = 1.0 / np.sqrt(numbers[node.variance].astype(np.float64) + node.epsilon)
    scale = scale if node.gamma is None else scale * numbers[node.gamma]
    offset = graph.constant(0.0) if node.beta is None else graph.weight(node.beta)
    return _scaled(graph, x, graph.weight(node.mean), graph.constant(scale), offset)


def _layer_normalization(graph: Graph, node: nodes.LayerNormalization, x: str, width: int) -> str:
    gamma = graph.constant(np.ones(width)) if node.gamma is None else graph.weight(node.gamma)
    beta = [] if node.beta is None else [graph.weight(node.beta)]
    return graph.op("LayerNormalization", x, gamma, *beta, name=node.name, axis=-1, epsilon=node.epsilon)


def _rearrange(graph: Graph, node: nodes.Rearrange, x: str, size: int) -> str:
    flat = graph.shaped(x, (size,))
    taken = graph.op("Gather", flat, graph.constant(node.indices, np.int64), name=node.name, axis=1)
    return graph.shaped(taken, node.shape)


def _embedding(graph: Graph, node: nodes.Embedding, source: int) -> str:
    """Indices that are fed are the runtime's to check; computed ones are kept within the table, as denim does."""
    rows = graph.whole(source)
    if rows is None:
        last = graph.inference.parameters[node.table].shape[0] - 1
        held = graph.op("Clip", graph.tensor(source), graph.constant(0.0), graph.constant(float(last)))
        rows = graph.cast(held, np.int64)
    return graph.rows(node.table, rows, node.name)
