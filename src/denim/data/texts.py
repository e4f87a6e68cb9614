"""What an input of texts is handed: arrays, columns and frames as NumPy arrays of texts."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.data.arrays import is_array_like, unrecognized
from denim.data.frames import columns, is_column, is_frame

TEXTS = "string"
"""The dtype of an Input of texts."""


def text_array(data: Any, role: str) -> np.ndarray:
    """One array-like object, or a list, as a NumPy array of texts; nothing is copied that is one.

    A column becomes an array of shape (rows, 1), a frame one of shape (rows, columns).

    Args:
        data: str or bytes, in an array of dtype "U", "S" or object, a list, or a column of pandas, polars or Arrow.
        role: what it is called in errors, such as "x".

    Raises:
        ValueError: for anything else in it than texts, such as numbers or missing values.
    """
    array = _as_array(data, role)
    if array.dtype.kind in "US":
        return array
    if array.dtype.kind == "T":
        array = array.astype(object)
    if array.dtype != object:
        raise ValueError(
            f"`{role}` must hold texts. Received an array of dtype {array.dtype} and shape {array.shape}. Make texts "
            f"of numbers: {role}.astype(str); or let the input be of numbers: Input(..., dtype='int64') and "
            "IntegerLookup."
        )
    _check(array, role)
    return array


def plain_texts(array: np.ndarray) -> list[str]:
    """The elements of an array of texts, one after the other, as str.

    Raises:
        ValueError: for bytes that are no UTF-8.
    """
    flat: list[Any] = array.reshape(-1).tolist()
    if array.dtype.kind == "U":
        return flat
    try:
        return [text.decode() if isinstance(text, bytes) else str(text) for text in flat]
    except UnicodeDecodeError as error:
        raise ValueError(f"Texts as bytes must be UTF-8. Received: {error.object!r}. Decode them first.") from error


def _as_array(data: Any, role: str) -> np.ndarray:
    if isinstance(data, (list, tuple, str, bytes)):
        try:
            return np.asarray(data)
        except ValueError:
            raise ValueError(f"`{role}` must be texts in rows of one length. Received: {str(data)[:60]}") from None
    if is_frame(data):
        named = [np.asarray(column).reshape(-1) for _, column in columns(data)]
        return np.stack([each.astype(object) for each in named], 1) if named else np.empty((len(data), 0), object)
    if is_column(data):
        values = np.asarray(data)
        return values[:, np.newaxis] if values.ndim == 1 else values
    if not is_array_like(data):
        raise ValueError(unrecognized(data, role))
    return np.asarray(data) if hasattr(data, "__array__") else np.asarray(data.numpy())


def _check(array: np.ndarray, role: str) -> None:
    flat = array.reshape(-1)
    for place, value in enumerate(flat.tolist()):
        if isinstance(value, (str, bytes)):
            continue
        if value is None or type(value).__name__ == "NAType" or (isinstance(value, float) and value != value):
            rest = sum(not isinstance(each, (str, bytes)) for each in flat.tolist())
            raise ValueError(
                f"`{role}` must hold texts, none of them missing. Received: {value!r} at row {_row(array, place)}, one "
                f"of {rest} that are no texts. Say what they shall be, for example {role}.fillna('') in pandas."
            )
        raise ValueError(
            f"`{role}` must hold texts. Received: {value!r} (of type {type(value).__name__}) at row "
            f"{_row(array, place)}. Make texts of all of it: {role}.astype(str)."
        )


def _row(array: np.ndarray, place: int) -> int:
    return place // max(1, array.size // max(1, len(array))) if array.ndim else 0
