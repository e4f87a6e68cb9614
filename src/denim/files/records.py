"""Whether all records of a text table have the same number of fields, and where those are that have not."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

_CHUNK = 1 << 24
_NEWLINE, _RETURN, _QUOTE, _SPACE = b'\n\r" '


@dataclass(frozen=True)
class Record:
    """One record: the line it begins in, the line it ends in, and its fields."""

    line: int
    last_line: int
    fields: list[str]

    @property
    def blank(self) -> bool:
        """Whether it is no more than an empty line."""
        return len(self.fields) < 2 and not any(map(str.strip, self.fields))


def records(content: bytes, separator: str) -> Iterator[Record]:
    """All records, blank ones too. A quote that is never closed makes the rest of the text one record."""
    # A sample may end within a character.
    text = io.TextIOWrapper(io.BytesIO(content), "utf-8", "ignore", newline="")
    reader = csv.reader(text, delimiter=separator, skipinitialspace=True)
    line = 1
    limit = csv.field_size_limit(len(content) + 1)  # of Python's 131,072
    try:
        for fields in reader:
            yield Record(line, reader.line_num, fields)
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)


def line_of(content: bytes, separator: str, number: int) -> int | None:
    """The line in which the record of that number begins, counted from 0 without the blank ones."""
    seen = (record for record in records(content, separator) if not record.blank)
    return next((record.line for record in islice(seen, number, None)), None)


def uneven(content: bytes, separator: str, fields: int) -> bool:
    """Whether some record may have another number of fields, or a quote may never be closed.

    Quick. Where it says no, that is so; where it says yes, record by record has to be looked into: it does not
    understand quotes in the middle of a text.
    """
    text = np.frombuffer(content, np.uint8)
    has_quotes, mark = b'"' in content, ord(separator)
    odd, carried, begun = 0, 0, 0  # quotes so far, modulo 2; separators and the first byte of the record under way
    for start in range(0, len(text), _CHUNK):
        part = text[start : start + _CHUNK]
        marks, ends = part == mark, part == _NEWLINE
        if has_quotes:
            if _odd_quotes(text, start, part, odd, mark):
                return True
            within = (np.cumsum(part == _QUOTE, dtype=np.uint8) + np.uint8(odd)) & 1
            odd = int(within[-1])
            marks &= within == 0
            ends &= within == 0
        places, stops = np.flatnonzero(marks), np.flatnonzero(ends)
        passed = np.searchsorted(places, stops)
        counts = np.diff(passed, prepend=-carried)
        beginnings = np.append(begun, stops[:-1] + 1 + start) if len(stops) else stops
        wrong = np.flatnonzero(counts != fields - 1)
        if any(content[beginnings[at] : start + stops[at]].strip(b" \t\r") for at in wrong[:1000]) or len(wrong) > 1000:
            return True
        carried = len(places) - int(passed[-1]) if len(stops) else carried + len(places)
        begun = start + int(stops[-1]) + 1 if len(stops) else begun
    rest = content[begun:].strip(b" \t\r")
    return bool(odd) or (bool(rest) and carried != fields - 1)


def _odd_quotes(text: np.ndarray, start: int, part: np.ndarray, odd: int, mark: int) -> bool:
    """Whether a quote in ``part``, which begins at ``start``, neither begins nor ends a field nor is one of two."""
    places = np.flatnonzero(part == _QUOTE) + start
    opening = (np.arange(len(places)) + odd) % 2 == 0
    before = text[places[opening] - 1][places[opening] > 0]
    after = text[np.minimum(places[~opening] + 1, len(text) - 1)]
    begins = np.isin(before, (mark, _NEWLINE, _SPACE, _QUOTE))
    ends = np.isin(after, (mark, _NEWLINE, _RETURN, _QUOTE))
    return not (begins.all() and ends.all())
