"""Layers that make one tensor of several: Concatenate, Add and its kin, Dot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, ClassVar

import numpy as np

from denim import ops
from denim.layers.axes import sample_axes
from denim.layers.formula import FormulaLayer
from denim.layers.masks import is_masked, mask_of
from denim.layers.symbolic import BatchShape, batch_shape


class Merge(FormulaLayer):
    """What merging layers have in common: a call takes a list of inputs; its result is their shapes', spread to one.

    Tensors of fewer axes get further ones after the batch axis.

    Raises:
        ValueError: when called on what is no list, or on inputs that do not fit.
    """

    takes_list = True
    keeps_mask = True
    count: int | None = None
    """How many inputs there must be; any number if None."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """On a list of KerasTensors or of arrays; see ``Layer``."""
        inputs = args[0] if args else kwargs.get("inputs")
        if not isinstance(inputs, (list, tuple)):
            raise ValueError(f"{self._called} a list of inputs, such as layer([x, y]). Received: {inputs!r}")
        return super().__call__(*args, **kwargs)

    def build(self, input_shape: Any) -> None:
        """There is nothing to make: the list of shapes is checked."""
        shapes = self._shapes(input_shape)
        self.check_inputs(shapes)
        self._built_for = [list(shape) for shape in shapes]
        self.built = True

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes the layer was built for."""
        return {"input_shape": self._built_for} if self.built else None

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """Inputs whose shapes can be merged, all of the same number of rows."""
        if not shapes or (self.count is not None and len(shapes) != self.count):
            wanted = "at least 1 input" if self.count is None else f"exactly {self.count} inputs"
            raise ValueError(f"{self._called} a list of {wanted}. Received: {len(shapes)} inputs")
        if len({shape[0] for shape in shapes if shape} - {None}) > 1:
            raise ValueError(f"Cannot merge tensors with different batch sizes. Received tensors with shapes {shapes}")
        if not all(shapes):
            raise ValueError(f"{self._called} inputs that have a batch axis. Received shapes: {shapes}")
        self.merged(shapes)

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """The one shape that all are spread to, of a list of shapes."""
        return self.merged(self._shapes(input_shape))

    def output_shapes(self, shapes: tuple[BatchShape, ...]) -> tuple[BatchShape, ...]:
        """The one output's."""
        return (self.merged(shapes),)

    def merged(self, shapes: tuple[BatchShape, ...]) -> BatchShape:
        """The output's shape.

        Raises:
            ValueError: for shapes that do not fit.
        """
        samples = [shape[1:] for shape in shapes]
        rank = max(map(len, samples))
        sizes = list(zip(*((1,) * (rank - len(sample)) + sample for sample in samples), strict=True))
        try:
            sample = np.broadcast_shapes(*(tuple(1 if n is None else n for n in sample) for sample in samples))
        except ValueError:
            raise ValueError(
                f"Inputs have incompatible shapes. Received shapes {', '.join(str(shape) for shape in shapes)} for "
                f"layer {self.name!r}: sizes of an axis must be equal, or 1."
            ) from None
        return (_rows(shapes), *(None if None in each else n for each, n in zip(sizes, sample, strict=True)))

    operation: ClassVar[Callable[[Any, Any], Any]]
    """What becomes of two inputs."""

    def formula(self, *inputs: Any) -> Any:
        """The inputs two by two, from left to right."""
        rank = max(x.ndim for x in inputs)
        alike = (ops.reshape(x, (-1, *[1] * (rank - x.ndim), *x.shape[1:])) for x in inputs)
        return reduce(type(self).operation, alike)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """True where it is so for one of the inputs; None where an input has no mask."""
        masks = _masks(inputs, previous_mask)
        return None if any(mask is None for mask in masks) else reduce(ops.logical_or, masks)

    @property
    def _called(self) -> str:
        name = type(self).__name__
        return f"{'An' if name[0] in 'AEIOU' else 'A'} `{name}` layer should be called on"

    def _shapes(self, shapes: Any) -> tuple[BatchShape, ...]:
        if not isinstance(shapes, (list, tuple)) or not all(isinstance(shape, (list, tuple)) for shape in shapes):
            raise ValueError(f"{self._called} a list of inputs. Received: input_shape={shapes} (not a list of shapes)")
        return tuple(batch_shape(shape, f"{self.name}: an input's shape") for shape in shapes)


class Add(Merge):
    """The sum of the inputs.

    Source: https://keras.io/api/layers/merging_layers/add/
    """

    operation = staticmethod(ops.add)


class Subtract(Merge):
    """The first input less the second.

    Source: https://keras.io/api/layers/merging_layers/subtract/
    """

    count = 2
    operation = staticmethod(ops.subtract)


class _ByMask(Merge):
    """A merge in which elements that a mask does not count are of no account."""

    def formula(self, *inputs: Any) -> Any:
        """The inputs two by two, or ``masked``."""
        counts = [_over(x) for x in inputs]
        return self.masked(inputs, counts) if is_masked(counts) else super().formula(*inputs)

    def masked(self, inputs: Sequence[Any], counts: Sequence[Any]) -> Any:
        """What becomes of the inputs by what counts of each: as truth values, or None where all does."""
        result, known = inputs[0], counts[0]
        for x, of_x in zip(inputs[1:], counts[1:], strict=True):
            x = x if of_x is None else ops.where(of_x, x, result)
            result = result if known is None else ops.where(known, result, x)
            known = None if known is None or of_x is None else ops.logical_or(known, of_x)
            result = type(self).operation(result, x)
        return result


class Multiply(_ByMask):
    """The product of the inputs, element by element.

    Source: https://keras.io/api/layers/merging_layers/multiply/
    """

    operation = staticmethod(ops.multiply)

    def masked(self, inputs: Sequence[Any], counts: Sequence[Any]) -> Any:
        """The product of those that count at an element; 0 where none does."""
        chosen = [x if mask is None else ops.where(mask, x, 1.0) for mask, x in zip(counts, inputs, strict=True)]
        product = reduce(ops.multiply, chosen)
        if any(mask is None for mask in counts):
            return product
        return ops.where(reduce(ops.logical_or, counts), product, 0.0)


class Average(Merge):
    """The mean of the inputs, element by element.

    Source: https://keras.io/api/layers/merging_layers/average/
    """

    operation = staticmethod(ops.add)

    def formula(self, *inputs: Any) -> Any:
        """The sum, divided by their number."""
        return ops.divide(super().formula(*inputs), len(inputs))


class Maximum(_ByMask):
    """The largest of the inputs, element by element.

    Source: https://keras.io/api/layers/merging_layers/maximum/
    """

    operation = staticmethod(ops.maximum)


class Minimum(_ByMask):
    """The smallest of the inputs, element by element.

    Source: https://keras.io/api/layers/merging_layers/minimum/
    """

    operation = staticmethod(ops.minimum)


class Concatenate(Merge):
    """The inputs one after the other along ``axis``; their other axes are of the same size.

    Args:
        axis: the batch axis is 0, and cannot be meant; -1 is the last one.

    Source: https://keras.io/api/layers/merging_layers/concatenate/
    """

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise TypeError(f"Concatenate: `axis` must be an integer. Received: axis={axis!r}")
        self.axis = axis

    def merged(self, shapes: tuple[BatchShape, ...]) -> BatchShape:
        """The first input's shape, with the sum of all along the axis."""
        first = shapes[0]
        at = sample_axes("Concatenate", self.axis, len(first))[0] + 1
        rest = [set(sizes) - {None} for axis, sizes in enumerate(zip(*shapes, strict=False)) if axis not in (0, at)]
        if len({len(shape) for shape in shapes}) > 1 or any(len(sizes) > 1 for sizes in rest):
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
                f"Received: input_shape={list(shapes)} for layer {self.name!r} with axis={self.axis}"
            )
        along = [shape[at] for shape in shapes]
        whole = None if None in along else sum(size for size in along if size is not None)
        return (_rows(shapes), *first[1:at], whole, *first[at + 1 :])

    def formula(self, *inputs: Any) -> Any:
        """One after the other."""
        return ops.concatenate(inputs, self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """The masks one after the other; along the last axis, True where it is so for one of the inputs."""
        masks = _masks(inputs, previous_mask)
        if not is_masked(masks):
            return None
        whole = [
            ops.ones_like(x, dtype="bool")
            if mask is None
            else ops.logical_or(ops.expand_dims(mask, -1), ops.zeros_like(x, dtype="bool"))
            if len(mask.shape) < len(x.shape)
            else mask
            for x, mask in zip(inputs, masks, strict=True)
        ]
        return ops.any(ops.concatenate(whole, self.axis), -1)

    def get_config(self) -> dict[str, Any]:
        """The axis."""
        return {**super().get_config(), "axis": self.axis}


class Dot(Merge):
    """The product of two inputs, summed along one axis of each: (batch, a, b) and (batch, b, c) to (batch, a, c).

    Two inputs of shape (batch, n) give (batch, 1).

    Args:
        axes: the axis of both inputs, or one for each; the batch axis is 0, and cannot be meant.
        normalize: whether each input is brought to length 1 along its axis first, which gives their cosine.

    Raises:
        TypeError: for axes that are no integers.
        ValueError: for other than two axes, or axes of different sizes.

    Source: https://keras.io/api/layers/merging_layers/dot/
    """

    count = 2

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axes, (int, list, tuple)) or isinstance(axes, bool):
            raise TypeError(f"Invalid type for argument `axes`: it should be a list or an int. Received: axes={axes!r}")
        if not isinstance(axes, int) and (len(axes) != 2 or not all(isinstance(axis, int) for axis in axes)):
            raise ValueError(f"Dot: `axes` should be an integer, or two integers. Received: axes={axes!r}")
        self.axes = axes
        self.normalize = bool(normalize)

    def merged(self, shapes: tuple[BatchShape, ...]) -> BatchShape:
        """The axes of both that are not summed along; (batch, 1) if none are left."""
        x, y = (list(shape[1:]) for shape in shapes)
        a, b = self._places([len(shape) for shape in shapes])
        if x[a] != y[b] and None not in (x[a], y[b]):
            raise ValueError(
                f"Incompatible input shapes: axis values {x[a]} (at axis {a + 1}) != {y[b]} (at axis {b + 1}). Full "
                f"input shapes: {shapes[0]}, {shapes[1]}"
            )
        rest = [*x[:a], *x[a + 1 :], *y[:b], *y[b + 1 :]]
        return (_rows(shapes), *(rest or [1]))

    def formula(self, *inputs: Any) -> Any:
        """The product of both, brought to matrices."""
        matrices, rest = [], []
        for x, place in zip(inputs, self._places([x.ndim for x in inputs]), strict=True):
            axis = place + 1
            x = ops.moveaxis(ops.normalize(x, axis) if self.normalize else x, axis, -1)
            rest += x.shape[1:-1]
            matrices.append(ops.reshape(x, (-1, math.prod(x.shape[1:-1]), x.shape[-1])))
        product = ops.matmul(matrices[0], ops.swapaxes(matrices[1], 1, 2))
        return ops.reshape(product, (-1, *(rest or [1])))

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """None: the steps are summed."""

    def _places(self, ranks: list[int]) -> list[int]:
        axes = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return [sample_axes("Dot", axis, rank)[0] for axis, rank in zip(axes, ranks, strict=True)]

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "axes": self.axes, "normalize": self.normalize}


def _masks(inputs: Any, masks: Any) -> list[Any]:
    """The masks of the inputs, one for each."""
    if masks is None:
        return [None] * len(inputs)
    if not isinstance(masks, (list, tuple)) or not isinstance(inputs, (list, tuple)):
        raise ValueError(f"`mask` and `inputs` should be lists. Received: mask={masks}, inputs={inputs}")
    if len(masks) != len(inputs):
        raise ValueError(
            f"The lists `inputs` and `mask` should have the same length. Received: {len(inputs)} inputs and "
            f"{len(masks)} masks"
        )
    return list(masks)


def _over(x: Any) -> Any:
    """A tensor's mask with an axis for the features, which it is the same along; None without one."""
    mask = mask_of(x)
    return None if mask is None else ops.expand_dims(mask, -1)


def _rows(shapes: tuple[BatchShape, ...]) -> int | None:
    return next((shape[0] for shape in shapes if shape[0] is not None), None)


def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum of a list of inputs: ``Add(**kwargs)(inputs)``."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The first of two inputs less the second: ``Subtract(**kwargs)(inputs)``."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product of a list of inputs: ``Multiply(**kwargs)(inputs)``."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """The mean of a list of inputs: ``Average(**kwargs)(inputs)``."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The largest of a list of inputs: ``Maximum(**kwargs)(inputs)``."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The smallest of a list of inputs: ``Minimum(**kwargs)(inputs)``."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """A list of inputs one after the other: ``Concatenate(axis, **kwargs)(inputs)``."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """The product of two inputs summed along an axis: ``Dot(axes, **kwargs)(inputs)``."""
    return Dot(axes=axes, **kwargs)(inputs)
