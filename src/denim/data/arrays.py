"""Which objects are arrays of samples, and how each becomes a NumPy array that an engine reads as it lies."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

FED_AS_THEY_ARE = frozenset(map(np.dtype, ("e", "f", "d", "b", "h", "i", "q", "B", "H", "I", "Q")))
"""Dtypes whose arrays are never converted: engines read them row by row."""


def is_array_like(data: object) -> bool:
    """Whether ``data`` is one array: NumPy's, a frame or series, a sparse matrix, or anything that becomes one by
    ``__array__`` or ``numpy()``.
    """
    return isinstance(data, np.ndarray) or _is_frame(data) or _is_sparse(data) or _is_tensor(data)


def _is_frame(data: object) -> bool:
    return hasattr(data, "to_numpy") and hasattr(data, "iloc")


def _is_sparse(data: object) -> bool:
    return hasattr(data, "toarray") and hasattr(data, "tocsr")


def _is_tensor(data: object) -> bool:
    return hasattr(data, "__array__") or (hasattr(data, "shape") and callable(getattr(data, "numpy", None)))


def as_array(data: Any, role: str) -> np.ndarray:
    """One array-like object as a NumPy array of numbers with at least one axis; no copy where none is needed.

    A pandas Series becomes a column, of shape (rows, 1), as in Keras.

    Args:
        data: the object.
        role: what it is called in errors, such as "x".

    Raises:
        ValueError: if it is no array, holds no real numbers, or has no axis of rows.
    """
    if not is_array_like(data):
        raise ValueError(unrecognized(data, role))
    array: np.ndarray
    if _is_frame(data):
        array = data.to_numpy()
        array = array[:, np.newaxis] if array.ndim == 1 else array
    elif _is_sparse(data):
        array = data.toarray()
    else:
        array = np.asarray(data if hasattr(data, "__array__") else data.numpy())
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"`{role}` must hold real numbers. Received an array of dtype {array.dtype} and shape {array.shape}"
            f"{_conversion(array, role)}"
        )
    if array.ndim == 0:
        raise ValueError(
            f"`{role}` must have at least one axis, that of the samples. Received a single number: {array!r}"
        )
    return array


def _conversion(array: np.ndarray, role: str) -> str:
    """What to do with an array of no real dtype."""
    objects = array.reshape(-1).tolist() if array.dtype == object else []
    first = next((value for value in objects if not isinstance(value, Real)), objects[0] if objects else None)
    if array.dtype.kind in "SU" or isinstance(first, (str, bytes)):
        sample = first if first is not None else array.reshape(-1)[0].item() if array.size else ""
        if role.startswith("y"):
            return (
                f", such as {sample!r}. Number the classes: names, {role} = np.unique({role}, return_inverse=True), or "
                "use scikit-learn's LabelEncoder."
            )
        return (
            f", such as {sample!r}. Texts must become numbers first, for example {role}.astype('float32') for digits."
        )
    if array.dtype == object and isinstance(first, (list, tuple, np.ndarray)):
        return ": its rows are objects of their own, perhaps of different lengths. Make one array: np.stack(rows)."
    if array.dtype == object:
        return f" with {first!r} (of type {type(first)}) in it. Convert it: {role}.astype('float32')."
    return ". Convert it first, for example with .astype('float32')."


def unrecognized(data: object, role: str) -> str:
    """The text of the error for an object that is no array."""
    shown = repr(data)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    hint = " Pass a NumPy array." if data is None else f" Pass a NumPy array, for example np.array({role})."
    return f"Unrecognized data type: {role}={shown} (of type {type(data)}).{hint}"


def fed(array: np.ndarray) -> np.ndarray:
    """The array in a dtype and layout that engines read: itself if it has one, else converted once.

    Each row must be contiguous; the rows may lie apart, so that ``x[::2]`` is read as it lies. Truth values are read as
    uint8, other byte orders are turned round, and floats of more than 64 bits become float64.
    """
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    elif array.dtype not in FED_AS_THEY_ARE:
        native = array.dtype.newbyteorder("=")
        array = array.astype(native if native in FED_AS_THEY_ARE else np.float64)
    rows_are_contiguous = len(array) == 0 or array[0].flags.c_contiguous
    return array if rows_are_contiguous else np.ascontiguousarray(array)
