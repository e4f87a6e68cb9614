"""The small checks that validation is made of, and how a refusal reads: the rule, what was received, what is right."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NoReturn


def fail(rule: str, received: str, right: str) -> NoReturn:
    """Raise a ValueError."""
    raise ValueError(f"{rule}. Received: {received}. {right}")


def fail_type(rule: str, received: str, right: str) -> NoReturn:
    """Raise a TypeError."""
    raise TypeError(f"{rule}. Received: {received}. {right}")


def kind(value: object) -> str:
    """A value and its type, to be received."""
    return f"{value!r} of type {type(value).__name__}"


def is_int(value: object) -> bool:
    """Whether this is a whole number; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def check_shape(shape: object, what: str) -> None:
    """A tuple of positive whole numbers."""
    if not isinstance(shape, tuple):
        fail_type(f"{what} must be a tuple of sizes", kind(shape), "Write (4,) for four elements.")
    for size in shape:
        if not is_int(size):
            fail_type(f"{what} must hold whole numbers", f"{kind(size)} in {shape!r}", "Convert sizes with int().")
        if size < 1:
            fail(f"{what} must hold positive sizes", f"{size} in {shape!r}", "Every axis needs at least one element.")


def check_index(index: object, count: int, rule: str, role: str, where: str) -> None:
    """A whole number from 0 to ``count`` - 1."""
    if not isinstance(index, int) or isinstance(index, bool):
        fail_type(rule, f"{role} {kind(index)}{where}", "Pass an int.")
    if not 0 <= index < count:
        right = f"It can be from 0 to {count - 1}." if count else "There is none yet."
        fail(rule, f"{role} {index}{where}", right)


def check_bool(value: object, what: str, where: str) -> None:
    """True or False."""
    if not isinstance(value, bool):
        fail_type(f"{what} must be True or False", f"{kind(value)} at {where}", "Pass a bool.")


def check_number(value: object, what: str, where: str) -> None:
    """A finite number; True and False are none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        fail_type(f"{what} must be a number", f"{kind(value)} at {where}", "Pass a float.")
    if not math.isfinite(value):
        fail(f"{what} must be finite", f"{value!r} at {where}", "Pass an ordinary number.")


def check_name(name: object, known: Iterable[str], what: str, where: str) -> None:
    """One of the known names."""
    names = sorted(known)
    if not isinstance(name, str):
        fail_type(f"The {what} must be a string", f"{kind(name)} at {where}", f"Known: {', '.join(names)}.")
    if name not in names:
        import difflib

        close = difflib.get_close_matches(name, names, n=1)
        right = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names)}."
        fail(f"No {what} has this name", f"{name!r} at {where}", right)
