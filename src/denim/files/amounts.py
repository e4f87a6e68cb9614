"""Columns of amounts, such as "1 234,50 €", "$1,234.50", "1'234.50" and "45 %", as numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_UNIT = "|".join(map(re.escape, ("%", "R$", "$", "€", "£", "¥", "₹", "EUR", "USD", "GBP", "CHF", "zł", "Kč", "kr")))
_AMOUNT = re.compile(
    rf"(?P<sign>[-+−]?)\s*(?P<before>{_UNIT})?\s*(?P<inner>[-+−]?)"
    r"(?P<whole>\d{1,3}(?P<group>[\s'’.,])\d{3}(?:(?P=group)\d{3})*|\d+)(?P<fraction>(?:[.,]\d+)?)"
    rf"\s*(?P<after>{_UNIT})?"
)
_FIRST = 20
_NEARLY_ALL = 0.95
"""Where so many values are amounts, the others are slips, which are told as those among numbers are."""


def amounts_as_numbers(frame: Any, decimal: str) -> tuple[Any, tuple[str, ...]]:
    """A pandas DataFrame in which columns of amounts are numbers, and a sentence on them if there are any.

    In each column there is one unit, or none; what is no amount in a column that is nearly all amounts stays as it is.
    "1.234 €" alone is 1234, in every file: prices seldom have three digits behind the sign.

    Args:
        frame: as it was read.
        decimal: the sign before fractions, where a column leaves open which one it is.
    """
    told = []
    for name in frame.columns:
        found = _numbers(frame[name], decimal)
        if found is not None:
            frame = frame.assign(**{name: found[0]})
            told.append(f"{name!r}{f' (with {found[1]!r})' if found[1] else ''}")
    return frame, (f"Amounts, read as numbers: {', '.join(told)}.",) if told else ()


def _numbers(column: Any, decimal: str) -> tuple[Any, str] | None:
    """The column's numbers and their unit; None of a column that does not hold amounts."""
    import pandas

    if not (pandas.api.types.is_object_dtype(column) or pandas.api.types.is_string_dtype(column)):
        return None
    if isinstance(column.dtype, pandas.CategoricalDtype):
        return None
    codes, texts = pandas.factorize(column)
    first = [_AMOUNT.fullmatch(str(text).strip()) for text in texts[:_FIRST]]
    if not first or sum(match is None for match in first) > len(first) // 2:
        return None
    matches = [_AMOUNT.fullmatch(str(text).strip()) for text in texts]
    there = [match for match in matches if match is not None]
    counts = pandas.Series(codes[codes >= 0]).value_counts()
    amounts = sum(int(counts[place]) for place, match in enumerate(matches) if match is not None)
    units = {match["before"] or match["after"] or "" for match in there} - {""}
    signs = _decimals(there) or _by_thousands(there, units) or {decimal}
    if amounts < _NEARLY_ALL * int(counts.sum()) or len(units) > 1 or len(signs) > 1:
        return None
    (sign,) = signs
    values = [text if match is None else _number(match, sign) for match, text in zip(matches, texts, strict=True)]
    table = pandas.Series([*values, None], dtype=object)  # the code -1 finds the last
    numbers = pandas.Series(table.to_numpy()[codes], index=column.index)
    return (numbers.astype(float) if len(there) == len(texts) else numbers), next(iter(units), "")


def _decimals(matches: Iterable[re.Match[str]]) -> set[str]:
    """The signs before fractions that follow from the amounts themselves."""
    found = {match["fraction"][0] for match in matches if match["fraction"]}
    several = {match["group"] for match in matches if match["group"] and match["whole"].count(match["group"]) > 1}
    beside = {match["group"] for match in matches if match["group"] and match["fraction"]}
    return found | {{",": ".", ".": ","}[group] for group in several | beside if group in ".,"}


def _by_thousands(matches: Iterable[re.Match[str]], units: set[str]) -> set[str]:
    """The same where amounts of money are set apart by thousands, and nothing else tells."""
    groups = {match["group"] for match in matches if match["group"]} & {".", ","} if units - {"%"} else set()
    return {{",": ".", ".": ","}[group] for group in groups}


def _number(match: re.Match[str], decimal: str) -> float:
    group, whole = match["group"] or "", match["whole"]
    whole = whole.replace(group, "." if group == decimal else "") if group else whole
    negative = "-" in (match["sign"] + match["inner"]).replace("−", "-")
    return float(("-" if negative else "") + whole + match["fraction"].replace(decimal, "."))
