"""What is said about how a file is to be read, on the command line and in settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from denim.commands.errors import CommandError
from denim.files.hints import Hints
from denim.files.spoken import hints_in
from denim.suggest import did_you_mean


def hints_of(words: Sequence[str]) -> dict[str, Any]:
    """The hints of words such as "separator=;", "without=id,name", "header=no" and "size=28x28", as JSON has them.

    Raises:
        CommandError: for others.
    """
    try:
        return checked(hints_in(words))
    except ValueError as error:
        raise CommandError(f"--read: {error}") from error


def checked(hints: Mapping[str, Any]) -> dict[str, Any]:
    """The same hints, as JSON has them.

    Raises:
        CommandError: for a name that there is not, or a value that it cannot have.
    """
    strange = next((name for name in hints if name not in Hints.names()), None)
    if strange is not None:
        known = ", ".join(Hints.names())
        raise CommandError(f"[read] takes {known}. Received: {strange}.{did_you_mean(strange, Hints.names())}")
    try:
        given = Hints.of(dict(hints)).given
    except (TypeError, ValueError) as error:
        raise CommandError(f"How a file is read: {error}") from error
    return {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
