"""How a text table is written: what separates its columns, how its numbers look, whether line 1 is names."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice, pairwise

from denim.files.hints import Hints

_SEPARATORS = (",", "\t", ";", "|")
_SAMPLE_BYTES, _SAMPLE_RECORDS = 1 << 18, 500

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA_FRACTION = re.compile(r"[+-]?\d+,\d+")
_POINT_FRACTION = re.compile(r"[+-]?\d*\.\d+")
_GROUPED_BY_POINT = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_GROUPED_BY_COMMA = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_GROUPED_WITH_POINT = re.compile(r"[+-]?\d{1,3}(,\d{3})+\.\d+")


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
        records = _records(sample, separator)
        first = tuple(field.strip() for field in records[0])
        cells = [cell.strip() for record in records[1:] for cell in record]
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


def _sample(content: bytes) -> str:
    part = content[:_SAMPLE_BYTES]
    if len(part) < len(content) and b"\n" in part:
        part = part[: part.rindex(b"\n") + 1]
    return part.decode("utf-8", errors="ignore")


def _records(sample: str, separator: str) -> list[list[str]]:
    """The first records that are not blank."""
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        return list(islice((record for record in reader if any(map(str.strip, record))), _SAMPLE_RECORDS)) or [[""]]
    except csv.Error:
        return [sample.splitlines()[0].split(separator)]


def _agreement(sample: str, separator: str) -> tuple[float, int]:
    """Which part of the records have as many fields as the first, and how many: nothing where that has but one."""
    counts = [len(record) for record in _records(sample, separator)]
    return (counts.count(counts[0]) / len(counts), counts[0]) if counts[0] > 1 else (0.0, 0)


def _numbers(cells: list[str], separator: str, decimal: str | None) -> tuple[str, str | None]:
    """The signs before fractions and between thousands."""

    def some(pattern: re.Pattern[str]) -> bool:
        return any(map(pattern.fullmatch, cells))

    if decimal is None:
        point = some(_POINT_FRACTION) or some(_GROUPED_WITH_POINT)
        fractions = [cell for cell in cells if _COMMA_FRACTION.fullmatch(cell)]
        # Where commas separate columns, one within a number that may stand before thousands does so.
        plain = any(not _GROUPED_BY_COMMA.fullmatch(cell) for cell in fractions)
        comma = fractions and not point and (plain or separator != ",")
        decimal = "," if comma or some(_GROUPED_BY_POINT) else "."
    if decimal == ",":
        return ",", "." if some(_GROUPED_BY_POINT) else None
    return ".", "," if some(_GROUPED_BY_COMMA) else None


def _notes(separator: str, decimal: str, thousands: str | None) -> list[str]:
    notes = []
    if separator != ",":
        notes.append(f"Columns are separated by {'tabs' if separator == chr(9) else repr(separator)}.")
    if decimal == ",":
        notes.append("Numbers are written with a decimal comma.")
    if thousands:
        notes.append(f"Thousands are set apart by {thousands!r}.")
    return notes
