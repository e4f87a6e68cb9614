"""What a column holds that holds no numbers, and how it becomes numbers, in the terms of its library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Real
from typing import Any

import numpy as np

_CATEGORIES = ("category", "categorical", "enum", "dictionary")
_CLASSES = ("texts", "categories")
_PLAIN = ("dates", "durations", "lists")
_SHOWN = 3
"""How many columns are described."""

Refused = tuple[Any, Any, np.ndarray]
"""A column's name (None for one by itself), the column, and its values as an array of no real dtype."""


def no_numbers(data: Any, role: str, refused: Sequence[Refused]) -> str:
    """The text of the error for a frame or a column.

    Args:
        data: the frame or column, as it was passed.
        role: what it is called in errors, such as "x".
        refused: its columns that hold no numbers.
    """
    (name, column, values), library = refused[0], _library(data)
    content = _content(column, values)
    if name is None:
        what = f"of {_described(column, values)}"
    elif len(refused) == 1:
        what = f"whose column {name!r} holds {_described(column, values)}"
    else:
        shown = ", ".join(f"{each!r} ({_described(*of)})" for each, *of in refused[:_SHOWN])
        more = len(refused) - _SHOWN
        what = f"with columns of other things: {shown}{f' and {more} more' if more > 0 else ''}"
    alike = [each for each, *of in refused if _content(*of) == content]
    advice = _ADVICE[content](library, role, alike)
    if role.startswith("y") and content in _CLASSES:
        advice = f"Number the classes: names, {role} = np.unique({_named(role, name)}, return_inverse=True)."
    elif not role.startswith("y") and name is not None:
        advice += _left_out(library, role, [each for each, *_ in refused])
    return f"`{role}` must hold real numbers. Received: a {type(data).__name__} {what}. {advice}"


def _described(column: Any, values: np.ndarray) -> str:
    content, sample = _content(column, values), _sample(values)
    what = {"digits": "numbers as texts", "objects": "Python objects"}.get(content, content)
    return what if content in _PLAIN or sample is None else f"{what}, such as {sample!r}"


def _content(column: Any, values: np.ndarray) -> str:
    kind = str(getattr(column, "dtype", getattr(column, "type", ""))).lower()
    sample = _sample(values)
    if kind.startswith(_CATEGORIES):
        return "categories"
    if values.dtype.kind == "M" or kind.startswith(("datetime", "timestamp")) or hasattr(sample, "year"):
        return "dates"
    if values.dtype.kind == "m":
        return "durations"
    if values.ndim > 1 or isinstance(sample, (list, tuple, np.ndarray)):
        return "lists"
    if isinstance(sample, (str, bytes)):
        return "digits" if _is_number(sample) else "texts"
    return "numbers as objects" if isinstance(sample, Real) else "objects"


def _sample(values: np.ndarray) -> Any:
    """The first value that is not missing."""
    for value in values.reshape(-1):
        missing = isinstance(value, float) and value != value
        if value is not None and not missing and type(value).__name__ not in ("NAType", "NaTType"):
            return value.item() if isinstance(value, np.generic) else value
    return None


def _is_number(text: str | bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _library(data: Any) -> str:
    return type(data).__module__.partition(".")[0]


def _named(role: str, name: Any) -> str:
    return role if name is None else f"{role}[{name!r}]"


def _to_dummies(library: str, role: str, names: list[Any]) -> str:
    lead = "Make a column of 0 and 1 for each value: "
    if library == "polars":
        return f"{lead}{role} = {role}.to_dummies({'' if names == [None] else names})."
    frame = f"{role}.to_pandas()" if library == "pyarrow" else role
    chosen = "" if names == [None] else f"columns={names}, "
    return f"{lead}{role} = pandas.get_dummies({frame}, {chosen}dtype='float32')."


def _parsed(library: str, role: str, names: list[Any]) -> str:
    named = _named(role, names[0])
    if library == "polars":
        return f"Convert them: {role} = {role}.cast({'float' if names == [None] else f'{{{names[0]!r}: float}}'})."
    return f"Convert them: {named} = pandas.to_numeric({named})."


def _calendar(library: str, role: str, names: list[Any]) -> str:
    named = _named(role, names[0])
    parts = f"{named}.dt.year(), {named}.dt.weekday()"
    if library != "polars":
        parts = f"pandas.to_datetime({named}).dt.year, and .dayofweek"
    return f"Make numbers of dates, such as the year and the day of the week: {parts}."


_ADVICE: dict[str, Callable[[str, str, list[Any]], str]] = {
    "texts": _to_dummies,
    "categories": _to_dummies,
    "digits": _parsed,
    "dates": _calendar,
    "durations": lambda library, role, names: f"In seconds: {_named(role, names[0])}.dt.total_seconds().",
    "lists": lambda library, role, names: "Make one array of them: np.stack(rows).",
    "numbers as objects": _parsed,
    "objects": lambda library, role, names: "Make numbers of them.",
}


def _left_out(library: str, role: str, names: list[Any]) -> str:
    call = {"pandas": f"drop(columns={names})", "pyarrow": f"drop_columns({names})"}.get(library, f"drop({names})")
    return f" Or leave {'it' if len(names) == 1 else 'them'} out: {role} = {role}.{call}."
