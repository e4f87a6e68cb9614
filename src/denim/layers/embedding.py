"""Embedding: a vector of numbers to learn for each of a number of things."""

from __future__ import annotations

import warnings
from typing import Any

from denim import constraints, initializers, ops, regularizers
from denim.layers.base import Layer
from denim.layers.formula import emit_formula
from denim.layers.symbolic import INDICES, BatchShape, batch_shape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Embedding as EmbeddingNode
from denim.variables import Variable


class Embedding(Layer):
    """The row of a table for each whole number of the input: shape (batch, ...) to (batch, ..., output_dim).

    Args:
        input_dim: how many rows the table has; the input holds numbers from 0 to input_dim - 1.
        output_dim: how many numbers a row has.
        embeddings_initializer: an initializer or its name.
        embeddings_regularizer: a regularizer or its name.
        embeddings_constraint: of ``denim.constraints``, or its name.
        mask_zero: whether 0 stands for no thing at all, as in padded sequences: what is made has a mask then, which
            GlobalAveragePooling1D, for one, goes by.
        weights: the table to begin with, an array of shape (input_dim, output_dim).

    Raises:
        ValueError: if input_dim or output_dim is no positive integer, or for weights of another shape.
        NotImplementedError: for the arguments of Keras that quantize.

    Source: https://keras.io/api/layers/core_layers/embedding/
    """

    reads_indices = True

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: None = None,
        lora_alpha: None = None,
        quantization_config: None = None,
        **kwargs: Any,
    ) -> None:
        if kwargs.pop("input_length", None) is not None:
            warnings.warn("Argument `input_length` is deprecated. Just remove it.", stacklevel=2)
        super().__init__(**kwargs)
        if lora_rank is not None or lora_alpha is not None or quantization_config is not None:
            raise NotImplementedError("Embedding: lora_rank, lora_alpha and quantization_config are not supported.")
        self.input_dim, self.output_dim = _size("input_dim", input_dim), _size("output_dim", output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = bool(mask_zero)
        self.supports_masking = self.mask_zero
        self._embeddings: Variable | None = None
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    @property
    def embeddings(self) -> Variable:
        """The table, of shape (input_dim, output_dim).

        Raises:
            AttributeError: before the layer is built.
        """
        if self._embeddings is None:
            raise AttributeError("You must build the layer before accessing `embeddings`.")
        return self._embeddings

    def build(self, input_shape: Any = None) -> None:
        """Create the table."""
        if self._embeddings is None:
            self._embeddings = self.add_weight(
                (self.input_dim, self.output_dim),
                self.embeddings_initializer,
                name="embeddings",
                regularizer=self.embeddings_regularizer,
                constraint=self.embeddings_constraint,
            )
        if input_shape is not None:
            super().build(input_shape)
        self.built = True

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """(batch, ..., output_dim)."""
        return (*batch_shape(input_shape, "input_shape"), self.output_dim)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """True where the input is not 0, with ``mask_zero``."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An Embedding node; what is behind a point is cut off before it."""
        whole = emit_formula(builder, lambda x: ops.cast(x, INDICES), inputs[0])
        return builder.add(EmbeddingNode(self.name, whole, builder.parameter(self.embeddings), self.output_dim))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
        }


def _size(name: str, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value < 1:
        raise ValueError(
            f"`{name}` must be a positive integer. Received: {name}={value!r} (of type {type(value).__name__})."
        )
    return int(value)
