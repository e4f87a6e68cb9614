"""Hints as words on a command line: ``header=no``, ``missing=unknown,-99``, ``size=28x28``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from denim.files.hints import Hints
from denim.suggest import did_you_mean

_YES, _NO = ("yes", "true"), ("no", "false")
_LISTS = ("missing", "texts", "without")
_SIGNS = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";"}


def hints_in(words: Iterable[str]) -> dict[str, Any]:
    """The hints for ``read``, by name.

    Args:
        words: each ``name=value``; of several values separated by commas; a size as ``height x width`` without spaces.

    Raises:
        ValueError: for a name that there is not, or a value that it cannot have.
    """
    hints: dict[str, Any] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if name not in Hints.names() or not sign:
            raise ValueError(
                f"A hint is name=value, and a name one of {', '.join(Hints.names())}. Received: {word!r}."
                + did_you_mean(name, Hints.names())
            )
        hints[name] = _value(name, value)
    Hints.of(hints)
    return hints


def _value(name: str, value: str) -> Any:
    if name in ("header", "colour"):
        if value.lower() not in (*_YES, *_NO):
            raise ValueError(f"{name} must be yes or no. Received: {name}={value}")
        return value.lower() in _YES
    if name in _LISTS:
        return tuple(each.strip() for each in value.split(","))
    if name == "size":
        height, _, width = value.lower().partition("x")
        if not (height.isdecimal() and width.isdecimal()):
            raise ValueError(
                f"size must be the height and the width of pictures, such as 28x28. Received: size={value}"
            )
        return int(height), int(width)
    return _SIGNS.get(value.lower(), value) if name in ("separator", "decimal") else value
