"""What is in a data file: each column in a line, or each class."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from denim.commands.plain import as_json
from denim.files import Arrays, Pictures, Table

_USUAL, _BINS, _ARRAY_COLUMNS = 3, 20, 50


@dataclass(frozen=True)
class Column:
    """A column of a table, or of an array of numbers.

    Attributes:
        kind: "number", "yes or no", "date", "text", or "other" for lists and the like.
        missing: rows without a value.
        distinct: different values.
        low, middle, high: the smallest number, the median and the largest; None for other kinds.
        usual: the most frequent values of other kinds, each with its number of rows.
        edges, counts: of a histogram of numbers; empty for other kinds.
    """

    name: str
    kind: str
    missing: int
    distinct: int
    low: float | None = None
    middle: float | None = None
    high: float | None = None
    usual: tuple[tuple[str, int], ...] = ()
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True)
class DataFacts:
    """A data file.

    Attributes:
        kind: "table", "pictures" or "arrays".
        rows: how many.
        shape, dtype: of a picture or a row of an array; None and "" for a table.
        columns: of a table or an array of numbers; of wide arrays the first ones.
        classes: their names and rows; empty where there are none.
        first: the first rows, each with a text for each column.
        notes: how the file was read.
        decisions: how ``denim train`` would prepare it; empty without a target.
    """

    path: str
    kind: str
    rows: int
    shape: tuple[int, ...] | None
    dtype: str
    columns: tuple[Column, ...]
    classes: tuple[tuple[str, int], ...]
    first: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    decisions: tuple[str, ...]

    def as_json(self) -> str:
        """One JSON object."""
        return as_json(asdict(self))


def data_facts(content: Any, path: str, decisions: tuple[str, ...], first: int = 5) -> DataFacts:
    """What is in ``content``, which was read from ``path``. ``first``: so many rows are shown."""
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    shape, dtype, labels, kind = None, "", None, "table"
    if isinstance(content, Table):
        frame = content.frame
        columns = tuple(_column(str(name), frame.iloc[:, place]) for place, name in enumerate(frame.columns))
        rows = tuple(tuple(short(value) for value in row) for row in frame.head(first).itertuples(index=False))
    else:
        values = content.images if isinstance(content, Pictures) else content.x
        kind = "pictures" if isinstance(content, Pictures) else "arrays"
        labels = content.labels if isinstance(content, Pictures) else content.y
        shape, dtype = tuple(values.shape[1:]), str(values.dtype)
        if isinstance(content, Arrays) and values.ndim == 2:
            columns = tuple(
                _numbers(f"x{place}", values[:, place]) for place in range(min(len(shape) and shape[0], _ARRAY_COLUMNS))
            )
            rows = tuple(tuple(f"{value:.6g}" for value in row[:_ARRAY_COLUMNS].tolist()) for row in values[:first])
    return DataFacts(
        path, kind, len(content), shape, dtype, columns, classes_of(labels), rows, content.notes, decisions
    )


def classes_of(labels: np.ndarray | None) -> tuple[tuple[str, int], ...]:
    """Classes and their rows; none for numbers that are measured."""
    if labels is None or labels.reshape(len(labels), -1).shape[1] != 1 or labels.dtype.kind == "f":
        return ()
    values, counts = np.unique(labels.reshape(-1), return_counts=True)
    return tuple((str(value), int(count)) for value, count in zip(values.tolist(), counts, strict=True))


def values_of(column: Column) -> str:
    """A column's values in short."""
    if column.low is not None:
        return f"{column.low:.6g} to {column.high:.6g}, median {column.middle:.6g}"
    return ", ".join(f"{value[:30]} ({count:,})" for value, count in column.usual)


def short(value: Any) -> str:
    """A value as a page or a terminal shows it; "" for a missing one."""
    missing = isinstance(value, float | np.floating) and np.isnan(value)
    if value is None or missing or str(value) in ("<NA>", "NaT"):
        return ""
    told = f"{value:.6g}" if isinstance(value, float) else str(value)
    return told if len(told) <= 60 else told[:59] + "…"


def _column(name: str, series: Any) -> Column:
    import pandas

    types = pandas.api.types
    if _holds_lists(series):
        series, kind = series.map(str, na_action="ignore"), "other"
    elif types.is_bool_dtype(series):
        kind = "yes or no"
    elif types.is_numeric_dtype(series):
        return _numbers(name, series.to_numpy(np.float64, na_value=np.nan))
    elif types.is_datetime64_any_dtype(series):
        kind = "date"
    else:
        kind = "text"
    missing, distinct = int(series.isna().sum()), int(series.nunique())
    usual = series.value_counts().head(_USUAL)
    told = tuple((str(value), int(count)) for value, count in usual.items())
    return Column(name, kind, missing, distinct, usual=told)


def _holds_lists(series: Any) -> bool:
    """Whether values cannot be counted as they are, as Parquet's lists and structures cannot."""
    return series.dtype == object and any(isinstance(value, list | dict | np.ndarray) for value in series)


def _numbers(name: str, values: np.ndarray) -> Column:
    numbers = values.astype(np.float64)
    there = numbers[np.isfinite(numbers)]
    missing, distinct = len(numbers) - len(there), len(np.unique(there))
    if not len(there):
        return Column(name, "number", missing, distinct)
    counts, edges = np.histogram(there, bins=min(_BINS, max(distinct, 2)))
    ends = (float(there.min()), float(np.median(there)), float(there.max()))
    return Column(name, "number", missing, distinct, *ends, edges=tuple(edges.tolist()), counts=tuple(counts.tolist()))
