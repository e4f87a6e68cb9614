"""Dates and times: how they are written, and the parts of them that a network can use."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

PARTS = ("year", "month", "day", "weekday", "hour")
"""Weekdays count from Monday, 0."""

_ISO = "ISO8601"
_DAYS = ("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d")
_TIMES = ("", " %H:%M", " %H:%M:%S")
_FORMATS = (_ISO, *(day + time for day in _DAYS for time in _TIMES))
_LIKE_A_DATE = re.compile(r"\d{1,4}([-/.])\d{1,2}\1\d{1,4}([ T].*)?")
_SAMPLE = 1000
_LOOKED_AT = 10
_ENOUGH = 0.95


def format_of(texts: Any) -> str | None:
    """How the dates in a pandas Series without missing values are written; None if they are none, or only some are.

    Where a day can be before its month or after it, and no date tells which, the month is taken to be first.
    """
    sample = texts.iloc[:: max(1, len(texts) // _SAMPLE)]
    if not any(_LIKE_A_DATE.fullmatch(str(text).strip()) for text in sample.iloc[:_LOOKED_AT]):
        return None
    fitting = [form for form in _FORMATS if _share(sample, form) >= _ENOUGH]
    return max(fitting, key=lambda form: _share(texts, form)) if len(fitting) > 1 else next(iter(fitting), None)


def moments(series: Any, form: str | None) -> Any:
    """A pandas DatetimeIndex of a Series; what is missing, or cannot be read, is NaT."""
    import pandas

    if form is None:
        times = pandas.DatetimeIndex(pandas.to_datetime(series, errors="coerce"))
        return times.tz_localize(None)
    texts = series.astype(str).where(series.notna()).str.strip()
    return pandas.DatetimeIndex(pandas.to_datetime(texts, format=form, errors="coerce", utc=True)).tz_localize(None)


def part_of(times: Any, part: str) -> np.ndarray:
    """One of PARTS, float64; NaN where the time is missing."""
    return np.asarray(times.day_of_week if part == "weekday" else getattr(times, part), np.float64)


def _share(texts: Any, form: str) -> float:
    return float(moments(texts, form).notna().mean())
