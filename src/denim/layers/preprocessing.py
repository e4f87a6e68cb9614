"""Layers that bring features to a common scale by constants: Rescaling, Normalization."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from denim import config
from denim.data.arrays import as_array, is_array_like
from denim.data.moments import Moments
from denim.layers.axes import last_axis
from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape, batch_shape, sample_shape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import AffineScaling
from denim.variables import Variable


class Rescaling(Layer):
    """``x * scale + offset``: ``Rescaling(1 / 255)`` brings pixels to [0, 1].

    Args:
        scale, offset: a number, or a list with one for each element of the last axis.

    Raises:
        ValueError: for what is neither.

    Source: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = _constants("Rescaling", "scale", scale)
        self.offset = _constants("Rescaling", "offset", offset)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input; its last axis has as many elements as scale and offset, where these are lists."""
        super().check_inputs(shapes)
        for name, value in (("scale", self.scale), ("offset", self.offset)):
            if isinstance(value, list) and (len(shapes[0]) < 2 or shapes[0][-1] != len(value)):
                raise ValueError(
                    f'Input 0 of layer "{self.name}" is incompatible with the layer: `{name}` holds {len(value)} '
                    f"numbers, one for each element of the last axis, but received input with shape {shapes[0]}"
                )

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """An AffineScaling node."""
        return builder.add(AffineScaling(self.name, inputs[0], scale=_packed(self.scale), offset=_packed(self.offset)))

    def get_config(self) -> dict[str, Any]:
        """Scale and offset."""
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}


class Normalization(Layer):
    """``(x - mean) / sqrt(variance)`` for each feature, with a mean and a variance that training leaves alone.

    They are given, or learnt once from data: ``layer.adapt(x_train)``, before or after the model is made of it.

    Args:
        axis: -1, one mean and variance for each element of the last axis, or None for one of all numbers.
        mean, variance: both or neither; numbers, or lists with one for each element of the last axis.
        invert: whether to go back: ``x * sqrt(variance) + mean``.

    Raises:
        ValueError: for a mean without a variance or of another shape.
        NotImplementedError: for another axis.

    Source: https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
    """

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
        self._width: int | None = None

    @property
    def mean(self) -> np.ndarray | None:
        """What is subtracted, in the input's rank; None before the layer is built."""
        return self._broadcast(0, self.input_mean)

    @property
    def variance(self) -> np.ndarray | None:
        """What is divided by the root of, in the input's rank; None before the layer is built."""
        return self._broadcast(1, self.input_variance)

    def build(self, input_shape: Any) -> None:
        """Create mean, variance and count, unless mean and variance were given."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.check_inputs((shape,))
        kept = sample_shape(shape[-1:], "The last axis") if self.axis else ()
        self._width = kept[0] if kept else None
        if self.input_mean is None:
            self._adapted = (
                self.add_weight(kept, "zeros", trainable=False, name="mean"),
                self.add_weight(kept, "ones", trainable=False, name="variance"),
            )
            self.add_weight((), "zeros", "int32", trainable=False, name="count")
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input whose last axis is ``axis``, of the size the layer was built for."""
        super().check_inputs(shapes)
        shape = shapes[0]
        if not self.axis:
            return
        last_axis("Normalization", self.axis, len(shape))
        given = len(self.input_mean) if isinstance(self.input_mean, list) else 1
        expected = self._width if self._width is not None else None if given == 1 else given
        if len(shape) < 2 or (expected is not None and shape[-1] != expected):
            wanted = "at least 2 axes" if len(shape) < 2 else f"axis -1 of input shape to have value {expected}"
            hint = " For data of one axis, pass axis=None." if len(shape) < 2 else ""
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected {wanted}, but received input '
                f"with shape {shape}.{hint}"
            )

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
            if shape is not None and self.axis and batch.shape[-1] != shape[-1]:
                raise ValueError(
                    f"adapt(): all batches must have the same features. Received shapes {shape} and {batch.shape}"
                )
            shape = batch.shape
            moments.add(batch)
        if shape is None or not moments.count:
            raise ValueError(f"adapt() needs at least one sample. Received: {_described(data)}")
        self.build((None, *shape[1:]))
        assert self._adapted is not None
        for variable, value in zip(self._adapted, (moments.mean, moments.variance), strict=True):
            variable.assign(value)

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
        mean, variance = (
            (variable.value for variable in self._adapted)
            if self._adapted is not None
            else (np.asarray(self.input_mean), np.asarray(self.input_variance))
        )
        shift = _packed(np.asarray(mean, np.float64).tolist())
        deviation = np.maximum(np.sqrt(np.asarray(variance, np.float64)), config.epsilon())
        if self.invert:
            return builder.add(AffineScaling(self.name, inputs[0], scale=_packed(deviation.tolist()), offset=shift))
        return builder.add(AffineScaling(self.name, inputs[0], shift=shift, scale=_packed((1.0 / deviation).tolist())))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor; what ``adapt`` learnt is in the weights."""
        return {
            **super().get_config(),
            "axis": list(self.axis) or None,
            "invert": self.invert,
            "mean": self.input_mean,
            "variance": self.input_variance,
        }

    def _broadcast(self, index: int, given: Any) -> np.ndarray | None:
        if self._build_shape is None:
            return None
        values = self._adapted[index].value if self._adapted is not None else np.asarray(given)
        shape = [1] * len(self._build_shape)
        if self._width is not None:
            shape[-1] = self._width
        return np.array(np.broadcast_to(values, shape), self.dtype)


def _constants(owner: str, name: str, value: Any) -> Any:
    """A number, or a list of numbers, as given or out of a configuration."""
    if isinstance(value, Mapping) and value.get("class_name") == "__numpy__":
        value = value["config"]["value"]
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        array = np.asarray(math.nan)
    if array.ndim > 1 or not array.size or not np.isfinite(array).all():
        raise ValueError(
            f"{owner}: `{name}` must be a number, or a list with one for each element of the last axis. "
            f"Received: {name}={value!r}"
        )
    numbers: Any = array.tolist()
    return numbers


def _packed(constants: Any) -> float | tuple[float, ...]:
    if isinstance(constants, list):
        return constants[0] if len(constants) == 1 else tuple(constants)
    return float(constants)


def _batches(data: Any) -> Any:
    if is_array_like(data):
        yield as_array(data, "data")
        return
    if isinstance(data, (str, bytes, Mapping)) or not hasattr(data, "__iter__"):
        raise TypeError(
            f"adapt() takes an array or an iterable of arrays, batch by batch. Received: {_described(data)}"
        )
    for batch in data:
        if not is_array_like(batch) or not np.ndim(batch):
            raise TypeError(
                f"adapt() takes an array or an iterable of arrays, batch by batch. Received: {_described(data)} that "
                f"holds {type(batch)}. For a list of numbers, pass np.array(data)."
            )
        yield as_array(batch, "data")


def _described(data: Any) -> str:
    return f"an array of shape {data.shape}" if hasattr(data, "shape") else f"an object of type {type(data)}"
