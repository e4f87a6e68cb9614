"""Parquet files, as tables."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from denim.files.content import Table
from denim.files.errors import FileError
from denim.files.hints import Hints
from denim.files.packages import needed
from denim.files.spoken import hint
from denim.files.strays import strays

_INDEX = re.compile(r"__index_level_\d+__")
"""Columns that pandas writes for the names of rows."""


def read_parquet(path: Path, target: str | None, hints: Hints) -> Table:
    """The table in a Parquet file.

    Raises:
        FileError: it is damaged, has no rows, or texts among numbers.
    """
    needed("pandas", path)
    arrow, parquet = needed("pyarrow", path), needed("pyarrow.parquet", path)
    try:
        table = parquet.ParquetFile(path).read()
    except (arrow.ArrowException, OSError) as error:
        raise FileError(path, f"It is a damaged Parquet file: {str(error).rstrip('.')}.", "Is it whole?") from error
    for at, field in enumerate(table.schema):
        if arrow.types.is_decimal(field.type):
            table = table.set_column(at, field.name, table.column(at).cast(arrow.float64()))
    names = [name for name in table.column_names if not _INDEX.fullmatch(name)]
    doubled = [name for name, times in Counter(names).items() if times > 1]
    if doubled:
        raise FileError(path, f"Column names must differ, and {doubled[0]!r} occurs more than once.")
    if not table.num_rows or not names:
        raise FileError(path, "It has no rows.")
    wanted = hints.columns_of(path, names)
    frame = table.select(wanted).to_pandas(ignore_metadata=True).astype(hints.types_of(wanted))
    for name in frame.columns:
        found = strays(frame[name])
        if found is not None:
            raise FileError(
                path,
                found.sentence(name, f", row {found.row + 1},"),
                f"Mend it, or make it missing. Or {hint('texts', name)} takes the whole column for texts.",
            )
    return Table(frame, path, (), hints.given)
