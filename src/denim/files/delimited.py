"""CSV, TSV and their kin: text with one record a line and a sign between the fields."""

from __future__ import annotations

import io
from collections import Counter
from pathlib import Path
from typing import NoReturn

from denim.files.amounts import amounts_as_numbers
from denim.files.content import Table
from denim.files.dialect import Dialect
from denim.files.errors import FileError
from denim.files.hints import Hints
from denim.files.packages import needed
from denim.files.records import Record, line_of, records, uneven
from denim.files.spoken import hint
from denim.files.strays import Stray, strays
from denim.files.text import text_of

MISSING = (
    *("", "?", "NA", "N/A", "n/a", "na", "<NA>", "#N/A", "#NA", "NaN", "nan", "-nan", "-NaN"),
    *("NULL", "null", "None", "none", "NIL", "nil", "#VALUE!", "#REF!", "#DIV/0!"),
)
"""Fields that mean that a value is missing."""


def read_delimited(path: Path, target: str | None, hints: Hints) -> Table:
    """The table in a text file.

    Raises:
        FileError: no header, names that are doubled, uneven records, a text among numbers, or no text at all.
    """
    pandas = needed("pandas", path)
    content, notes = text_of(path, hints.encoding)
    tabs = Path(path.name.removesuffix(".gz")).suffix.lower() in (".tsv", ".tab")
    dialect = Dialect.of(content, hints, tabs)
    names = _names(path, dialect, hints.header)
    header = hints.header is not False
    wanted = hints.columns_of(path, names)
    if uneven(content, dialect.separator, len(names)):
        _check_records(path, content, dialect.separator, len(names), header)
    try:
        frame = pandas.read_csv(
            io.BytesIO(content),
            sep=dialect.separator,
            names=names,
            header=0 if header else None,
            index_col=False,
            usecols=wanted,
            dtype=dict.fromkeys(hints.texts, str),
            skipinitialspace=True,
            na_values=[*MISSING, *hints.missing],
            keep_default_na=False,
            decimal=dialect.decimal,
            thousands=dialect.thousands,
            low_memory=False,
            encoding="utf-8",
        )
    except pandas.errors.ParserError as error:
        raise FileError(path, f"It cannot be read as a table: {error}.") from error
    if not len(frame):
        raise FileError(path, "It has names of columns and no rows.")
    frame, amounts = amounts_as_numbers(frame.astype(hints.types_of(wanted)), dialect.decimal)
    for name in frame.columns:
        found = strays(frame[name])
        if found is not None:
            _refuse(path, str(name), found, line_of(content, dialect.separator, found.row + header))
    return Table(frame, path, (*notes, *dialect.notes, *amounts), hints.given)


def _names(path: Path, dialect: Dialect, header: bool | None) -> list[str]:
    if header is False:
        return [f"column {number}" for number in range(1, len(dialect.first) + 1)]
    if header is None and dialect.first_looks_like_data:
        shown = ", ".join(map(repr, dialect.first[:4])) + (", ..." if len(dialect.first) > 4 else "")
        raise FileError(
            path,
            f"The first line should name the columns, and looks like data: {shown}.",
            f"Add a line of names, or pass {hint('header', False)} (columns are then 'column 1', 'column 2', ...) or "
            f"{hint('header', True)}.",
            line=1,
        )
    names = [field or f"unnamed {number}" for number, field in enumerate(dialect.first, 1)]
    doubled = [name for name, times in Counter(names).items() if times > 1]
    if doubled:
        places = ", ".join(str(at) for at, name in enumerate(names, 1) if name == doubled[0])
        raise FileError(
            path,
            f"Column names must differ, and {doubled[0]!r} is the name of columns {places}.",
            f"Rename them; or, if the first line is no header, pass {hint('header', False)}.",
            line=1,
        )
    return names


def _check_records(path: Path, content: bytes, separator: str, fields: int, header: bool) -> None:
    """Raise for the first record that has not so many fields, if there is one."""
    first: Record | None = None
    even, others = -header, 0
    for record in records(content, separator):
        last = record
        if record.blank:
            continue
        if len(record.fields) == fields:
            even += 1
        elif first is None:
            first = record
        else:
            others += 1
    if first is None:
        if last.last_line > last.line and content.count(b'"') % 2:
            _refuse_quote(path, last)
        return
    if first.last_line > first.line:
        _refuse_quote(path, first)
    found = len(first.fields)
    more = f", as in {others:,} more line{'s' if others > 1 else ''}" if others else ""
    says = "the header has" if header else "the first line has"
    helps = (
        f"A text that holds {'a tab' if separator == chr(9) else repr(separator)} must stand in double quotes, and a "
        "missing value still needs its place."
    )
    if header and not even and found == fields + 1:
        helps = "If rows begin with a name or a number of their own, the header must name that column, too."
    raise FileError(
        path, f"It has {found} field{'s' if found != 1 else ''}, and {says} {fields}{more}.", helps, line=first.line
    )


def _refuse_quote(path: Path, record: Record) -> NoReturn:
    raise FileError(
        path,
        f"A text in double quotes begins here and ends in line {record.last_line} or never.",
        'Close the quotes; a quote within a text in quotes is written twice ("").',
        line=record.line,
    )


def _refuse(path: Path, name: str, found: Stray, line: int | None) -> NoReturn:
    raise FileError(
        path,
        found.sentence(name),
        f"Mend it, or leave the field empty. Or {hint('missing', found.value)} takes it for a missing value, and "
        f"{hint('texts', name)} the whole column for texts.",
        line=line,
    )
