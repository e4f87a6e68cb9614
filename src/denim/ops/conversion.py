"""From arrays to tensors and back, and what a tensor says of itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.ops import core, dtypes, tracing
from denim.ops.dispatch import operation
from denim.ops.operators import Symbolic
from denim.ops.tensor import Tensor, as_array, tensor

__all__ = [
    "array",
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "copy",
    "dtype",
    "is_tensor",
    "ndim",
    "saturate_cast",
    "shape",
    "size",
]


@operation
def convert_to_tensor(x: Any, dtype: Any = None, sparse: bool | None = None, ragged: bool | None = None) -> Any:
    """A number, list, array or variable as a Tensor; a traced tensor in this dtype.

    Raises:
        NotImplementedError: for a sparse or ragged tensor.
    """
    if sparse or ragged:
        raise NotImplementedError("Sparse and ragged tensors are not supported. Leave `sparse` and `ragged` out.")
    if tracing.is_traced(x):
        return x if dtype is None else core.cast(x, dtypes.standard(dtype))
    return tensor(as_array(x, None if dtype is None else dtypes.standard(dtype)))


@operation
def array(x: Any, dtype: Any = None) -> Any:
    """``convert_to_tensor``."""
    return convert_to_tensor(x, dtype)


@operation
def copy(x: Any) -> Any:
    """The same values, on their own."""
    return x if tracing.is_traced(x) else tensor(as_array(x).copy())


def convert_to_numpy(x: Any) -> np.ndarray:
    """A plain NumPy array.

    Raises:
        NotImplementedError: for a traced tensor, which has no numbers yet.
    """
    return np.array(x.value if hasattr(x, "value") and not isinstance(x, np.ndarray) else x)


@operation
def cast(x: Any, dtype: Any) -> Any:
    """The same numbers in another dtype; from floats to whole numbers what is behind the point is cut off."""
    return core.cast(x, dtypes.standard(dtype))


@operation
def saturate_cast(x: Any, dtype: Any) -> Any:
    """``cast``; numbers beyond the dtype become its largest or smallest."""
    name = dtypes.standard(dtype)
    if not dtypes.is_float(name) and name != "bool":
        limits = np.iinfo(name)
        values = as_array(x)
        return tensor(np.clip(values, limits.min, limits.max), name)
    return core.cast(x, name)


def shape(x: Any) -> tuple[int | None, ...]:
    """The shape; None stands for the batch axis of what is traced or symbolic."""
    return core.shape_of(x)


def ndim(x: Any) -> int:
    """The number of axes."""
    return len(core.shape_of(x))


def size(x: Any) -> int | None:
    """The number of elements; None where the batch is among the axes."""
    found = core.shape_of(x)
    return core.elements(found, range(len(found)))


def dtype(x: Any) -> str:
    """The dtype's name."""
    return core.promoted(x)


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor of this package: one with values, a traced one or a KerasTensor."""
    return isinstance(x, (Tensor, Symbolic)) or tracing.is_traced(x)
