"""A few texts in a column of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_SAMPLE = 1000
_ONE_IN = 20
"""Where at most one value in so many is no number, numbers were meant."""


@dataclass(frozen=True)
class Stray:
    """The first value that is no number: its row, counted from 0; and how many of the others are."""

    row: int
    value: str
    numbers: int
    values: int

    def sentence(self, column: str, place: str = "") -> str:
        """What is wrong."""
        others = f"{self.numbers:,} of its {self.values:,} values are"
        return f"{self.value!r} in column {column!r}{place} is no number; {others}."


def strays(column: Any) -> Stray | None:
    """What is no number in a pandas Series that is nearly all numbers; None where all are, or most are not."""
    import pandas

    types = pandas.api.types
    if isinstance(column.dtype, pandas.CategoricalDtype) or not (
        types.is_object_dtype(column) or types.is_string_dtype(column)
    ):
        return None
    present = column.notna().to_numpy().nonzero()[0]
    sample = column.iloc[present[:: max(1, len(present) // _SAMPLE)]]
    if not len(sample) or pandas.to_numeric(sample, errors="coerce").isna().mean() > 0.5:
        return None
    values = column.iloc[present]
    wrong = pandas.to_numeric(values, errors="coerce").isna().to_numpy().nonzero()[0]
    if not len(wrong) or len(wrong) * _ONE_IN > len(values):
        return None
    return Stray(int(present[wrong[0]]), str(values.iloc[wrong[0]]), len(values) - len(wrong), len(values))
