"""Kernels as whole numbers from -127 to 127, each output channel with a scale of its own.

Symmetric, and of the weights alone: inputs, sums and all other weights stay as they are, so that nothing is to be
calibrated and the error is known beforehand: half a scale for each weight at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.layers.base import Layer
from denim.layers.core import Dense
from denim.layers.einsum_dense import EinsumDense
from denim.layers.embedding import Embedding
from denim.variables import Variable

_MOST = 127


@dataclass(frozen=True)
class Int8:
    """A weight as int8.

    Attributes:
        values: int8, of the weight's shape.
        scales: float32, of as many axes; 1 long along those that a channel has all of.
    """

    values: np.ndarray
    scales: np.ndarray

    @classmethod
    def of(cls, name: str, weight: np.ndarray, channels: tuple[int, ...]) -> Int8:
        """The nearest there is.

        Args:
            name: of the weight, for errors.
            weight: the numbers.
            channels: the axes along which each place has a scale of its own.

        Raises:
            ValueError: for numbers that are none, infinite or too large for a scale of float32.
        """
        others = tuple(axis for axis in range(weight.ndim) if axis not in channels)
        exact = weight.astype(np.float64)
        top = np.abs(exact).max(axis=others, keepdims=True)
        with np.errstate(over="ignore"):
            scales = (top / _MOST).astype(np.float32)
        if not np.isfinite(scales).all():
            raise ValueError(
                "Weights become int8 by the largest of each channel, so that all must be finite numbers within "
                f"float32's. Received: {name}, whose largest is {top.max()}."
            )
        scales[scales == 0.0] = 1.0
        return cls(np.clip(np.rint(exact / scales), -_MOST, _MOST).astype(np.int8), scales)

    def numbers(self, dtype: Any) -> np.ndarray:
        """The numbers that these mean: a product in float32, then the dtype's."""
        return (self.values.astype(np.float32) * self.scales).astype(dtype)

    @property
    def channels(self) -> tuple[int, ...]:
        """The axes along which there is more than one scale."""
        return tuple(axis for axis, length in enumerate(self.scales.shape) if length > 1)

    @property
    def nbytes(self) -> int:
        """Of both arrays."""
        return self.values.nbytes + self.scales.nbytes


def int8_weights(model: Any) -> list[tuple[Variable, Int8]]:
    """The kernels and tables of Dense, EinsumDense and Embedding layers as int8, in the order of the model's weights.

    One that would not become smaller, as a kernel of one row, is not among them.

    Raises:
        ValueError: for weights that int8 cannot hold.
    """
    found = {id(variable): axes for layer in _layers_within(model) for variable, axes in _kernels(layer)}
    return [
        (variable, Int8.of(variable.path, variable.value, found[id(variable)]))
        for variable in model.weights
        if id(variable) in found and _becomes_smaller(variable.value, found[id(variable)])
    ]


def quantized(model: Any) -> Any:
    """A copy of a model with the weights that an export with ``weights="int8"`` has.

    They are float32 (or float64) numbers again, so that the copy is evaluated and predicts as any other; its outputs
    are those of the exported file. It is compiled as the model is, with a new optimizer.

    Args:
        model: a built Model or Sequential.

    Raises:
        ValueError: for a model that is not built or cannot be cloned, or weights that int8 cannot hold.
    """
    from denim.models.cloning import clone_model

    check_built(model)
    numbers = {id(variable): held.numbers(variable.value.dtype) for variable, held in int8_weights(model)}
    copy = clone_model(model)
    if not copy.built:
        copy.build_from_config(model.get_build_config())
    copy.set_weights([numbers.get(id(variable), variable.value) for variable in model.weights])
    return copy


def check_built(model: Any) -> None:
    """Nothing if the model has weights to export.

    Raises:
        ValueError: if it is not built.
    """
    if not model.built:
        raise ValueError(
            f"A model is exported after it is built. Received: {model.name!r}, whose input shape is unknown. Begin "
            "it with `Input(shape=...)`, or call it on data first."
        )


def _layers_within(layer: Layer) -> Iterator[Layer]:
    yield layer
    for inner in layer.tracked_layers():
        yield from _layers_within(inner)


def _kernels(layer: Layer) -> Iterator[tuple[Variable, tuple[int, ...]]]:
    """A layer's kernel, and the axes of its output channels; a table's are its rows."""
    if isinstance(layer, Dense) and layer.kernel is not None:
        yield layer.kernel, (1,)
    elif isinstance(layer, EinsumDense) and layer.kernel is not None:
        _, kernel, result = re.split(",|->", re.sub(r"[\s.]", "", layer.equation))
        yield layer.kernel, tuple(axis for axis, letter in enumerate(kernel) if letter in result)
    elif isinstance(layer, Embedding) and layer.built:
        yield layer.embeddings, (0,)


def _becomes_smaller(weight: np.ndarray, channels: tuple[int, ...]) -> bool:
    scales = int(np.prod([weight.shape[axis] for axis in channels]))
    return weight.size + 4 * scales < weight.nbytes
