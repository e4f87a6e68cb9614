"""Files that a command leaves behind: whole, or not at all and with an error that says what helps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from denim.saving.replacing import replaced


class CannotWriteError(OSError):
    """A result cannot be written. The text says why and what helps; it is meant for the person at the terminal."""


@contextmanager
def writing(path: Path, advice: str = "Choose another folder with --out FOLDER.") -> Iterator[None]:
    """Missing folders of ``path`` are made; what goes wrong within is told as a file that cannot be written.

    Raises:
        CannotWriteError: the folder or the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise CannotWriteError(f"Cannot write {path}: {error.strerror or error}. {advice}") from error


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path`` and rename it into place; missing folders are made.

    Raises:
        CannotWriteError: the folder or the file cannot be written. An older file of that name is then unharmed.
    """
    with writing(path), replaced(path) as file:
        file.write(content)
