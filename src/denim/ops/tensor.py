"""Tensor: what operations on arrays give, a NumPy array with Keras's promotion rules and ``numpy()``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from denim.ops import dtypes
from denim.ops.operators import Comparable
from denim.variables import Variable


class Tensor(Comparable, np.ndarray):
    """An array that answers ``numpy()``; its operators promote as Keras's do (float32 and int32 give float32)."""

    _keras_mask: Any = None
    """Which steps of it count, if a layer says so; what is computed from it has none."""

    def __hash__(self) -> int:  # type: ignore[override]
        if self.ndim:
            raise TypeError("unhashable type: 'Tensor'")
        return hash(self.item())

    def numpy(self) -> np.ndarray:
        """The values as a plain NumPy array."""
        return np.array(self)

    def __str__(self) -> str:
        return str(self.view(np.ndarray))

    def __repr__(self) -> str:
        return f"Tensor{repr(self.view(np.ndarray)).removeprefix('array')}".replace("\n", "\n ")

    def __getitem__(self, key: Any) -> Any:
        return _kept(super(Comparable, self).__getitem__(_plain_key(key)))

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __and__(self, other: Any) -> Any:
        return np.ndarray.__and__(self, other)

    def __or__(self, other: Any) -> Any:
        return np.ndarray.__or__(self, other)

    def __invert__(self) -> Any:
        return np.ndarray.__invert__(self)

    __rand__, __ror__ = __and__, __or__


def _kept(value: Any) -> Any:
    return np.asarray(value).view(Tensor) if isinstance(value, np.generic) else value


def _plain_key(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(map(_plain_key, key))
    return key.value if isinstance(key, Variable) else key


class Texts(np.ndarray):
    """An array of texts that answers ``numpy()``."""

    def numpy(self) -> np.ndarray:
        """The texts as a plain NumPy array."""
        return np.array(self)


def tensor(values: Any, dtype: str | None = None) -> Any:
    """These values as a Tensor, or as Texts; copied only for another dtype, in which numbers too large become
    infinite.
    """
    with np.errstate(over="ignore"):
        array = np.asarray(values, dtype)
    return array.view(Texts if array.dtype.kind in "USO" else Tensor)


def dtype_of(x: Any) -> Any:
    """The dtype of an operand as ``dtypes.result_type`` takes it: a name, or ``int`` or ``float`` for Python's numbers.

    A plain array of float64 counts as ``floatx()``.
    """
    if isinstance(x, (bool, np.bool_)):
        return "bool"
    if type(x) in dtypes.WEAK:
        return type(x)
    dtype = getattr(x, "dtype", None)
    if dtype is None:
        dtype = np.asarray(x).dtype
    name = dtype if isinstance(dtype, str) else np.dtype(dtype).name
    if name == "float64" and isinstance(x, (np.ndarray, np.generic, list, tuple)) and not isinstance(x, Tensor):
        return dtypes.standard(None)
    return dtypes.standard(name)


def as_array(x: Any, dtype: str | None = None) -> np.ndarray:
    """A Variable, array, list or number as a plain array of ``dtype``, or of the dtype that it counts as.

    Raises:
        ValueError: for what holds no real numbers.
    """
    if dtype is None:
        dtype = dtypes.result_type(dtype_of(x))
    values = x.value if isinstance(x, Variable) else x
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.asarray(values), dtype)
