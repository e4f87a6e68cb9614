"""What kind of column a column is, from its name and the training rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.preparation.columns import Category, Column, Date, Number, Truth, numbers_in, truths_in
from denim.preparation.dates import PARTS, format_of, moments, part_of
from denim.preparation.texts import coded

MOST_CATEGORIES = 100
"""Categories of one column that get a feature of their own: the most frequent ones."""
_WORDS_OF_A_SENTENCE = 4
_RARE = 0.01
"""Whether a value is missing is worth a feature if this part of the rows, at least, has one, and this part has none."""

_IDENTIFIERS = re.compile(
    "ids?|idx|index|key|uuid|guid|nr|no|number|row|rownames|unnamed|"
    "(account|client|customer|employee|order|patient|product|row|student|user)id"
)
_CODES = re.compile("id|code|zip|zipcode|postcode|postal|plz|type|category|kind")
"""Last words of names."""
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

NUMBERS, TRUTH, CATEGORIES, DATES = "Numbers", "Yes or no, as 1 or 0", "Categories, a feature each", "Dates, in parts"
_EMPTY, _CONSTANT = "Left out, empty", "Left out, the same in every row"
_PRESENCE = "Left out but for whether they are missing, as 1 or 0"
_IDENTIFIER, _FREE, _OTHER = "Left out, identifiers", "Left out, free text", "Left out, no numbers, texts or dates"
GROUPS = (NUMBERS, TRUTH, CATEGORIES, DATES, _PRESENCE, _EMPTY, _CONSTANT, _IDENTIFIER, _FREE, _OTHER)
_SHOWN = 12
_OPPOSITES = ({"true", "false"}, {"yes", "no"}, {"t", "f"}, {"y", "n"})


@dataclass(frozen=True)
class Decision:
    """What becomes of a column: the column as it is learnt from, or None; the group it belongs to; what else to say."""

    name: str
    column: Column | None
    group: str
    detail: str = ""


def decide(name: str, series: Any) -> Decision:
    """For a pandas Series of the training rows."""
    import pandas

    types = pandas.api.types
    present = int(series.notna().sum())
    if not present:
        return Decision(name, None, _EMPTY)
    if types.is_datetime64_any_dtype(series):
        return _date(name, series, None)
    if isinstance(series.dtype, pandas.CategoricalDtype):
        return _category(name, series)
    if types.is_bool_dtype(series):
        return _truth(name, series)
    if types.is_numeric_dtype(series) and not types.is_complex_dtype(series):
        return _number(name, series)
    if types.is_object_dtype(series) or types.is_string_dtype(series):
        return _text(name, series)
    return Decision(name, None, _OTHER, f"{series.dtype}")


def sentences(decisions: Iterable[Decision]) -> list[str]:
    """One for each group that there is; long ones end in how many columns there are."""
    said = []
    for group in GROUPS:
        members = [each for each in decisions if each.group == group]
        if members:
            detailed = sorted(members, key=lambda each: not each.detail)[:_SHOWN]
            shown = members if len(members) <= _SHOWN else [each for each in members if each in detailed]
            named = ", ".join(each.name + (f" ({each.detail})" if each.detail else "") for each in shown)
            said.append(
                f"{group}: {named}." if shown is members else f"{group}: {named}, ... ({len(members):,} columns)."
            )
    return said


def _number(name: str, series: Any) -> Decision:
    numbers = numbers_in(series, name)
    missing = np.isnan(numbers)
    known = numbers[~missing]
    if not len(known):
        return Decision(name, None, _EMPTY, "no finite number")
    if known.min() == known.max() and not missing.any():
        return Decision(name, None, _CONSTANT)
    if np.array_equal(known, np.rint(known)):
        word = _last_word(name)
        if _IDENTIFIERS.fullmatch(word) and len(np.unique(known)) == len(known):
            return Decision(name, None, _IDENTIFIER, f"all {len(known):,} numbers differ")
        if _CODES.fullmatch(word):
            return _category(name, series)
    return _filled(name, numbers, missing, float(np.median(known)), Number, NUMBERS)


def _truth(name: str, series: Any) -> Decision:
    truths = truths_in(series)
    missing = np.isnan(truths)
    known = truths[~missing]
    if known.min() == known.max() and not missing.any():
        return Decision(name, None, _CONSTANT)
    return _filled(name, truths, missing, float(known.mean() > 0.5), Truth, TRUTH)


def _filled(name: str, values: np.ndarray, missing: np.ndarray, fill: float, kind: Any, group: str) -> Decision:
    count = int(missing.sum())
    detail = ""
    if count:
        share = f"{count:,} of {len(values):,} missing"
        what = f"{fill:g}, the median" if kind is Number else ("yes" if fill else "no")
        detail = f"{share}: taken for {what}, and marked by a feature"
    return Decision(name, kind(name, fill, bool(count)), group, detail)


def _text(name: str, series: Any) -> Decision:
    import pandas

    try:
        codes, texts = coded(series)
    except TypeError:
        return Decision(name, None, _OTHER, "lists or the like")
    distinct = set(texts)
    if len(distinct) == 1 and (codes >= 0).all():
        return Decision(name, None, _CONSTANT)
    if {text.lower() for text in distinct} in _OPPOSITES:
        return _truth(name, series)
    values = pandas.Series(texts, dtype=object)
    if pandas.to_numeric(values, errors="coerce").notna().all():
        return _number(name, pandas.to_numeric(series.astype(object)))
    known = series[series.notna()]
    form = format_of(known)
    if form is not None:
        return _date(name, series, form)
    return _category(name, series)


def _category(name: str, series: Any) -> Decision:
    codes, texts = coded(series)
    present = codes[codes >= 0]
    counts: dict[str, int] = {}
    for text, count in zip(texts, np.bincount(present, minlength=len(texts)).tolist(), strict=True):
        counts[text] = counts.get(text, 0) + count
    distinct, known = len(counts), len(present)
    missing = known < len(codes)
    if distinct == 1 and not missing:
        return Decision(name, None, _CONSTANT)
    if distinct == known and known > 1:
        return _different(name, texts, f"all {known:,} values differ", known / len(codes))
    if distinct * 2 > known:
        return _different(name, texts, f"{distinct:,} different values in {known:,} rows", known / len(codes))
    # The most frequent, then in order of their names, which does not change with the order of rows.
    ranked = sorted(counts, key=lambda text: (-counts[text], text))[:MOST_CATEGORIES]
    more = f"the {len(ranked)} most frequent of {distinct:,}" if distinct > len(ranked) else f"{distinct:,}"
    detail = more + (f", and one for the {len(codes) - known:,} missing" if missing else "")
    return Decision(name, Category(name, tuple(sorted(ranked)), missing), CATEGORIES, detail)


def _different(name: str, texts: list[str], detail: str, known: float) -> Decision:
    if _RARE <= known <= 1 - _RARE:
        return Decision(name, Category(name, (), True), _PRESENCE, detail)
    words = sum(len(text.split()) for text in texts) / len(texts)
    return Decision(name, None, _FREE if words >= _WORDS_OF_A_SENTENCE else _IDENTIFIER, detail)


def _date(name: str, series: Any, form: str | None) -> Decision:
    times = moments(series, form)
    missing = np.asarray(times.isna())
    known = times[~missing]
    if not len(known):
        return Decision(name, None, _EMPTY, "no date")
    values = {part: part_of(known, part) for part in PARTS}
    parts = tuple(part for part in PARTS if values[part].min() != values[part].max())
    if not parts:
        return Decision(name, None, _CONSTANT)
    fills = tuple(float(np.median(values[part])) for part in parts)
    count = int(missing.sum())
    detail = ", ".join(parts) + (f"; {count:,} of {len(missing):,} missing, and marked by a feature" if count else "")
    if form and "/" in form and not form.startswith("%Y"):
        detail += "; month/day/year" if form.startswith("%m") else "; day/month/year"
    return Decision(name, Date(name, form, parts, fills, bool(count)), DATES, detail)


def _last_word(name: str) -> str:
    """In small letters; of a name that was made up for a column without one, the first."""
    words = [word.lower() for word in _WORD.findall(name)] or [""]
    return words[0] if words[0] == "unnamed" else words[-1]
