"""Sums, means and other reductions of some axes; ``axis`` None means all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim.ops import comparison, core, dtypes, elementwise, shaping
from denim.ops.dispatch import operation

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "average",
    "count_nonzero",
    "cumsum",
    "logsumexp",
    "max",
    "mean",
    "min",
    "moments",
    "norm",
    "prod",
    "ptp",
    "std",
    "sum",
    "trace",
    "var",
]

Axis = int | Sequence[int] | None


def _summed_dtype(x: Any) -> str:
    dtype = core.promoted(x)
    return {"bool": "int32", "int8": "int32", "int16": "int32", "uint8": "uint32", "uint16": "uint32"}.get(dtype, dtype)


@operation
def sum(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The sum."""
    return core.reduce("sum", x, axis, keepdims, _summed_dtype(x))


@operation
def prod(x: Any, axis: Axis = None, keepdims: bool = False, dtype: Any = None) -> Any:
    """The product."""
    found = core.reduce("prod", x, axis, keepdims, _summed_dtype(x))
    return found if dtype is None else core.cast(found, dtypes.standard(dtype))


@operation
def mean(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The mean, as a float."""
    return core.reduce("mean", x, axis, keepdims, core.promoted(x, kind="float"))


@operation
def max(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The largest element, and at least ``initial``."""
    found = core.reduce("max", x, axis, keepdims)
    return found if initial is None else elementwise.maximum(found, initial)


@operation
def min(x: Any, axis: Axis = None, keepdims: bool = False, initial: Any = None) -> Any:
    """The smallest element, and at most ``initial``."""
    found = core.reduce("min", x, axis, keepdims)
    return found if initial is None else elementwise.minimum(found, initial)


amax, amin = max, min


@operation
def ptp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The largest element minus the smallest."""
    return elementwise.subtract(max(x, axis, keepdims), min(x, axis, keepdims))


@operation
def argmax(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The number of the largest element, the first of equals."""
    return core.reduce("argmax", x, axis, keepdims, "int32")


@operation
def argmin(x: Any, axis: int | None = None, keepdims: bool = False) -> Any:
    """The number of the smallest element, the first of equals."""
    return core.reduce("argmin", x, axis, keepdims, "int32")


@operation
def any(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether an element is true."""
    return core.cast(core.reduce("max", core.cast(x, "bool"), axis, keepdims), "bool")


@operation
def all(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """Whether every element is true."""
    return core.cast(core.reduce("min", core.cast(x, "bool"), axis, keepdims), "bool")


@operation
def count_nonzero(x: Any, axis: Axis = None) -> Any:
    """How many elements are not 0."""
    return sum(comparison.not_equal(x, 0), axis)


@operation
def var(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The mean of the squared distances from the mean."""
    return mean(elementwise.square(elementwise.subtract(x, mean(x, axis, keepdims=True))), axis, keepdims)


@operation
def std(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """The square root of ``var``."""
    return elementwise.sqrt(var(x, axis, keepdims))


@operation
def moments(x: Any, axes: Axis, keepdims: bool = False, synchronized: bool = False) -> tuple[Any, Any]:
    """Mean and variance. ``synchronized`` changes nothing: there is one device."""
    return mean(x, axes, keepdims), var(x, axes, keepdims)


@operation
def average(x: Any, axis: Axis = None, weights: Any = None) -> Any:
    """The mean, or with ``weights`` (of x's shape, or of the one axis) the weighted mean."""
    if weights is None:
        return mean(x, axis)
    rank, shape = len(core.shape_of(x)), core.shape_of(weights)
    if len(shape) == 1 and rank > 1 and isinstance(axis, int):
        weights = shaping.reshape(weights, [shape[0] if i == axis % rank else 1 for i in range(rank)])
        total = sum(weights)
    else:
        total = sum(weights, axis)
    return elementwise.divide(sum(elementwise.multiply(x, weights), axis), total)


@operation
def logsumexp(x: Any, axis: Axis = None, keepdims: bool = False) -> Any:
    """log(sum(exp(x))), without overflow."""
    top = elementwise.stop_gradient(max(elementwise.cast_like(x, 0.0), axis, keepdims=True))
    top = comparison.where(comparison.isfinite(top), top, 0.0)
    total = sum(elementwise.exp(elementwise.subtract(x, top)), axis, keepdims=True)
    found = elementwise.add(elementwise.log(total), top)
    return found if keepdims else shaping.squeeze(found, tuple(core.normalized_axes(axis, len(core.shape_of(x)), "")))


@operation
def norm(x: Any, ord: Any = None, axis: Axis = None, keepdims: bool = False) -> Any:
    """A norm of vectors: 2 (also None), 1, infinity, or any other ord; of whole tensors for ``axis`` None and no ord.

    Raises:
        NotImplementedError: for a norm of matrices beside Frobenius's.
    """
    rank = len(core.shape_of(x))
    axes = core.normalized_axes(axis, rank, "norm")
    x = elementwise.cast_like(x, 0.0)
    if ord is None or (ord == 2 and len(axes) == 1) or (ord == "fro" and len(axes) == 2):
        return elementwise.sqrt(sum(elementwise.square(x), axes, keepdims))
    if isinstance(ord, str) or len(axes) > 1:
        raise NotImplementedError(
            f"ops.norm computes norms of vectors, and of matrices Frobenius's alone. Received: ord={ord!r}, "
            f"axis={axis!r}"
        )
    sizes = elementwise.abs(x)
    if ord == float("inf"):
        return max(sizes, axes, keepdims)
    if ord == float("-inf"):
        return min(sizes, axes, keepdims)
    if ord == 0:
        return core.cast(sum(comparison.not_equal(x, 0.0), axes, keepdims), core.promoted(x))
    if ord == 1:
        return sum(sizes, axes, keepdims)
    return elementwise.power(sum(elementwise.power(sizes, float(ord)), axes, keepdims), 1.0 / ord)


@operation
def cumsum(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The sums of all elements up to each one."""
    x = core.cast(x, _summed_dtype(x) if dtype is None else dtypes.standard(dtype))
    if axis is None:
        x, axis = shaping.ravel(x), 0
    (place,) = core.normalized_axes(axis, len(core.shape_of(x)), "cumsum")
    size = core.shape_of(x)[place]
    if size is None:
        raise NotImplementedError("ops.cumsum: sums along the batch axis are of no single sample. Use another axis.")
    kind = core.promoted(x)
    upper = np.triu(np.ones((size, size), kind))
    return shaping.moveaxis(core.product(shaping.moveaxis(x, place, -1), upper), -1, place)


@operation
def trace(x: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    """The sum along a diagonal."""
    rank = len(core.shape_of(x))
    first, second = core.normalized_axes((axis1, axis2), rank, "trace")
    x = shaping.moveaxis(x, (first, second), (-2, -1))
    rows, columns = core.shape_of(x)[-2:]
    return sum(elementwise.multiply(x, np.eye(rows or 1, columns, offset, dtype="int8")), (-2, -1))
