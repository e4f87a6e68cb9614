"""The folder that a command writes its page and its numbers to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from denim.commands.errors import CommandError
from denim.report.files import replace_file

REPORT, RESULTS = "report.html", "results.json"


def check_free(out: Path | None, overwrite: bool) -> None:
    """Nothing if the page may be written to ``out``; asked before the work begins.

    Raises:
        CommandError: another page is there, or ``out`` is a file or cannot be written to.
    """
    if out is None:
        return
    check_folder(out)
    taken = [name for name in (REPORT, RESULTS) if (out / name).exists()]
    if taken and not overwrite:
        raise CommandError(
            f"--out must be a folder without {taken[0]}. Received: {out}, which holds one. Name another folder, or "
            "pass --overwrite to replace it."
        )


def check_folder(out: Path) -> None:
    """Nothing if ``out`` is a folder that may be written to, or can be made.

    Raises:
        CommandError: neither.
    """
    if out.exists() and not out.is_dir():
        raise CommandError(f"--out must be a folder. Received: {out}, which is a file.")
    there = next(each for each in (out.absolute(), *out.absolute().parents) if each.exists())
    if not there.is_dir():
        raise CommandError(f"Cannot write to {out}: {there} is a file. Name another --out.")
    if not os.access(there, os.W_OK | os.X_OK):
        raise CommandError(f"Cannot write to {out}: Permission denied. Name another --out.")


def check_file(out: Path, overwrite: bool, name: str) -> None:
    """Nothing if a file may be written to ``out``, which was given as ``name``.

    Raises:
        CommandError: it is a folder, or there already and may not be overwritten.
    """
    if out.is_dir():
        raise CommandError(f"{name} must be a file. Received: {out}, which is a folder.")
    if out.exists() and not overwrite:
        raise CommandError(
            f"{name} must be a new file. Received: {out}, which is there. Pass --overwrite to replace it."
        )


def write(out: Path, page: bytes, results: str) -> tuple[Path, Path]:
    """Write the page and the numbers, JSON, each whole or not at all; their paths.

    Raises:
        CannotWriteError: the folder or a file cannot be written.
    """
    report, numbers = out / REPORT, out / RESULTS
    replace_file(report, page)
    replace_file(numbers, (results + "\n").encode())
    return report, numbers


def named_after(data: str) -> str:
    """What a folder for the results on this file is called."""
    if data == "-":
        return "stdin"
    return Path(data).resolve().name.partition(".")[0] or "data"


def numbered(first: Path) -> Iterator[Path]:
    """``first``, first-2, first-3, ..."""
    yield first
    for number in count(2):
        yield first.with_name(f"{first.name}-{number}")


def unused(first: Path) -> Path:
    """The first of the numbered paths that is not there yet."""
    return next(path for path in numbered(first) if not path.exists())
