"""A column's values as texts, each distinct one looked at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

_WHOLE = re.compile(r"0+\d{1,15}|0*\d{1,15}\.0+")
"""A whole number as files write it, too: 007, 7.0."""


def coded(series: Any) -> tuple[np.ndarray, list[str]]:
    """Numbers and what they stand for: ``texts[codes[row]]`` is the row's text, and -1 that it is missing.

    Numbers and truth values have one text whatever their type (1, 1.0 and "1" are the same), and spaces around a text
    do not count. Texts come in order of appearance; two of them may be equal.

    Raises:
        TypeError: for values that cannot be told apart, such as lists.
    """
    import pandas

    codes, values = pandas.factorize(series)
    return np.asarray(codes), [text_of(value) for value in values.tolist()]


def text_of(value: Any) -> str:
    """One value as a text."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return str(int(float(text))) if _WHOLE.fullmatch(text) else text


def looked_up(codes: np.ndarray, texts: list[str], number: Callable[[str], int]) -> np.ndarray:
    """What ``number`` makes of each row's text, a whole number; -1 where it is missing."""
    table = np.array([*map(number, texts), -1], np.int64)  # the code -1 finds the last
    return np.asarray(table[codes])
