"""What denim has under a name of Keras's, found without running a script."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from denim.dropin import names


@dataclass(frozen=True)
class Found:
    """Where a dotted name ends.

    Attributes:
        name: as far as it was followed, up to the first thing that is no module.
        value: denim's object; None if there is none.
        said: what is said of a name that is lacking; None for one that is there.
        rest: how many further parts the name has.
    """

    name: str
    value: Any
    said: str | None
    rest: int = 0


def found(name: str) -> Found:
    """Follow a dotted name that begins with ``keras`` or ``tensorflow``."""
    at, module = _start(name)
    parts = name.split(".")
    value: Any = importlib.import_module(module)
    for number, part in enumerate(parts[at:], at):
        reached = ".".join(parts[: number + 1])
        try:
            value = getattr(value, part)
        except AttributeError as error:
            return Found(reached, None, str(error))
        if not isinstance(value, ModuleType):
            return Found(reached, value, None, len(parts) - number - 1)
    return Found(name, value, None)


def module_said(name: str) -> str | None:
    """What is said of a module that cannot be imported; None for one that can."""
    try:
        names.meant(name)
    except ModuleNotFoundError as error:
        return str(error)
    return None


def strange_argument(value: Any, argument: str, *, is_none: bool) -> str | None:
    """What is said of a keyword argument that denim's function or class does not take; None if it may be taken."""
    taken: dict[str, inspect.Parameter] = {}
    for function in _constructors(value) if inspect.isclass(value) else (value,):
        try:
            parameters = inspect.signature(function).parameters
        except (TypeError, ValueError):
            return None
        taken |= {name: one for name, one in parameters.items() if name not in taken}
        if not any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
            break
    else:
        if argument not in taken:
            return None
    if argument not in taken:
        return f"denim's takes no argument {argument!r}."
    if taken[argument].annotation in (None, "None") and not is_none:
        return f"denim's takes the argument {argument!r} only as None."
    return None


def _start(name: str) -> tuple[int, str]:
    """How many parts of the name are a module that a script imports, and which module that is."""
    if names.top(name) == "tensorflow" and name.split(".")[1:2] != ["keras"]:
        return 1, names.STAND_IN
    return (2, "denim") if names.top(name) == "tensorflow" else (1, "denim")


def _constructors(kind: type) -> Sequence[Any]:
    return [one.__dict__["__init__"] for one in kind.__mro__ if "__init__" in one.__dict__ and one is not object]
