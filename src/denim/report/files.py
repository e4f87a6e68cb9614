"""Files that are there whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path


class CannotWriteError(OSError):
    """A result cannot be written. The text says why and what helps; it is meant for the person at the terminal."""


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path`` and rename it into place; missing folders are made.

    Raises:
        CannotWriteError: the folder or the file cannot be written. An older file of that name is then unharmed.
    """
    replace_by(path, lambda part: part.write_bytes(content))


def replace_by(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file beside ``path``, with the same suffix, and rename it into place.

    Raises:
        CannotWriteError: as for :func:`replace_file`.
    """
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWriteError(
            f"Cannot write {path}: {error.strerror or error}. Choose another folder with --out FOLDER."
        ) from error
