"""Activation as a layer."""

from __future__ import annotations

from typing import Any

from denim import activations
from denim.layers.base import Layer
from denim.program.builder import ProgramBuilder


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
