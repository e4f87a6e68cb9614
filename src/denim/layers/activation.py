"""Activation as a layer, and the activations that are layers by name: ReLU, LeakyReLU, PReLU, ELU, Softmax."""

from __future__ import annotations

import math
import warnings
from numbers import Real
from typing import Any

from denim import activations, constraints, initializers, ops, regularizers
from denim.layers.axes import Along, sample_axes
from denim.layers.base import Layer
from denim.layers.formula import FormulaLayer
from denim.layers.symbolic import BatchShape, batch_shape, known_sizes
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Activation as ActivationNode
from denim.variables import Variable


class Activation(Layer):
    """An activation function: elementwise, or (softmax) over the last axis; the shape stays.

    Args:
        activation: a function of ``denim.activations`` or its name.

    Source: https://keras.io/api/layers/core_layers/activation/
    """

    keeps_mask = True

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.activation = activations.get(activation)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Activation node, unless linear."""
        return activations.emit(self.activation, builder, inputs[0], self.name)

    def get_config(self) -> dict[str, Any]:
        """The function's name."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class ReLU(FormulaLayer):
    """x where it is above ``threshold``, but at most ``max_value``; else ``negative_slope * (x - threshold)``.

    Args:
        max_value: at least 0, or None.
        negative_slope: at least 0.
        threshold: at least 0.

    Raises:
        ValueError: for a negative argument.

    Source: https://keras.io/api/layers/activation_layers/relu/
    """

    keeps_mask = True

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0.0, threshold: float = 0.0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if max_value is not None:
            max_value = _not_negative("ReLU", "max_value", max_value)
        self.negative_slope = _not_negative("ReLU", "negative_slope", negative_slope)
        self.threshold = _not_negative("ReLU", "threshold", threshold)
        self.max_value = max_value

    def formula(self, *inputs: Any) -> Any:
        """The function of this name."""
        return activations.relu(inputs[0], self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "max_value": self.max_value,
            "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }


class PReLU(FormulaLayer):
    """x where it is positive, else ``alpha * x`` with an alpha to learn for each element of a sample. He et al., 2015.

    Args:
        alpha_initializer: an initializer or its name.
        alpha_regularizer: a regularizer or its name.
        alpha_constraint: of ``denim.constraints``, or its name.
        shared_axes: axes along which one alpha serves all elements; the batch axis is 0, and cannot be meant.

    Raises:
        TypeError: for axes that are no integers.
        ValueError: for axes that the input does not have, or an input of another shape than the first.

    Source: https://keras.io/api/layers/activation_layers/prelu/
    """

    keeps_mask = True
    min_ndim = 2

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        if shared_axes is not None and not isinstance(shared_axes, (list, tuple)):
            shared_axes = [shared_axes]
        self.shared_axes = None if shared_axes is None else list(shared_axes)
        self.alpha: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Create alpha, of a sample's shape, with 1 for the shared axes."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.check_inputs((shape,))
        self.alpha = self.add_weight(
            self._alpha_shape(shape),
            self.alpha_initializer,
            name="alpha",
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input, of the shape that alpha was made for."""
        super().check_inputs(shapes)
        expected = self._alpha_shape(shapes[0])
        if self.alpha is not None and self.alpha.shape != expected:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: alpha has shape {self.alpha.shape}, '
                f"but received input with shape {shapes[0]}"
            )

    def formula(self, *inputs: Any) -> Any:
        """relu(x) - alpha * relu(-x)."""
        x = inputs[0]
        return ops.subtract(ops.relu(x), ops.multiply(self.alpha, ops.relu(ops.negative(x))))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }

    def _alpha_shape(self, shape: BatchShape) -> tuple[int, ...]:
        shared = sample_axes("PReLU", self.shared_axes, len(shape)) if self.shared_axes else ()
        sizes = (1 if axis in shared else size for axis, size in enumerate(shape[1:]))
        return known_sizes(sizes, f"{self.name}/alpha")


class LeakyReLU(Layer):
    """x where it is positive, else ``negative_slope * x``; the slope is at least 0.

    Raises:
        ValueError: for a negative slope.

    Source: https://keras.io/api/layers/activation_layers/leaky_relu/
    """

    keeps_mask = True

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

    keeps_mask = True

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = _number("ELU", "alpha", alpha)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Activation node."""
        return builder.add(ActivationNode(self.name, inputs[0], "elu", self.alpha))

    def get_config(self) -> dict[str, Any]:
        """Alpha."""
        return {**super().get_config(), "alpha": self.alpha}


class Softmax(FormulaLayer):
    """exp(x) divided by its sum over ``axis``.

    Args:
        axis: an axis or a list of them; the batch axis is 0, and cannot be meant.

    Raises:
        TypeError: for an axis that is no integer, once the input's shape is known.
        ValueError: for one that the input does not have.

    Source: https://keras.io/api/layers/activation_layers/softmax/
    """

    keeps_mask = True
    computes_with_mask = True
    min_ndim = 2

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input that has these axes."""
        super().check_inputs(shapes)
        sample_axes("Softmax", self.axis, len(shapes[0]))

    def formula(self, *inputs: Any) -> Any:
        """A softmax along the last axis, where the axes are brought to."""
        along = Along(inputs[0], sample_axes("Softmax", self.axis, inputs[0].ndim))
        return along.back(ops.softmax(along.tensor))

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
