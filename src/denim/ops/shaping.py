"""Shapes and places of elements: reshaping, transposing, joining, cutting, repeating."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim.ops import core, tracing
from denim.ops.dispatch import operation
from denim.ops.tensor import as_array, tensor

_Slice = slice

__all__ = [
    "append",
    "broadcast_to",
    "concatenate",
    "diag",
    "diagonal",
    "expand_dims",
    "flip",
    "get_item",
    "hstack",
    "moveaxis",
    "pad",
    "ravel",
    "repeat",
    "reshape",
    "roll",
    "slice",
    "split",
    "squeeze",
    "stack",
    "swapaxes",
    "take",
    "tile",
    "transpose",
    "tril",
    "triu",
    "unstack",
    "vstack",
]


@operation
def reshape(x: Any, newshape: Any) -> Any:
    """The same elements in the same order under another shape; -1 stands for what fits."""
    shape = (newshape,) if hasattr(newshape, "__index__") else tuple(newshape)
    if tracing.is_traced(x):
        return tracing.reshaped(x, shape)
    return tensor(as_array(x).reshape(tuple(int(n) for n in shape)))


@operation
def ravel(x: Any) -> Any:
    """All elements in one axis."""
    return reshape(x, (-1,))


@operation
def expand_dims(x: Any, axis: Any) -> Any:
    """With new axes of size 1 at these places."""
    axes = (axis,) if hasattr(axis, "__index__") else tuple(axis)
    return core.rearranged(x, lambda array: np.expand_dims(array, axes), "expand_dims")


@operation
def squeeze(x: Any, axis: Any = None) -> Any:
    """Without these axes of size 1; without all of them for None."""
    axes = None if axis is None else (axis,) if hasattr(axis, "__index__") else tuple(axis)
    return core.rearranged(x, lambda array: np.squeeze(array, axes), "squeeze")


@operation
def transpose(x: Any, axes: Sequence[int] | None = None) -> Any:
    """The axes in another order, turned round for None."""
    return core.rearranged(x, lambda array: np.transpose(array, axes), "transpose")


@operation
def swapaxes(x: Any, axis1: int, axis2: int) -> Any:
    """Two axes in each other's place."""
    return core.rearranged(x, lambda array: np.swapaxes(array, axis1, axis2), "swapaxes")


@operation
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Axes at other places."""
    return core.rearranged(x, lambda array: np.moveaxis(array, source, destination), "moveaxis")


@operation
def flip(x: Any, axis: Any = None) -> Any:
    """The elements along these axes from the end to the beginning."""
    return core.rearranged(x, lambda array: np.flip(array, axis), "flip")


@operation
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """The elements moved on along an axis, the last ones to the beginning."""
    return core.rearranged(x, lambda array: np.roll(array, shift, axis), "roll")


@operation
def repeat(x: Any, repeats: Any, axis: int | None = None) -> Any:
    """Each element several times."""
    return core.rearranged(x, lambda array: np.repeat(array, repeats, axis), "repeat")


@operation
def tile(x: Any, repeats: Any) -> Any:
    """The whole several times along each axis."""
    return core.rearranged(x, lambda array: np.tile(array, repeats), "tile")


@operation
def broadcast_to(x: Any, shape: Sequence[int]) -> Any:
    """Spread to a shape. A traced tensor's batch axis is None there, as ``ops.shape`` gives it."""
    if tracing.is_traced(x):
        return tracing.spread(x, tuple(shape))
    return tensor(np.broadcast_to(as_array(x), tuple(shape)).copy())


@operation
def take(x: Any, indices: Any, axis: int | None = None) -> Any:
    """The elements of these numbers along an axis, negative ones counted from the end."""
    if tracing.is_traced(indices):
        return tracing.looked_up(x, indices, axis)
    numbers = as_array(indices).astype(np.int64)
    return core.rearranged(x, lambda array: np.take(array, numbers, axis), "take")


@operation
def get_item(x: Any, key: Any) -> Any:
    """``x[key]``."""
    if isinstance(key, list) and any(each is None or each is Ellipsis or isinstance(each, _Slice) for each in key):
        key = tuple(key)  # as a configuration holds it
    if tracing.is_traced(x):
        return tracing.item(x, key)
    return tensor(as_array(x)[key])


@operation
def slice(inputs: Any, start_indices: Sequence[int], shape: Sequence[int | None]) -> Any:
    """The part of this shape that begins at these indices."""
    key = tuple(
        np.s_[:] if size is None else np.s_[start : start + size]
        for start, size in zip(start_indices, shape, strict=True)
    )
    return get_item(inputs, key)


@operation
def diagonal(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The elements of a diagonal, as the last axis."""
    return core.rearranged(x, lambda array: np.diagonal(array, offset, axis1, axis2), "diagonal")


@operation
def diag(x: Any, k: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with this diagonal."""
    core.on_arrays_only("diag", x, instead="Use ops.diagonal, or multiply by ops.eye(n).")
    return tensor(np.diag(as_array(x), k))


@operation
def tril(x: Any, k: int = 0) -> Any:
    """The matrix with 0 above its k-th diagonal."""
    return _masked(x, np.tril, k)


@operation
def triu(x: Any, k: int = 0) -> Any:
    """The matrix with 0 below its k-th diagonal."""
    return _masked(x, np.triu, k)


def _masked(x: Any, kept: Any, k: int) -> Any:
    return core.where(
        kept(np.ones([n or 1 for n in core.shape_of(x)[-2:]], bool), k), x, core.cast(0, core.promoted(x))
    )


@operation
def concatenate(xs: Sequence[Any], axis: int = 0) -> Any:
    """One after the other along an axis."""
    return core.concatenated(list(xs), axis)


@operation
def append(x1: Any, x2: Any, axis: int | None = None) -> Any:
    """The second after the first; both in one axis for None."""
    return concatenate([ravel(x1), ravel(x2)] if axis is None else [x1, x2], 0 if axis is None else axis)


@operation
def stack(x: Sequence[Any], axis: int = 0) -> Any:
    """One beside the other along a new axis."""
    return concatenate([expand_dims(each, axis) for each in x], axis)


@operation
def vstack(xs: Sequence[Any]) -> Any:
    """One below the other."""
    return concatenate([expand_dims(x, 0) if len(core.shape_of(x)) == 1 else x for x in xs], 0)


@operation
def hstack(xs: Sequence[Any]) -> Any:
    """One beside the other."""
    return concatenate(list(xs), 0 if len(core.shape_of(xs[0])) == 1 else 1)


@operation
def split(x: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    """Parts along an axis: so many equal ones, or cut before these indices."""
    size = core.shape_of(x)[axis]
    if size is None:
        raise NotImplementedError("ops.split: the batch axis cannot be split while tracing. Use another axis.")
    pieces = np.split(np.arange(size), indices_or_sections)
    return [take(x, piece, axis) for piece in pieces]


@operation
def unstack(x: Any, num: int | None = None, axis: int = 0) -> list[Any]:
    """The parts of index 0, 1, 2, ... of an axis, without the axis."""
    size = core.shape_of(x)[axis]
    if size is None or (num is not None and num != size):
        raise ValueError(f"ops.unstack: axis {axis} has size {size}. Received: num={num!r}")
    return [take(x, i, axis) for i in range(size)]


@operation
def pad(x: Any, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Any:
    """With more elements before and after along each axis."""
    rank = len(core.shape_of(x))
    if mode != "constant":
        if constant_values is not None:
            raise ValueError(
                f"`constant_values` is for mode 'constant' alone. Received: mode={mode!r}, "
                f"constant_values={constant_values!r}"
            )
        return core.rearranged(x, lambda array: np.pad(array, pad_width, mode), "pad")  # type: ignore[call-overload]
    widths = np.broadcast_to(np.asarray(pad_width), (rank, 2))
    filling = core.cast(0 if constant_values is None else constant_values, core.promoted(x))
    for axis, (before, after) in enumerate(widths.tolist()):
        for width, first in ((before, True), (after, False)):
            if width:
                part = core.where(False, take(x, np.zeros(width, int), axis), filling)
                x = concatenate([part, x] if first else [x, part], axis)
    return x
