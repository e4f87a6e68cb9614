"""What the command line says about how a file is to be read."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from denim.commands.errors import CommandError
from denim.files.hints import Hints
from denim.suggest import did_you_mean

_LISTS, _TRUTHS = ("missing", "texts", "without"), ("header", "colour")
_WORDS = {"true": True, "yes": True, "false": False, "no": False}


def hints_of(words: Sequence[str]) -> dict[str, Any]:
    """The hints of words such as "separator=;", "without=id,name", "header=no" and "size=28x28".

    Raises:
        CommandError: for others.
    """
    found: dict[str, Any] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise CommandError(f"--read takes NAME=VALUE, such as --read without=id. Received: --read {word}")
        if name in _LISTS:
            found[name] = [*found.get(name, []), *value.split(",")]
        elif name in _TRUTHS:
            if value.lower() not in _WORDS:
                raise CommandError(f"--read {name} takes yes or no. Received: --read {word}")
            found[name] = _WORDS[value.lower()]
        elif name == "size":
            found[name] = value.lower().replace("×", "x").split("x")
        else:
            found[name] = value
    return checked(found)


def checked(hints: Mapping[str, Any]) -> dict[str, Any]:
    """The same hints, as JSON has them.

    Raises:
        CommandError: for a name that there is not, or a value that it cannot have.
    """
    known = [field.name for field in dataclasses.fields(Hints)]
    for name in hints:
        if name not in known:
            raise CommandError(f"--read takes {', '.join(known)}. Received: {name!r}.{did_you_mean(name, known)}")
    try:
        given = Hints.of(dict(hints)).given
    except (TypeError, ValueError) as error:
        raise CommandError(f"--read: {error}") from error
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
