"""Data frames and their columns as arrays of numbers: pandas, polars and Arrow, by what their objects offer."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from denim.data.contents import no_numbers

_NUMBERS = re.compile(r"(bool|u?int\d|float|double|half|decimal)")
"""How the names of column types begin that are numbers, missing ones among them or not."""


def is_frame(data: object) -> bool:
    """Whether ``data`` has named columns."""
    return (
        (hasattr(data, "iloc") and hasattr(data, "columns"))  # pandas
        or hasattr(data, "get_columns")  # polars
        or (hasattr(data, "itercolumns") and hasattr(data, "column_names"))  # Arrow
    )


def is_column(data: object) -> bool:
    """Whether ``data`` is a column by itself: a series, or an array of Arrow's."""
    return hasattr(data, "iloc") or (hasattr(data, "null_count") and hasattr(data, "__array__"))


def columns(frame: Any) -> list[tuple[Any, Any]]:
    """The columns of a frame with their names, in their order."""
    if hasattr(frame, "iloc"):
        return [(name, frame.iloc[:, place]) for place, name in enumerate(frame.columns)]
    if hasattr(frame, "get_columns"):
        return [(column.name, column) for column in frame.get_columns()]
    return list(zip(frame.column_names, frame.itercolumns(), strict=True))


def frame_array(frame: Any, role: str) -> np.ndarray:
    """A frame as an array of shape (rows, columns), in a dtype that all its columns fit in.

    Nothing is copied where a pandas frame holds one array. Missing numbers become NaN.

    Raises:
        ValueError: naming the columns that hold no numbers.
    """
    dtypes = list(getattr(frame, "dtypes", ())) if hasattr(frame, "iloc") else []
    if dtypes and all(isinstance(dtype, np.dtype) and dtype == dtypes[0] for dtype in dtypes):
        whole: np.ndarray = frame.to_numpy()
        if _real(whole):
            return whole
    named = [(name, column, _values(column)) for name, column in columns(frame)]
    refused = [each for each in named if not _real(each[2])]
    if refused:
        raise ValueError(no_numbers(frame, role, refused))
    return np.stack([values for _, _, values in named], axis=1) if named else np.empty((len(frame), 0))


def column_array(column: Any, role: str) -> np.ndarray:
    """A column by itself, of shape (rows, 1), as Keras has those of pandas.

    Raises:
        ValueError: if it holds no numbers.
    """
    values = _values(column)
    if not _real(values):
        raise ValueError(no_numbers(column, role, [(None, column, values)]))
    return values[:, np.newaxis] if values.ndim == 1 else values


def _real(values: np.ndarray) -> bool:
    return values.dtype.kind in "buif"


def _values(column: Any) -> np.ndarray:
    values: np.ndarray = column.to_numpy() if hasattr(column, "iloc") else np.asarray(column)
    kind = str(getattr(column, "dtype", getattr(column, "type", ""))).lower()
    if values.dtype != object or not _NUMBERS.match(kind):
        return values
    if hasattr(column, "iloc"):
        missing: np.ndarray = column.to_numpy(dtype="float64", na_value=np.nan)
        return missing
    return np.array([np.nan if value is None else float(value) for value in values.tolist()])
