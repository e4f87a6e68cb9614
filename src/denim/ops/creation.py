"""Tensors from nothing but a shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import config
from denim.ops import core, dtypes
from denim.ops.dispatch import operation
from denim.ops.tensor import as_array, tensor

__all__ = [
    "arange",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "identity",
    "linspace",
    "meshgrid",
    "ones",
    "ones_like",
    "tri",
    "zeros",
    "zeros_like",
]


def zeros(shape: Any, dtype: Any = None) -> Any:
    """Zeros, of ``floatx()`` unless told."""
    return full(shape, 0, dtype)


def ones(shape: Any, dtype: Any = None) -> Any:
    """Ones, of ``floatx()`` unless told."""
    return full(shape, 1, dtype)


def empty(shape: Any, dtype: Any = None) -> Any:
    """Zeros: what there is must be something."""
    return full(shape, 0, dtype)


def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """The same number everywhere. A leading None, the batch of what is traced, becomes an axis of size 1.

    Tensors of a single row broadcast against those of a batch, so that ``ops.zeros(ops.shape(x))`` works in a layer
    too.
    """
    sizes = (shape,) if hasattr(shape, "__index__") else tuple(shape)
    return tensor(np.full([1 if n is None else n for n in sizes], as_array(fill_value), dtypes.standard(dtype)))


@operation
def zeros_like(x: Any, dtype: Any = None) -> Any:
    """Zeros of x's shape and dtype."""
    return full_like(x, 0, dtype)


@operation
def ones_like(x: Any, dtype: Any = None) -> Any:
    """Ones of x's shape and dtype."""
    return full_like(x, 1, dtype)


empty_like = zeros_like


@operation
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """The same number everywhere, in x's shape and dtype."""
    name = core.promoted(x) if dtype is None else dtypes.standard(dtype)
    value = core.cast(fill_value, name)
    return core.where(False, core.cast(x, name), value)


def eye(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """1 on the k-th diagonal, else 0."""
    return tensor(np.eye(N, M, k), dtypes.standard(dtype))


def identity(n: int, dtype: Any = None) -> Any:
    """``eye(n)``."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: Any = None) -> Any:
    """1 on and below the k-th diagonal, else 0."""
    return tensor(np.tri(N, M, k), dtypes.standard(dtype))


def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """start, start + step, ... below stop; 0, 1, ... below start if it stands alone."""
    given = [float if isinstance(n, float) else int for n in (start, stop, step) if n is not None]
    name = dtypes.result_type(*given) if dtype is None else dtypes.standard(dtype)
    first, last = (0, start) if stop is None else (start, stop)
    return tensor(np.arange(first, last, 1 if step is None else step), name)


def linspace(
    start: Any, stop: Any, num: int = 50, endpoint: bool = True, retstep: bool = False, dtype: Any = None, axis: int = 0
) -> Any:
    """So many numbers from start to stop, at equal distances."""
    name = config.floatx() if dtype is None else dtypes.standard(dtype)
    values, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    return (tensor(values, name), tensor(step, name)) if retstep else tensor(values, name)


def meshgrid(*x: Any, indexing: str = "xy") -> list[Any]:
    """The coordinates of a grid, one tensor for each axis."""
    return [tensor(each) for each in np.meshgrid(*[as_array(each) for each in x], indexing=indexing)]  # type: ignore[call-overload]
