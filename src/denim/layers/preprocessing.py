"""Layers that bring features to a common scale by constants: Rescaling, Normalization."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from denim import config
from denim.data.arrays import as_array, is_array_like
from denim.data.moments import Moments
from denim.data.stored import in_parts
from denim.layers.axes import sample_axes
from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape, batch_shape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import AffineScaling, Reshape
from denim.variables import Variable


class Rescaling(Layer):
    """``x * scale + offset``: ``Rescaling(1 / 255)`` brings pixels to [0, 1].

    Args:
        scale, offset: a number, or an array that spreads over a sample as in NumPy.

    Raises:
        ValueError: for what is neither.

    Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
    """

    keeps_mask = True

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = _constants("Rescaling", "scale", scale)
        self.offset = _constants("Rescaling", "offset", offset)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input, over whose samples scale and offset can be spread."""
        super().check_inputs(shapes)
        for name, value in (("scale", self.scale), ("offset", self.offset)):
            if not _spreads(np.shape(value), shapes[0][1:]):
                raise ValueError(
                    f'Input 0 of layer "{self.name}" is incompatible with the layer: `{name}` holds numbers of shape '
                    f"{np.shape(value)}, to be spread over the last axes, but received input with shape {shapes[0]}"
                )

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An AffineScaling node."""
        return _scaled(self.name, builder, inputs[0], scale=self.scale, offset=self.offset)

    def get_config(self) -> dict[str, Any]:
        """Scale and offset."""
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}


class Normalization(Layer):
    """``(x - mean) / sqrt(variance)`` for each feature, with a mean and a variance that training leaves alone.

    They are given, or learnt once from data: ``layer.adapt(x_train)``, before or after the model is made of it.

    Args:
        axis: the axes, or the one, each of whose elements has a mean and a variance of its own; the batch axis is 0,
            and cannot be meant. None for one mean and variance of all numbers.
        mean, variance: both or neither; numbers, or arrays that spread over these axes.
        invert: whether to go back: ``x * sqrt(variance) + mean``.

    Raises:
        TypeError: for an axis that is no integer.
        ValueError: for a mean without a variance or of another shape; for an axis that the input does not have.

    Source: https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
    """

    keeps_mask = True

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
        if (mean is None) != (variance is None):
            raise ValueError(
                "When setting values directly, both `mean` and `variance` must be set. "
                f"Received: mean={mean} and variance={variance}"
            )
        if np.shape(mean) != np.shape(variance):
            raise ValueError(
                "When setting values directly, `mean` and `variance` must have the same shape. Received: mean shape "
                f"{np.shape(mean)} and variance shape {np.shape(variance)}"
            )
        if mean is not None and np.ndim(mean) > len(self.axis):
            raise ValueError(
                f"The rank of `mean` must be less than or equal to the number of axes ({len(self.axis)}). Received: "
                f"mean shape {np.shape(mean)} for axis {self.axis}"
            )
        self.input_mean = None if mean is None else _constants("Normalization", "mean", mean)
        self.input_variance = None if variance is None else _constants("Normalization", "variance", variance)
        if self.input_variance is not None and np.min(self.input_variance) < 0:
            raise ValueError(f"Normalization: `variance` must not be negative. Received: variance={variance!r}")
        self.invert = bool(invert)
        self._adapted: tuple[Variable, Variable] | None = None
        self._sizes: tuple[int, ...] | None = None

    @property
    def mean(self) -> np.ndarray | None:
        """What is subtracted, in the input's rank; None before the layer is built."""
        return self._shown(0)

    @property
    def variance(self) -> np.ndarray | None:
        """What is divided by the root of, in the input's rank; None before the layer is built."""
        return self._shown(1)

    def build(self, input_shape: Any) -> None:
        """Create mean, variance and count, unless mean and variance were given."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.check_inputs((shape,))
        self._sizes = kept = self._sizes_of(shape)
        if self.input_mean is None:
            self._adapted = (
                self.add_weight(kept, "zeros", trainable=False, name="mean"),
                self.add_weight(kept, "ones", trainable=False, name="variance"),
            )
            self.add_weight((), "zeros", "int32", trainable=False, name="count")
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input that has the axes, of the sizes the layer was built for or was given numbers for."""
        super().check_inputs(shapes)
        shape = shapes[0]
        if self.axis and len(shape) < 2:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected at least 2 axes, but '
                f"received input with shape {shape}. For data of one axis, pass axis=None."
            )
        sizes, expected = self._sizes_of(shape), self._sizes
        given: tuple[int, ...] = np.shape(self.input_mean)  # type: ignore[arg-type]
        if expected is None and not _spreads(given, sizes):
            expected = given
        if expected is not None and sizes != expected:
            several = len(self.axis) > 1
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected '
                f"axis {self.axis if several else self.axis[0]} of input shape to have value "
                f"{expected if several else expected[0]}, but received input with shape {shape}."
            )

    def _sizes_of(self, shape: BatchShape) -> tuple[int, ...]:
        axes = self._axes(len(shape))
        sizes = tuple(shape[axis + 1] for axis in axes)
        if None in sizes:
            raise ValueError(
                f"All `axis` values to be kept must have a known shape. Received axis={self.axis}, inputs.shape="
                f"{shape}, with unknown axis at index {axes[sizes.index(None)] + 1}"
            )
        return sizes  # type: ignore[return-value]

    def _axes(self, ndim: int) -> tuple[int, ...]:
        return sample_axes("Normalization", self.axis, ndim) if self.axis else ()

    def adapt(self, data: Any) -> None:
        """Take mean and variance from ``data``, in place of those taken before.

        Args:
            data: an array of shape (samples, ...), or an iterable of such arrays, batch by batch.

        Raises:
            TypeError: for what is neither.
            ValueError: for data of another shape than the layer was built for, without samples, or with NaN or
                infinity. Nothing is then changed.
        """
        if self.input_mean is not None:
            raise ValueError(
                f"Normalization layer {self.name!r} was given mean and variance, so there is nothing to adapt. Leave "
                "them out to learn them from data."
            )
        moments = Moments(per_feature=bool(self.axis))
        shape: tuple[int, ...] | None = None
        for batch in _batches(data):
            self.check_inputs((batch.shape,))
            if shape is not None and self._sizes_of(batch.shape) != self._sizes_of(shape):
                raise ValueError(
                    f"adapt(): all batches must have the same features. Received shapes {shape} and {batch.shape}"
                )
            shape = batch.shape
            moments.add(self._features_last(batch))
        if shape is None or not moments.count:
            raise ValueError(f"adapt() needs at least one sample. Received: {_described(data)}")
        self.build((None, *shape[1:]))
        assert self._adapted is not None
        for variable, value in zip(self._adapted, (moments.mean, moments.variance), strict=True):
            variable.assign(value.reshape(variable.shape))

    def _features_last(self, batch: np.ndarray) -> np.ndarray:
        """The batch with its features as one last axis; as it is where they are that."""
        axes = [axis + 1 for axis in self._axes(batch.ndim)]
        if not axes or axes == [batch.ndim - 1]:
            return batch
        moved = np.moveaxis(batch, axes, range(-len(axes), 0))
        return moved.reshape(len(batch), -1, math.prod(self._sizes_of(batch.shape)))

    @property
    def parameters(self) -> list[Variable]:
        """None: in a Program, mean and variance are constants."""
        return []

    @property
    def lowering_key(self) -> object:
        """Mean and variance: a model is lowered anew when they change."""
        if self._adapted is None:
            return None
        return tuple(variable.value.tobytes() for variable in self._adapted)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An AffineScaling node."""
        rank = 1 + len(builder.shape(inputs[0]))
        shift, variance = self._spread(0, rank)[0], self._spread(1, rank)[0]
        deviation = np.maximum(np.sqrt(variance), config.epsilon())
        if self.invert:
            return _scaled(self.name, builder, inputs[0], scale=deviation, offset=shift)
        return _scaled(self.name, builder, inputs[0], shift=shift, scale=1.0 / deviation)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; what ``adapt`` learnt is in the weights."""
        return {
            **super().get_config(),
            "axis": list(self.axis),
            "invert": self.invert,
            "mean": self.input_mean,
            "variance": self.input_variance,
        }

    def _shown(self, index: int) -> np.ndarray | None:
        if self._build_shape is None or self._sizes is None:
            return None
        ndim = len(self._build_shape)
        shape = [1] * ndim
        for axis, size in zip(self._axes(ndim), self._sizes, strict=True):
            shape[axis + 1] = size
        return np.array(np.broadcast_to(self._spread(index, ndim), shape), self.dtype)

    def _spread(self, index: int, ndim: int) -> np.ndarray:
        """Mean (0) or variance (1) of shape (1, ...), with the sizes of the axes at their places."""
        given = self._adapted[index].value if self._adapted else (self.input_mean, self.input_variance)[index]
        axes, values = self._axes(ndim), np.asarray(given, np.float64)
        shape = [1] * ndim
        for axis, size in zip(reversed(axes), reversed(values.shape), strict=False):
            shape[axis + 1] = size
        return values.reshape(shape)


def _constants(owner: str, name: str, value: Any) -> Any:
    """A number, or a list of numbers, as given or out of a configuration."""
    if isinstance(value, Mapping) and value.get("class_name") == "__numpy__":
        value = value["config"]["value"]
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        array = np.asarray(math.nan)
    if not array.size or not np.isfinite(array).all():
        raise ValueError(
            f"{owner}: `{name}` must be a number, or a list with one for each element of the last axis. "
            f"Received: {name}={value!r}"
        )
    numbers: Any = array.tolist()
    return numbers


def _spreads(values: tuple[int, ...], sample: tuple[int | None, ...]) -> bool:
    """Whether numbers of this shape can be spread over the last axes."""
    pairs = zip(reversed(values), reversed(sample), strict=False)
    return len(values) <= len(sample) and all(one in (1, other) for one, other in pairs)


def _scaled(
    name: str, builder: ProgramBuilder, node: int, shift: Any = 0.0, scale: Any = 1.0, offset: Any = 0.0
) -> int:
    """``(x - shift) * scale + offset``, with numbers that are spread over the sample."""
    shape = builder.shape(node)
    constants = [np.asarray(each, np.float64) for each in (shift, scale, offset)]
    if all(each.size in (1, each.shape[-1] if each.ndim else 1) for each in constants):
        return builder.add(AffineScaling(name, node, *map(_packed, constants)))
    spread = [np.broadcast_to(each, shape) if each.size > 1 else each for each in constants]
    flat = builder.add(Reshape(name, node, (math.prod(shape),)))
    return builder.add(Reshape(name, builder.add(AffineScaling(name, flat, *map(_packed, spread))), shape))


def _packed(constants: np.ndarray) -> float | tuple[float, ...]:
    return float(constants.item()) if constants.size == 1 else tuple(constants.reshape(-1).tolist())


def _batches(data: Any) -> Any:
    if is_array_like(data):
        yield from in_parts(data, "data")
        return
    if isinstance(data, (str, bytes, Mapping)) or not hasattr(data, "__iter__"):
        raise TypeError(
            f"adapt() takes an array or an iterable of arrays, batch by batch. Received: {_described(data)}"
        )
    for batch in data:
        if not is_array_like(batch) or not len(getattr(batch, "shape", (0,))):
            pairs = isinstance(batch, (list, tuple)) and any(map(is_array_like, batch))
            hint = (
                "Of batches (x, y) pass x: (x for x, y in data)"
                if pairs
                else "For a list of numbers, pass np.array(data)"
            )
            raise TypeError(
                f"adapt() takes an array or an iterable of arrays, batch by batch. Received: {_described(data)} that "
                f"holds {type(batch)}. {hint}."
            )
        yield as_array(batch, "data")


def _described(data: Any) -> str:
    return f"an array of shape {data.shape}" if hasattr(data, "shape") else f"an object of type {type(data)}"
