"""The code of a notebook: its cells, without what only IPython understands."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from denim.dropin.errors import CannotRunError

_LINE_MAGIC = re.compile(r"\s*([%!?].*|\w[\w.]*\s*=\s*[%!].*|.*\w\?{1,2}\s*)$")
_TRANSPARENT = ("%%time", "%%timeit", "%%capture")


@dataclass(frozen=True)
class Cell:
    """One code cell: its number among the code cells, from 1; its Python; the lines that were left out."""

    number: int
    source: str
    skipped: tuple[str, ...]


def read_cells(file: str | Path) -> list[Cell]:
    """The code cells of a notebook. Lines keep their numbers.

    Raises:
        CannotRunError: if it is no notebook.
    """
    try:
        notebook = json.loads(Path(file).read_text(encoding="utf-8"))
        return [_cell(number, source) for number, source in enumerate(_sources(notebook), 1)]
    except OSError as error:
        raise CannotRunError(f"{str(file)!r} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CannotRunError(f"{str(file)!r} is no notebook: {error}") from error


def _sources(notebook: Any) -> list[str]:
    cells = (
        notebook["cells"] if "cells" in notebook else [c for sheet in notebook["worksheets"] for c in sheet["cells"]]
    )
    found = [cell.get("source", cell.get("input")) for cell in cells if cell["cell_type"] == "code"]
    return ["".join(source) for source in found]


def _cell(number: int, source: str) -> Cell:
    first = source.lstrip().partition("\n")[0].strip()
    if first.startswith("%%") and first.split()[0] not in _TRANSPARENT:
        return Cell(number, "", (first,))
    if _is_python(source):
        return Cell(number, source, ())
    lines, skipped = source.split("\n"), []
    for i, line in enumerate(lines):
        if _LINE_MAGIC.fullmatch(line):
            skipped.append(line.strip())
            lines[i] = line[: len(line) - len(line.lstrip())] + "pass"
    return Cell(number, "\n".join(lines), tuple(skipped))


def _is_python(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True
