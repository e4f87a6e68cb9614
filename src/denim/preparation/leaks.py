"""Columns that say the target outright, as one that was written down after it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from denim.files.spoken import hint

_SAMPLE = 1000
"""Rows that tell quickly of most columns that they have too many values."""


def warnings(target: str, learnt: np.ndarray, columns: Mapping[str, Any]) -> list[str]:
    """A sentence on the columns whose values stand for those of the target one for one, each twice on average.

    Args:
        target: its name.
        learnt: its values, shape (rows,).
        columns: pandas Series of the same rows, by name.
    """
    import pandas

    codes, values = pandas.factorize(learnt)
    known = [
        name
        for name, series in columns.items()
        if len(values) * 2 <= len(codes) and _as_many(series, codes, len(values))
    ]
    if not known:
        return []
    names = repr(known[0]) if len(known) == 1 else f"each of {', '.join(map(repr, known))}"
    return [
        f"Beware: {names} alone says what {target!r} is, in every row. If that is not known beforehand, leave it "
        f"out: {hint('without', known[0] if len(known) == 1 else tuple(known))}."
    ]


def _as_many(series: Any, codes: np.ndarray, count: int) -> bool:
    """Whether the Series has ``count`` different values, and as many pairs of a value and a code."""
    import pandas

    if series.iloc[:: max(1, len(series) // _SAMPLE)].nunique(dropna=False) > count:
        return False
    others, values = pandas.factorize(series, use_na_sentinel=False)
    return len(values) == count and len(np.unique(codes * np.int64(count) + others)) == count
