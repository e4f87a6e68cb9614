"""Activation as a layer, and the activations that are layers by name: ReLU, LeakyReLU, ELU, Softmax."""

from __future__ import annotations

import math
import warnings
from numbers import Real
from typing import Any

from denim import activations
from denim.layers.axes import last_axis
from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Activation as ActivationNode


class Activation(Layer):
    """An activation function: elementwise, or (softmax) over the last axis; the shape stays.

    Args:
        activation: a function of ``denim.activations`` or its name.

    Source: https://keras.io/api/layers/core_layers/activation/
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Activation node, unless linear."""
        return activations.emit(self.activation, builder, inputs[0], self.name)

    def get_config(self) -> dict[str, Any]:
        """The function's name."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class ReLU(Layer):
    """x where it is positive, but at most ``max_value``; else ``negative_slope * x``.

    Args:
        max_value: at least 0, or None.
        negative_slope: at least 0; only 0 with a max_value yet.
        threshold: only 0 yet.

    Raises:
        ValueError: for a negative argument.
        NotImplementedError: for a threshold, or for a max_value and a negative_slope.

    Source: https://keras.io/api/layers/activation_layers/relu/
    """

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if max_value is not None:
            max_value = _not_negative("ReLU", "max_value", max_value)
        self.negative_slope = _not_negative("ReLU", "negative_slope", negative_slope)
        self.threshold = _not_negative("ReLU", "threshold", threshold)
        if self.threshold or (self.negative_slope and max_value is not None):
            raise NotImplementedError(
                "ReLU: a threshold, or a max_value together with a negative_slope, is not supported yet; leave it out. "
                f"Received: max_value={max_value!r}, negative_slope={negative_slope!r}, threshold={threshold!r}"
            )
        self.max_value = max_value

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Activation node: relu, leaky_relu with this slope, or relu6 with this largest value."""
        if self.max_value is not None:
            return builder.add(ActivationNode(self.name, inputs[0], "relu6", self.max_value))
        if self.negative_slope:
            return builder.add(ActivationNode(self.name, inputs[0], "leaky_relu", self.negative_slope))
        return builder.add(ActivationNode(self.name, inputs[0], "relu"))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class LeakyReLU(Layer):
    """x where it is positive, else ``negative_slope * x``; the slope is at least 0.

    Raises:
        ValueError: for a negative slope.

    Source: https://keras.io/api/layers/activation_layers/leaky_relu/
    """

    def __init__(self, negative_slope: float = 0.3, **kwargs: Any) -> None:
        if "alpha" in kwargs:
            negative_slope = kwargs.pop("alpha")
            warnings.warn("Argument `alpha` is deprecated. Use `negative_slope` instead.", stacklevel=2)
        super().__init__(**kwargs)
        self.negative_slope = _not_negative("LeakyReLU", "negative_slope", negative_slope)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Activation node."""
        return builder.add(ActivationNode(self.name, inputs[0], "leaky_relu", self.negative_slope))

    def get_config(self) -> dict[str, Any]:
        """The slope."""
        return {**super().get_config(), "negative_slope": self.negative_slope}


class ELU(Layer):
    """x where it is positive, else ``alpha * (exp(x) - 1)``. Clevert et al., 2015.

    Raises:
        ValueError: for an alpha that is no number.

    Source: https://keras.io/api/layers/activation_layers/elu/
    """

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = _number("ELU", "alpha", alpha)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Activation node."""
        return builder.add(ActivationNode(self.name, inputs[0], "elu", self.alpha))

    def get_config(self) -> dict[str, Any]:
        """Alpha."""
        return {**super().get_config(), "alpha": self.alpha}


class Softmax(Layer):
    """exp(x) divided by its sum over ``axis``, which must be the last one.

    Raises:
        NotImplementedError: for another axis, once the input's shape is known.

    Source: https://keras.io/api/layers/activation_layers/softmax/
    """

    min_ndim = 2

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input whose last axis is ``axis``."""
        super().check_inputs(shapes)
        last_axis("Softmax", self.axis, len(shapes[0]))

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Activation node."""
        return builder.add(ActivationNode(self.name, inputs[0], "softmax"))

    def get_config(self) -> dict[str, Any]:
        """The axis."""
        return {**super().get_config(), "axis": self.axis}


def _number(owner: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"{owner}: `{name}` must be a number. Received: {name}={value!r}")
    return float(value)


def _not_negative(owner: str, name: str, value: Any) -> float:
    number = -1.0 if value is None else _number(owner, name, value)
    if number < 0.0:
        raise ValueError(f"{owner}: `{name}` must be at least 0. Received: {name}={value!r}")
    return number
