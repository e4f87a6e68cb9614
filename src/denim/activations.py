"""Activation functions by Keras's names: on arrays, and as what layers hold and turn into nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denim.config import FLOATS, floatx
from denim.lazy import bind
from denim.program.builder import ProgramBuilder
from denim.program.formulas import activations as formulas
from denim.program.nodes import Activation as ActivationNode
from denim.suggest import did_you_mean

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
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
    "softmax",
    "softplus",
    "softsign",
    "swish",
    "tanh",
]


def _apply(function: str, x: Any, alpha: float | None = None) -> np.ndarray:
    return _in_float64(lambda values: formulas.ACTIVATIONS[function].forward(values, alpha), x)


def _in_float64(formula: Callable[[np.ndarray], np.ndarray], x: Any) -> np.ndarray:
    array = np.asarray(x)
    dtype = array.dtype if array.dtype.name in FLOATS else floatx()
    with np.errstate(over="ignore", invalid="ignore"):
        return formula(array.astype(np.float64)).astype(dtype)


def linear(x: Any) -> np.ndarray:
    """x, as it is."""
    return _apply("linear", x)


def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> np.ndarray:
    """x, at most ``max_value``, where it is above ``threshold``, else negative_slope * (x - threshold)."""
    return _in_float64(lambda values: formulas.relu(values, negative_slope, max_value, threshold), x)


def relu6(x: Any) -> np.ndarray:
    """min(max(x, 0), 6). Krizhevsky, 2010."""
    return _apply("relu6", x)


def leaky_relu(x: Any, negative_slope: float = 0.2) -> np.ndarray:
    """x where it is positive, else negative_slope * x."""
    return _apply("leaky_relu", x, negative_slope)


def elu(x: Any, alpha: float = 1.0) -> np.ndarray:
    """x where it is positive, else alpha * (exp(x) - 1). Clevert et al., 2015."""
    return _apply("elu", x, alpha)


def celu(x: Any, alpha: float = 1.0) -> np.ndarray:
    """x where it is positive, else alpha * (exp(x / alpha) - 1). Barron, 2017."""
    return _apply("celu", x, alpha)


def selu(x: Any) -> np.ndarray:
    """A scaled elu whose outputs keep mean 0 and variance 1. Klambauer et al., 2017."""
    return _apply("selu", x)


def sigmoid(x: Any) -> np.ndarray:
    """1 / (1 + exp(-x))."""
    return _apply("sigmoid", x)


def log_sigmoid(x: Any) -> np.ndarray:
    """log(1 / (1 + exp(-x)))."""
    return _apply("log_sigmoid", x)


def hard_sigmoid(x: Any) -> np.ndarray:
    """relu6(x + 3) / 6: three straight pieces in the shape of a sigmoid."""
    return _apply("hard_sigmoid", x)


def softsign(x: Any) -> np.ndarray:
    """x / (1 + abs(x))."""
    return _apply("softsign", x)


def tanh(x: Any) -> np.ndarray:
    """The hyperbolic tangent."""
    return _apply("tanh", x)


def softplus(x: Any) -> np.ndarray:
    """log(exp(x) + 1)."""
    return _apply("softplus", x)


def exponential(x: Any) -> np.ndarray:
    """exp(x)."""
    return _apply("exponential", x)


def silu(x: Any) -> np.ndarray:
    """x * sigmoid(x), also called swish. Ramachandran et al., 2017."""
    return _apply("silu", x)


def hard_silu(x: Any) -> np.ndarray:
    """x * hard_sigmoid(x), also called hard_swish. Howard et al., 2019."""
    return _apply("hard_silu", x)


def mish(x: Any) -> np.ndarray:
    """x * tanh(softplus(x)). Misra, 2019."""
    return _apply("mish", x)


def gelu(x: Any, approximate: bool = False) -> np.ndarray:
    """x times the normal distribution function of x; ``approximate`` uses tanh. Hendrycks and Gimpel, 2016."""
    return _apply("gelu_tanh" if approximate else "gelu", x)


def softmax(x: Any, axis: int = -1) -> np.ndarray:
    """exp(x) divided by its sum over ``axis``."""
    array = np.moveaxis(np.asarray(x), axis, -1)
    return np.moveaxis(_apply("softmax", array), -1, axis)


def log_softmax(x: Any, axis: int = -1) -> np.ndarray:
    """The logarithm of softmax, finite where a probability would round to 0."""
    array = np.moveaxis(np.asarray(x), axis, -1)
    return np.moveaxis(_apply("log_softmax", array), -1, axis)


swish = silu
hard_swish = hard_silu

Activation = Callable[..., np.ndarray]

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
    if hasattr(identifier, "emit"):
        name = identifier.__name__ if isinstance(identifier, type) else type(identifier).__name__
        raise NotImplementedError(
            f"A layer as an activation is not supported: put it into the model as a layer of its own, after this one: "
            f"layers.{name}(...). Received: {identifier!r}"
        )
    if callable(identifier):
        raise NotImplementedError(
            f"An activation function of one's own is not supported yet. Received: {identifier!r}. "
            f"Those of denim.activations are {', '.join(_NAMES)}."
        )
    raise ValueError(
        f"Could not interpret activation function identifier: {identifier}.{did_you_mean(identifier, _NAMES)}"
    )


def serialize(activation: Activation) -> str:
    """The function's name."""
    return get(activation).__name__


def deserialize(config: Any) -> Activation:
    """The function of a name, or of a configuration that holds one under "config" or "class_name"."""
    if isinstance(config, dict):
        inner = config.get("config")
        return get(inner if isinstance(inner, str) else config.get("class_name"))
    return get(config)


def emit(activation: Activation, builder: ProgramBuilder, input: int, name: str) -> int:
    """Add the Activation node of this function over node ``input``; linear adds none."""
    if activation is linear:
        return input
    return builder.add(ActivationNode(name, input, activation.__name__))


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
