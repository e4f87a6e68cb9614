"""How a text table is written: what separates its columns, how its numbers look, whether line 1 is names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice, pairwise

from denim.files.hints import Hints
from denim.files.records import records

_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_BYTES, _SAMPLE_RECORDS = 1 << 18, 500

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA_FRACTION = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+")
_POINT_FRACTION = re.compile(r"[+-]?(\d*|\d{1,3}(,\d{3})+)\.\d+")
_GROUPED_BY_POINT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")
_GROUPED_BY_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
"""A number such as 1,234 is in two of them: a fraction, or a thousand."""


@dataclass(frozen=True)
class Dialect:
    """What was found out.

    Attributes:
        separator: of the columns.
        decimal: before the fraction of a number.
        thousands: between the thousands of a number, or None.
        first: the fields of the first record.
        notes: what is not as in most files, as sentences.
    """

    separator: str
    decimal: str
    thousands: str | None
    first: tuple[str, ...]
    notes: tuple[str, ...]

    @classmethod
    def of(cls, content: bytes, hints: Hints, tabs_first: bool) -> Dialect:
        """From the beginning of the text."""
        sample = _sample(content)
        order = ("\t", ",", ";", "|") if tabs_first else _SEPARATORS
        separator = hints.separator or max(order, key=lambda each: _agreement(sample, each))
        header, *rows = _records(sample, separator)
        first = tuple(field.strip() for field in header)
        cells = [cell.strip() for row in rows for cell in row]
        decimal, thousands = _numbers(cells, separator, hints.decimal)
        return cls(separator, decimal, thousands, first, tuple(_notes(separator, decimal, thousands)))

    @property
    def first_looks_like_data(self) -> bool:
        """Whether the first record has a number in it, unless its numbers count up by one as those of a header do."""
        numbers = [field for field in self.first if _NUMBER.fullmatch(field) or _COMMA_FRACTION.fullmatch(field)]
        if not numbers:
            return False
        if len(numbers) < 2 or not all(number.isdecimal() for number in numbers):
            return True
        return any(int(later) - int(number) != 1 for number, later in pairwise(numbers))


def _sample(content: bytes) -> bytes:
    part = content[:_SAMPLE_BYTES]
    return part if len(part) == len(content) or b"\n" not in part else part[: part.rindex(b"\n") + 1]


def _records(sample: bytes, separator: str) -> list[list[str]]:
    """The first records that are not blank."""
    found = (record.fields for record in records(sample, separator) if not record.blank)
    return list(islice(found, _SAMPLE_RECORDS)) or [[""]]


def _agreement(sample: bytes, separator: str) -> tuple[float, int]:
    """Which part of the records have as many fields as the first, and how many: nothing where that has but one."""
    counts = [len(record) for record in _records(sample, separator)]
    return (counts.count(counts[0]) / len(counts), counts[0]) if counts[0] > 1 else (0.0, 0)


def _numbers(cells: list[str], separator: str, decimal: str | None) -> tuple[str, str | None]:
    """The signs before fractions and between thousands."""

    def some(pattern: re.Pattern[str], but: re.Pattern[str] | None = None) -> bool:
        return any(pattern.fullmatch(cell) and not (but and but.fullmatch(cell)) for cell in cells)

    if decimal is None:
        comma = some(_COMMA_FRACTION, but=_GROUPED_BY_COMMA)
        point = some(_POINT_FRACTION, but=_GROUPED_BY_POINT)
        # Where commas separate columns, one within a number that may stand before thousands does so.
        unclear = separator != "," and not comma and some(_COMMA_FRACTION)
        decimal = "," if (comma or unclear) and not point else "."
    groups = {",": (".", _GROUPED_BY_POINT), ".": (",", _GROUPED_BY_COMMA)}
    sign, pattern = groups[decimal]
    return decimal, sign if some(pattern) else None


def _notes(separator: str, decimal: str, thousands: str | None) -> list[str]:
    notes = []
    if separator != ",":
        notes.append(f"Columns are separated by {'tabs' if separator == chr(9) else repr(separator)}.")
    if decimal == ",":
        notes.append("Numbers are written with a decimal comma.")
    if thousands:
        notes.append(f"Thousands are set apart by {thousands!r}.")
    return notes
