"""Which objects are arrays of samples, and how each becomes a NumPy array that an engine reads as it lies."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from denim.data.frames import column_array, frame_array, is_column, is_frame

FED_AS_THEY_ARE = frozenset(map(np.dtype, ("e", "f", "d", "b", "h", "i", "q", "B", "H", "I", "Q")))
"""Dtypes whose arrays are never converted: engines read them row by row."""


def is_array_like(data: object) -> bool:
    """Whether ``data`` is one array: NumPy's, a frame or column, a sparse matrix, or anything that becomes one by
    ``__array__`` or ``numpy()``.
    """
    return isinstance(data, np.ndarray) or is_frame(data) or is_column(data) or is_sparse(data) or _is_tensor(data)


def is_sparse(data: object) -> bool:
    """Whether ``data`` is one of SciPy's sparse matrices or arrays."""
    return hasattr(data, "toarray") and hasattr(data, "tocsr")


def _is_tensor(data: object) -> bool:
    return hasattr(data, "__array__") or (hasattr(data, "shape") and callable(getattr(data, "numpy", None)))


def as_array(data: Any, role: str) -> np.ndarray:
    """One array-like object as a NumPy array of numbers with at least one axis; no copy where none is needed.

    A series becomes a column, of shape (rows, 1), as in Keras. The columns of a frame may differ in dtype.

    Args:
        data: the object.
        role: what it is called in errors, such as "x".

    Raises:
        ValueError: if it is no array, holds no real numbers or masked ones, or has no axis of rows.
    """
    if not is_array_like(data):
        raise ValueError(unrecognized(data, role))
    array = converted(data, role)
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"`{role}` must hold real numbers. Received an array of dtype {array.dtype} and shape {array.shape}"
            f"{_conversion(array, role)}"
        )
    if array.ndim == 0:
        batches = " If a data set yields single samples, let it yield batches: dataset.batch(32)."
        raise ValueError(
            f"`{role}` must have at least one axis, that of the samples. Received a single number: {array!r}.{batches}"
        )
    return array


def converted(data: Any, role: str) -> np.ndarray:
    """An array, an array-like object, or a list of numbers as NumPy has it; of any dtype, if it is no frame.

    Raises:
        ValueError: for columns that hold no numbers, and for masked values.
    """
    if isinstance(data, np.ndarray):
        return _unmasked(data, role)
    if is_frame(data):
        return frame_array(data, role)
    if is_column(data):
        return column_array(data, role)
    if is_sparse(data):
        dense: np.ndarray = data.toarray()
        return dense
    return _of_tensor(data)


def _unmasked(array: np.ndarray, role: str) -> np.ndarray:
    masked = 0 if type(array) is np.ndarray else int(np.count_nonzero(getattr(array, "mask", 0)))
    if masked and hasattr(array, "filled"):
        raise ValueError(
            f"`{role}` must not have masked values, which would be read as numbers. Received: {masked} of them. "
            f"Fill them in, for example {role}.filled(0), or leave their rows out."
        )
    return np.asarray(array)


def _of_tensor(data: Any) -> np.ndarray:
    if callable(getattr(data, "detach", None)):  # PyTorch
        data = data.detach().cpu()
        data = data.to_dense() if "sparse" in str(getattr(data, "layout", "")) else data
        data = data.float() if str(data.dtype) == "torch.bfloat16" else data
    plain = hasattr(data, "__array__") or not callable(getattr(data, "numpy", None))
    array = np.asarray(data if plain else data.numpy())
    # JAX's and TensorFlow's narrow floats, such as bfloat16, are no dtypes of NumPy's own.
    narrow = array.dtype.kind == "V" and np.can_cast(array.dtype, np.float32)
    return array.astype(np.float32) if narrow else array


def _conversion(array: np.ndarray, role: str) -> str:
    """What to do with an array of no real dtype."""
    objects = array.reshape(-1).tolist() if array.dtype == object else []
    first = next((value for value in objects if not isinstance(value, Real)), objects[0] if objects else None)
    if array.dtype.kind in "SUT" or isinstance(first, (str, bytes)):
        sample = first if first is not None else next(iter(array.reshape(-1)[:1].tolist()), "")
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
    advice = {
        "c": f"Take its real part, {role}.real, or its size, np.abs({role}).",
        "M": f"Make numbers of dates, for example days: {role}.astype('datetime64[D]').astype('float64').",
        "m": f"Make numbers of times, for example seconds: {role} / np.timedelta64(1, 's').",
    }
    if array.dtype.names:
        return f": it has fields. Make columns of them: numpy.lib.recfunctions.structured_to_unstructured({role})."
    return ". " + advice.get(array.dtype.kind, "Convert it first, for example with .astype('float32').")


def unrecognized(data: object, role: str) -> str:
    """The text of the error for an object that is no array."""
    shown = repr(data)
    if len(shown) > 60:
        shown = shown[:57] + "..."
    return f"Unrecognized data type: {role}={shown} (of type {type(data)}). {_instead(data, role)}"


def _instead(data: Any, role: str) -> str:
    """What to pass for an object that is no array."""
    if data is None:
        return "Pass a NumPy array."
    if isinstance(data, (str, bytes)) or hasattr(data, "__fspath__"):
        return "A file is read first, for example with pandas.read_csv or np.load."
    if callable(getattr(data, "collect", None)):
        return f"It is lazy, and has not been computed yet. Pass {role}.collect()."
    if hasattr(data, "dense_shape"):
        return f"Pass it with its zeros: tf.sparse.to_dense({role})."
    if hasattr(data, "__getitem__") and hasattr(data, "__len__") and not hasattr(data, "__iter__"):
        return (
            "It gives single samples, and batches are needed. Wrap it, for example "
            f"torch.utils.data.DataLoader({role}, batch_size=32, shuffle=True)."
        )
    return f"Pass a NumPy array, for example np.array({role})."


def fed(array: np.ndarray) -> np.ndarray:
    """The array in a dtype and layout that engines read: itself if it has one, else converted once.

    Each row must be contiguous; the rows may lie apart, so that ``x[::2]`` is read as it lies. Truth values are read as
    uint8, other byte orders are turned round, and floats of more than 64 bits become float64. A field of a structured
    array may lie where no number of its dtype should; it is copied.
    """
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    elif array.dtype not in FED_AS_THEY_ARE:
        native = array.dtype.newbyteorder("=")
        array = array.astype(native if native in FED_AS_THEY_ARE else np.float64)
    rows_are_contiguous = len(array) == 0 or array[0].flags.c_contiguous
    return array if rows_are_contiguous and array.flags.aligned else array.copy(order="C")
