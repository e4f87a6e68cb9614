"""Files that are there whole or not at all."""

from __future__ import annotations

import secrets
from pathlib import Path

from denim.study.errors import StudyError


def replace_file(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path`` and rename it into place; missing folders are made.

    Raises:
        StudyError: the folder or the file cannot be written. An older file of that name is then unharmed.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_bytes(content)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StudyError(
            f"Cannot write {path}: {error.strerror or error}. Choose another folder with --out FOLDER."
        ) from error
