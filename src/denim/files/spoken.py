"""Hints as words on a command line: ``header=no``, ``missing=unknown,-99``, ``size=28x28``.

Whoever reads a message asked in Python's words or in those of the command line, and is answered in the same.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from denim.files.hints import Hints
from denim.suggest import did_you_mean

_YES, _NO = ("yes", "true"), ("no", "false")
_LISTS = ("missing", "texts", "without")
_SIGNS = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";"}
_UNSEEN = {"\t": "tab", " ": "space"}

_AT_TERMINAL = ContextVar("at_terminal", default=False)


@contextmanager
def at_terminal() -> Iterator[None]:
    """Within, messages speak the words of the command line."""
    token = _AT_TERMINAL.set(True)
    try:
        yield
    finally:
        _AT_TERMINAL.reset(token)


def hint(name: str, value: Any) -> str:
    """How a hint is given: "header=False" in a call, "--read header=no" at the terminal."""
    return f"--read {shlex.quote(_word(name, value))}" if _AT_TERMINAL.get() else f"{name}={value!r}"


def option(name: str, value: str) -> str:
    """How something else is asked for: "task='regression'" in a call, "--task regression" at the terminal."""
    return f"--{name} {shlex.quote(value)}" if _AT_TERMINAL.get() else f"{name}={value!r}"


def words_of(hints: Mapping[str, Any]) -> list[str]:
    """The reverse of :func:`hints_in`."""
    return [_word(name, value) for name, value in hints.items()]


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


def _word(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return f"{name}={_YES[0] if value else _NO[0]}"
    if isinstance(value, (list, tuple)):
        return f"{name}={('x' if name == 'size' else ',').join(map(str, value))}"
    return f"{name}={_UNSEEN.get(value, value)}"
