"""Layers that only rearrange: Flatten."""

from __future__ import annotations

import math
from typing import Any

from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape, batch_shape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Reshape as ReshapeNode


class Flatten(Layer):
    """All axes but the batch in one: shape (batch, a, b, ...) to (batch, a*b*...); (batch,) to (batch, 1).

    Args:
        data_format: None or "channels_last": the order of elements stays.

    Source: https://keras.io/api/layers/reshaping_layers/flatten/
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last"):
            raise ValueError(f"Flatten: data_format must be None or 'channels_last'. Received: {data_format!r}")
        self.data_format = "channels_last"

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """(batch, elements of one sample)."""
        batch, *sample = batch_shape(input_shape, "input_shape")
        return (batch, math.prod(size for size in sample if size is not None))

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A Reshape node, unless the input is flat already."""
        shape = builder.shape(inputs[0])
        if len(shape) == 1:
            return inputs[0]
        return builder.add(ReshapeNode(self.name, inputs[0], (math.prod(shape),)))

    def get_config(self) -> dict[str, Any]:
        """The data format."""
        return {**super().get_config(), "data_format": self.data_format}
