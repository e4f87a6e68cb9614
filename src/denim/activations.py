"""Activation functions by Keras's names: on arrays, and as what layers hold and turn into nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denim.lazy import bind
from denim.ops import comparison, core, elementwise, reductions, shaping
from denim.ops.dispatch import operation
from denim.ops.operators import Symbolic
from denim.ops.running import row_for_each_sample, run_traced
from denim.ops.traced import Traced
from denim.program.builder import ProgramBuilder
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.nodes import Activation as ActivationNode
from denim.suggest import did_you_mean

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]


def linear(x: Any) -> Any:
    """x, as it is."""
    return x if isinstance(x, Symbolic) else core.activation("linear", x)


@operation
def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """x, at most ``max_value``, where it is above ``threshold``, else negative_slope * (x - threshold)."""
    if max_value is None and not threshold:
        return core.activation("leaky_relu", x, negative_slope) if negative_slope else core.activation("relu", x)
    above = x if max_value is None else core.elementwise("minimum", core.elementwise("maximum", x, 0.0), max_value)
    below = core.elementwise("multiply", core.elementwise("subtract", x, threshold), negative_slope)
    return core.where(core.elementwise("less_equal", x, threshold, kind="bool"), below, above)


@operation
def relu6(x: Any) -> Any:
    """min(max(x, 0), 6). Krizhevsky, 2010."""
    return core.activation("relu6", x)


@operation
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """x where it is positive, else negative_slope * x."""
    return core.activation("leaky_relu", x, negative_slope)


@operation
def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha * (exp(x) - 1). Clevert et al., 2015."""
    return core.activation("elu", x, alpha)


@operation
def celu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha * (exp(x / alpha) - 1). Barron, 2017."""
    return core.activation("celu", x, alpha)


@operation
def selu(x: Any) -> Any:
    """A scaled elu whose outputs keep mean 0 and variance 1. Klambauer et al., 2017."""
    return core.activation("selu", x)


@operation
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return core.activation("sigmoid", x)


@operation
def log_sigmoid(x: Any) -> Any:
    """log(1 / (1 + exp(-x)))."""
    return core.activation("log_sigmoid", x)


@operation
def hard_sigmoid(x: Any) -> Any:
    """relu6(x + 3) / 6: three straight pieces in the shape of a sigmoid."""
    return core.activation("hard_sigmoid", x)


@operation
def softsign(x: Any) -> Any:
    """x / (1 + abs(x))."""
    return core.activation("softsign", x)


@operation
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return core.activation("tanh", x)


@operation
def softplus(x: Any) -> Any:
    """log(exp(x) + 1)."""
    return core.activation("softplus", x)


@operation
def exponential(x: Any) -> Any:
    """exp(x)."""
    return core.activation("exponential", x)


@operation
def silu(x: Any) -> Any:
    """x * sigmoid(x), also called swish. Ramachandran et al., 2017."""
    return core.activation("silu", x)


@operation
def hard_silu(x: Any) -> Any:
    """x * hard_sigmoid(x), also called hard_swish. Howard et al., 2019."""
    return core.activation("hard_silu", x)


@operation
def mish(x: Any) -> Any:
    """x * tanh(softplus(x)). Misra, 2019."""
    return core.activation("mish", x)


@operation
def gelu(x: Any, approximate: bool = False) -> Any:
    """x times the normal distribution function of x; ``approximate`` uses tanh. Hendrycks and Gimpel, 2016."""
    return core.activation("gelu_tanh" if approximate else "gelu", x)


@operation
def softmax(x: Any, axis: Any = -1) -> Any:
    """exp(x) divided by its sum over ``axis``."""
    return _along("softmax", x, axis)


@operation
def log_softmax(x: Any, axis: Any = -1) -> Any:
    """The logarithm of softmax, finite where a probability would round to 0."""
    return _along("log_softmax", x, axis)


def _along(function: str, x: Any, axis: Any) -> Any:
    rank = len(core.shape_of(x))
    if axis in (-1, rank - 1):
        return core.activation(function, x)
    moved = core.rearranged(x, lambda array: np.moveaxis(array, axis, -1), function)
    return core.rearranged(core.activation(function, moved), lambda array: np.moveaxis(array, -1, axis), function)


@operation
def glu(x: Any, axis: int = -1) -> Any:
    """The first half of an axis times the sigmoid of the second. Dauphin et al., 2016."""
    first, second = shaping.split(x, 2, axis)
    return elementwise.multiply(first, sigmoid(second))


@operation
def squareplus(x: Any, b: float = 4) -> Any:
    """(x + sqrt(x^2 + b)) / 2. Barron, 2021."""
    return elementwise.divide(elementwise.add(x, elementwise.sqrt(elementwise.add(elementwise.square(x), b))), 2)


@operation
def sparse_plus(x: Any) -> Any:
    """0 up to -1, x from 1 on, and (x + 1)^2 / 4 between."""
    between = elementwise.divide(elementwise.square(elementwise.add(x, 1.0)), 4)
    return core.where(
        comparison.less_equal(x, -1.0), 0.0, core.where(comparison.less(x, 1.0), between, elementwise.cast_like(x, 0.0))
    )


@operation
def tanh_shrink(x: Any) -> Any:
    """x - tanh(x)."""
    return elementwise.subtract(x, tanh(x))


@operation
def hard_tanh(x: Any) -> Any:
    """x, but at least -1 and at most 1."""
    return elementwise.clip(elementwise.cast_like(x, 0.0), -1.0, 1.0)


@operation
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x where its magnitude is above the threshold, else 0."""
    return core.where(comparison.greater(elementwise.abs(x), threshold), x, 0.0)


@operation
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x brought nearer to 0 by the threshold, and 0 within it."""
    shrunk = elementwise.multiply(elementwise.sign(x), elementwise.subtract(elementwise.abs(x), threshold))
    return core.where(comparison.greater(elementwise.abs(x), threshold), shrunk, 0.0)


@operation
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """x where it is above the threshold, else the default."""
    return core.where(comparison.greater(x, threshold), x, default_value)


@operation
def sparse_sigmoid(x: Any) -> Any:
    """0 up to -1, 1 from 1 on, and (x + 1) / 2 between. Blondel et al., 2019."""
    return elementwise.multiply(elementwise.add(elementwise.clip(elementwise.cast_like(x, 0.0), -1.0, 1.0), 1.0), 0.5)


@operation
def sparsemax(x: Any, axis: int = -1) -> Any:
    """The nearest point to x whose elements along an axis are at least 0 and sum to 1. Martins and Astudillo, 2016."""
    moved = shaping.moveaxis(elementwise.cast_like(x, 0.0), axis, -1)
    row, column = shaping.expand_dims(moved, -1), shaping.expand_dims(moved, -2)
    as_large = core.cast(comparison.greater_equal(column, row), core.promoted(moved))
    count, total = reductions.sum(as_large, -1), reductions.sum(elementwise.multiply(as_large, column), -1)
    inside = core.cast(
        comparison.greater(elementwise.add(elementwise.multiply(moved, count), 1.0), total), core.promoted(moved)
    )
    surplus = elementwise.subtract(reductions.sum(elementwise.multiply(inside, moved), -1, keepdims=True), 1.0)
    level = elementwise.divide(surplus, reductions.sum(inside, -1, keepdims=True))
    return shaping.moveaxis(elementwise.maximum(elementwise.subtract(moved, level), 0.0), -1, axis)


swish = silu
hard_swish = hard_silu

Activation = Callable[..., Any]

_FUNCTIONS: dict[str, Activation] = {
    f.__name__: f
    for f in (
        linear,
        relu,
        relu6,
        leaky_relu,
        elu,
        celu,
        selu,
        sigmoid,
        log_sigmoid,
        hard_sigmoid,
        softsign,
        tanh,
        softplus,
        exponential,
        silu,
        hard_silu,
        mish,
        gelu,
        softmax,
        log_softmax,
        glu,
        hard_shrink,
        hard_tanh,
        soft_shrink,
        sparse_plus,
        sparse_sigmoid,
        sparsemax,
        squareplus,
        tanh_shrink,
        threshold,
    )
}
_NAMES = {**_FUNCTIONS, "swish": silu, "hard_swish": hard_silu}


def get(identifier: Any) -> Activation:
    """The function that a name, a function of this module, a configuration, or None (linear) stands for.

    Raises:
        ValueError: for anything else.
    """
    if identifier is None:
        return linear
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str) and identifier in _NAMES:
        return _NAMES[identifier]
    if callable(identifier) and identifier in _FUNCTIONS.values():
        return identifier
    if callable(identifier) and not isinstance(identifier, type):
        return identifier
    if isinstance(identifier, type):
        raise ValueError(
            f"Could not interpret activation function identifier: {identifier}. This is the class; pass a layer of it: "
            f"{identifier.__name__}()."
        )
    raise ValueError(
        f"Could not interpret activation function identifier: {identifier}.{did_you_mean(identifier, _NAMES)}"
    )


def serialize(activation: Activation) -> Any:
    """The function's name; the configuration of a function of one's own, or of a layer.

    Raises:
        ValueError: for a lambda.
    """
    found = get(activation)
    if found in _FUNCTIONS.values():
        return found.__name__
    from denim.saving.serialization import serialize_keras_object

    return serialize_keras_object(found)


def deserialize(config: Any) -> Activation:
    """The function of a name or a configuration, or the layer of one."""
    if not isinstance(config, dict):
        return get(config)
    inner = config.get("config")
    if isinstance(inner, str) and inner in _NAMES:
        return get(inner)
    if isinstance(config.get("class_name"), str) and config["class_name"] in _NAMES:
        return get(config["class_name"])
    from denim.saving.serialization import deserialize_keras_object

    return get(deserialize_keras_object(config))


def emit(activation: Activation, builder: ProgramBuilder, input: int, name: str) -> int:
    """Add what this function, or layer, computes over node ``input``; linear adds nothing.

    Raises:
        NotImplementedError: for a function of one's own that cannot be traced.
    """
    if activation is linear:
        return input
    called = getattr(activation, "__name__", "")
    if called in ACTIVATIONS and activation is _FUNCTIONS.get(called):
        return builder.add(ActivationNode(name, input, called))
    x = Traced(builder, input)
    made = run_traced(
        f"the activation {called or activation!r} of {name!r}",
        builder,
        lambda: row_for_each_sample(builder, activation(x)),
    )
    return int(made.node)


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
