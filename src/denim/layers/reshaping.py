"""Layers that only rearrange: Flatten, Reshape, Permute, RepeatVector."""

from __future__ import annotations

import math
from typing import Any

from denim import ops
from denim.layers.base import Layer
from denim.layers.formula import FormulaLayer
from denim.layers.symbolic import BatchShape, batch_shape


class _Rearranging(FormulaLayer):
    """What these have in common: the elements stay what they are, whole numbers too."""

    def output_dtype(self, received: str) -> str:
        """Integers stay integers."""
        return self.dtype if "float" in received else received


class Flatten(_Rearranging):
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
        sizes = [size for size in sample if size is not None]
        return (batch, math.prod(sizes) if len(sizes) == len(sample) else None)

    def formula(self, *inputs: Any) -> Any:
        """All elements in one axis."""
        return ops.reshape(inputs[0], self.compute_output_shape(inputs[0].shape))

    def get_config(self) -> dict[str, Any]:
        """The data format."""
        return {**super().get_config(), "data_format": self.data_format}


class Reshape(_Rearranging):
    """The same elements in the same order under another shape: (batch, ...) to (batch, *target_shape).

    Args:
        target_shape: the sizes without the batch axis; one of them may be -1, which is what is left.

    Raises:
        ValueError: for a shape that is none, or that the input's elements do not fill.

    Source: https://keras.io/api/layers/reshaping_layers/reshape/
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        sizes = tuple(target_shape) if hasattr(target_shape, "__iter__") else (target_shape,)
        if (
            any(isinstance(size, bool) or not hasattr(size, "__index__") or size < -1 or size == 0 for size in sizes)
            or sizes.count(-1) > 1
        ):
            raise ValueError(
                "Reshape: `target_shape` must hold positive integers, and -1 at most once. "
                f"Received: target_shape={target_shape!r}"
            )
        self.target_shape = tuple(int(size) for size in sizes)
        self.built = True

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input whose elements fill the shape."""
        super().check_inputs(shapes)
        self.compute_output_shape(shapes[0])

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """(batch, *target_shape), -1 replaced."""
        batch, *sample = batch_shape(input_shape, "input_shape")
        if None in sample:
            return (batch, *(None if n == -1 else n for n in self.target_shape))
        size = math.prod(n for n in sample if n is not None)
        known = math.prod(n for n in self.target_shape if n != -1)
        if size % known or (-1 not in self.target_shape and size != known):
            raise ValueError(
                f"The total size of the tensor must be unchanged. Received: input_shape={tuple(sample)} ({size} "
                f"elements), target_shape={self.target_shape}"
            )
        return (batch, *(size // known if n == -1 else n for n in self.target_shape))

    def formula(self, *inputs: Any) -> Any:
        """The shape, -1 replaced."""
        return ops.reshape(inputs[0], self.compute_output_shape(inputs[0].shape))

    def get_config(self) -> dict[str, Any]:
        """The shape."""
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(_Rearranging):
    """The axes in another order: output axis i is the input's axis dims[i - 1], the batch axis being 0.

    Args:
        dims: the numbers from 1 to that of the input's axes, the batch axis left out, in any order.

    Raises:
        ValueError: for other numbers, or an input of another number of axes.

    Source: https://keras.io/api/layers/reshaping_layers/permute/
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(
                "Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
                f"consecutive and start from 1. Received dims={dims!r}"
            )

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input with an axis for each of dims."""
        super().check_inputs(shapes)
        _check_ndim(self, shapes[0], len(self.dims) + 1)

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """The sizes in the new order."""
        shape = batch_shape(input_shape, "input_shape")
        return (shape[0], *(shape[dim] for dim in self.dims))

    def formula(self, *inputs: Any) -> Any:
        """The axes in the new order."""
        return ops.transpose(inputs[0], (0, *self.dims))

    def get_config(self) -> dict[str, Any]:
        """The order."""
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(_Rearranging):
    """Each sample n times: (batch, features) to (batch, n, features).

    Raises:
        TypeError: for an n that is no integer.
        ValueError: for an n below 1, or an input of other than two axes.

    Source: https://keras.io/api/layers/reshaping_layers/repeat_vector/
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(n, bool) or not isinstance(n, int):
            raise TypeError(f"Expected an integer value for `n`, got {type(n)}. Received: n={n!r}")
        if n <= 0:
            raise ValueError(f"Argument `n` should be a positive integer. Received: n={n}")
        self.n = n

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input of two axes."""
        super().check_inputs(shapes)
        _check_ndim(self, shapes[0], 2)

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """(batch, n, features)."""
        batch, features = batch_shape(input_shape, "input_shape")
        return (batch, self.n, features)

    def formula(self, *inputs: Any) -> Any:
        """A new axis, n times."""
        return ops.repeat(ops.expand_dims(inputs[0], 1), self.n, axis=1)

    def get_config(self) -> dict[str, Any]:
        """n."""
        return {**super().get_config(), "n": self.n}


def _check_ndim(layer: Layer, shape: BatchShape, ndim: int) -> None:
    if len(shape) != ndim:
        raise ValueError(
            f'Input 0 of layer "{layer.name}" is incompatible with the layer: expected ndim={ndim}, found '
            f"ndim={len(shape)}. Full shape received: {shape}"
        )
