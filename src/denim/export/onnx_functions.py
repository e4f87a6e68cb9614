"""Activations and functions of elements as ONNX operators."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from denim.program.formulas.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE
from denim.program.nodes import Activation

if TYPE_CHECKING:
    from denim.export.onnx_model import Graph


def activation(graph: Graph, node: Activation, x: str) -> str:
    """An activation's value."""
    if node.function in _PLAIN_ACTIVATIONS:
        return graph.op(_PLAIN_ACTIVATIONS[node.function], x, name=node.name)
    if node.function in _ROWS:
        return graph.op(_ROWS[node.function], x, name=node.name, axis=-1)
    default = ACTIVATIONS[node.function].default_alpha
    return _ACTIVATIONS[node.function](graph, x, (default or 0.0) if node.alpha is None else node.alpha)


def elementwise(graph: Graph, function: str, *x: str) -> str:
    """A value for each element of arrays of one shape; truth is 1 and 0."""
    if function in _PLAIN:
        return graph.op(_PLAIN[function], *x)
    if function in _COMPARISONS:
        return graph.truth(graph.op(_COMPARISONS[function], *x))
    return _ELEMENTWISE[function](graph, *x)


_PLAIN_ACTIVATIONS = {"relu": "Relu", "sigmoid": "Sigmoid", "tanh": "Tanh", "exponential": "Exp"}
_ROWS = {"softmax": "Softmax", "log_softmax": "LogSoftmax"}
_PLAIN = {
    "negative": "Neg",
    "abs": "Abs",
    "sqrt": "Sqrt",
    "reciprocal": "Reciprocal",
    "exp": "Exp",
    "log": "Log",
    "sin": "Sin",
    "cos": "Cos",
    "sign": "Sign",
    "floor": "Floor",
    "ceil": "Ceil",
    "round": "Round",
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "divide": "Div",
    "power": "Pow",
    "maximum": "Max",
    "minimum": "Min",
}
_COMPARISONS = {
    "isnan": "IsNaN",
    "equal": "Equal",
    "less": "Less",
    "less_equal": "LessOrEqual",
    "greater": "Greater",
    "greater_equal": "GreaterOrEqual",
}


def _times(graph: Graph, x: str, factor: float) -> str:
    return graph.op("Mul", x, graph.constant(factor))


def _plus(graph: Graph, x: str, number: float) -> str:
    return graph.op("Add", x, graph.constant(number))


def _at_most_zero(graph: Graph, x: str) -> str:
    return graph.op("Min", x, graph.constant(0.0))


def _where_positive(graph: Graph, x: str, yes: str, no: str) -> str:
    return graph.op("Where", graph.op("Greater", x, graph.constant(0.0)), yes, no)


def _expm1(graph: Graph, x: str) -> str:
    return _plus(graph, graph.op("Exp", x), -1.0)


def _elu(graph: Graph, x: str, alpha: float) -> str:
    return _where_positive(graph, x, x, _times(graph, _expm1(graph, _at_most_zero(graph, x)), alpha))


def _celu(graph: Graph, x: str, alpha: float) -> str:
    low = _times(graph, _at_most_zero(graph, x), 1.0 / alpha)
    return _where_positive(graph, x, x, _times(graph, _expm1(graph, low), alpha))


def _softplus(graph: Graph, x: str) -> str:
    small = graph.op("Exp", graph.op("Neg", graph.op("Abs", x)))
    return graph.op("Add", graph.op("Relu", x), graph.op("Log", _plus(graph, small, 1.0)))


def _erf(graph: Graph, x: str) -> str:
    if graph.dtype == np.float32:
        return graph.op("Erf", x)
    return graph.cast(graph.op("Erf", graph.cast(x, np.float32)), graph.dtype)


def _gelu(graph: Graph, x: str) -> str:
    erf = _erf(graph, _times(graph, x, 1.0 / math.sqrt(2.0)))
    return graph.op("Mul", x, _times(graph, _plus(graph, erf, 1.0), 0.5))


def _gelu_tanh(graph: Graph, x: str) -> str:
    cubic = graph.op("Mul", x, _plus(graph, _times(graph, graph.op("Mul", x, x), 0.044715), 1.0))
    tanh = graph.op("Tanh", _times(graph, cubic, math.sqrt(2.0 / math.pi)))
    return graph.op("Mul", x, _times(graph, _plus(graph, tanh, 1.0), 0.5))


def _hard_sigmoid(graph: Graph, x: str) -> str:
    lifted = graph.op("Clip", _plus(graph, x, 3.0), graph.constant(0.0), graph.constant(6.0))
    return _times(graph, lifted, 1.0 / 6.0)


def _relu6(graph: Graph, x: str, alpha: float) -> str:
    return graph.op("Clip", x, graph.constant(0.0), graph.constant(alpha))


_ACTIVATIONS: dict[str, Callable[[Graph, str, float], str]] = {
    "gelu": lambda g, x, a: _gelu(g, x),
    "gelu_tanh": lambda g, x, a: _gelu_tanh(g, x),
    "leaky_relu": lambda g, x, a: _where_positive(g, x, x, _times(g, x, a)),
    "elu": _elu,
    "selu": lambda g, x, a: _times(g, _elu(g, x, SELU_ALPHA), SELU_SCALE),
    "silu": lambda g, x, a: g.op("Mul", x, g.op("Sigmoid", x)),
    "softplus": lambda g, x, a: _softplus(g, x),
    "softsign": lambda g, x, a: g.op("Div", x, _plus(g, g.op("Abs", x), 1.0)),
    "hard_sigmoid": lambda g, x, a: _hard_sigmoid(g, x),
    "relu6": _relu6,
    "mish": lambda g, x, a: g.op("Mul", x, g.op("Tanh", _softplus(g, x))),
    "hard_silu": lambda g, x, a: g.op("Mul", x, _hard_sigmoid(g, x)),
    "celu": _celu,
    "log_sigmoid": lambda g, x, a: g.op("Neg", _softplus(g, g.op("Neg", x))),
}


def _truth_of(graph: Graph, x: str) -> str:
    """A condition: anything but 0 is true."""
    return graph.op("Not", graph.op("Equal", x, graph.constant(0.0)))


def _isfinite(graph: Graph, x: str) -> str:
    return graph.truth(graph.op("Less", graph.op("Abs", x), graph.constant(math.inf)))


def _trunc(graph: Graph, x: str) -> str:
    return _where_positive(graph, x, graph.op("Floor", x), graph.op("Ceil", x))


def _log1p(graph: Graph, x: str) -> str:
    return graph.op("Log", _plus(graph, x, 1.0))


def _joined(graph: Graph, kind: str, a: str, b: str) -> str:
    return graph.truth(graph.op(kind, _truth_of(graph, a), _truth_of(graph, b)))


_ELEMENTWISE: dict[str, Callable[..., str]] = {
    "square": lambda g, x: g.op("Mul", x, x),
    "rsqrt": lambda g, x: g.op("Reciprocal", g.op("Sqrt", x)),
    "expm1": _expm1,
    "log1p": _log1p,
    "erf": _erf,
    "trunc": _trunc,
    "isfinite": _isfinite,
    "logical_not": lambda g, x: g.truth(g.op("Equal", x, g.constant(0.0))),
    "not_equal": lambda g, a, b: g.truth(g.op("Not", g.op("Equal", a, b))),
    "logical_and": lambda g, a, b: _joined(g, "And", a, b),
    "logical_or": lambda g, a, b: _joined(g, "Or", a, b),
    "floor_divide": lambda g, a, b: g.op("Floor", g.op("Div", a, b)),
    "where": lambda g, c, a, b: g.op("Where", _truth_of(g, c), a, b),
}
