"""Columns that say the target outright, as one that was written down after it does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def warnings(target: str, learnt: np.ndarray, columns: Mapping[str, Any]) -> list[str]:
    """A sentence for each column whose values stand for those of the target one for one, each twice on average.

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
    return [
        f"Beware: {name!r} alone says what {target!r} is, in every row. If it is not known before {target!r} is, leave "
        f"it out: without=[{name!r}]."
        for name in known
    ]


def _as_many(series: Any, codes: np.ndarray, count: int) -> bool:
    """Whether the Series has ``count`` different values, and as many pairs of a value and a code."""
    import pandas

    others, values = pandas.factorize(series, use_na_sentinel=False)
    return len(values) == count and len(np.unique(codes * np.int64(count) + others)) == count
