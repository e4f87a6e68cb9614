"""What a caller may say about a file, where its content alone leaves a choice."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from denim.files.errors import FileError
from denim.suggest import did_you_mean


@dataclass(frozen=True)
class Hints:
    """None everywhere: let the content decide. What does not concern a kind of file does it no harm.

    Attributes:
        separator: of a text table's columns: ",", ";", a tab, "|", ...
        decimal: the sign before a number's fraction: "." or ",".
        header: whether a text table's first line names its columns.
        encoding: of a text table, such as "utf-8" or "latin-1".
        missing: texts, or one, that mean that a value is missing, too.
        texts: columns of a table that are texts, whatever they look like.
        without: columns of a table that are left out.
        inputs: the array of an NPZ file that holds the inputs.
        size: height and width that pictures are brought to, as in (28, 28) or "28x28".
        colour: whether pictures are in colour, or grey.
    """

    separator: str | None = None
    decimal: str | None = None
    header: bool | None = None
    encoding: str | None = None
    missing: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    inputs: str | None = None
    size: tuple[int, int] | None = None
    colour: bool | None = None

    def __post_init__(self) -> None:
        if self.separator is not None and (not isinstance(self.separator, str) or len(self.separator) != 1):
            raise ValueError(f"separator must be one character, such as ';'. Received: separator={self.separator!r}")
        if self.decimal not in (None, ".", ","):
            raise ValueError(f"decimal must be '.' or ','. Received: decimal={self.decimal!r}")
        for name in ("missing", "texts", "without"):
            value = getattr(self, name)
            object.__setattr__(self, name, (value,) if isinstance(value, str) else tuple(map(str, value)))
        if self.size is not None:
            object.__setattr__(self, "size", _size(self.size))

    @classmethod
    def of(cls, given: dict[str, Any]) -> Hints:
        """The hints in a call.

        Raises:
            TypeError: for a hint that there is not.
            ValueError: for a value that it cannot have.
        """
        known = cls.names()
        for name in given:
            if name not in known:
                raise TypeError(
                    f"read() takes the hints {', '.join(known)}. Received: {name}." + did_you_mean(name, known)
                )
        return cls(**given)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Of all hints that there are."""
        return tuple(field.name for field in fields(cls))

    def columns_of(self, path: Path, names: list[str]) -> list[str]:
        """The columns that are read of those that a table has.

        Raises:
            FileError: ``texts`` or ``without`` name others.
        """
        for named, what in ((self.texts, "hold texts"), (self.without, "be left out")):
            for name in named:
                if name not in names:
                    raise FileError(
                        path, f"There is no column {name!r}, which should {what}.{did_you_mean(name, names)}"
                    )
        wanted = [name for name in names if name not in self.without]
        if not wanted:
            raise FileError(path, "No column is left.", "The hint `without` leaves out all.")
        return wanted

    def types_of(self, names: list[str]) -> dict[str, str]:
        """The pandas type of those columns that hold texts."""
        return {name: "category" for name in names if name in self.texts}

    @property
    def given(self) -> dict[str, Any]:
        """Those that were given, by name."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != field.default
        }


def _size(given: Any) -> tuple[int, int]:
    try:
        height, width = map(int, given.lower().split("x") if isinstance(given, str) else given)
    except (TypeError, ValueError):
        height = width = 0
    if min(height, width) < 1:
        raise ValueError(f"size must be the height and the width of pictures, such as '28x28'. Received: {given!r}")
    return height, width
