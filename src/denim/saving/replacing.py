"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """A new file to write, beside ``path``, which takes its place at the end; an error leaves the old one as it was.

    A link is followed, and the permissions of a file that is replaced stay.

    Raises:
        OSError: if the folder is missing or may not be written to.
    """
    target = Path(os.path.realpath(path))
    if target.is_dir():
        raise IsADirectoryError(f"A file cannot take a folder's place. Received: filepath={path}, which is a folder.")
    if not target.parent.is_dir():
        raise FileNotFoundError(
            f"A model is saved to a folder that is there. Received: filepath={path}, and {str(path.parent)!r} "
            f"{'is no folder' if target.parent.exists() else 'does not exist'}. Make it first: "
            f"os.makedirs({str(path.parent)!r})."
        )
    part = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb+") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            part.chmod(stat.S_IMODE(target.stat().st_mode))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Have the rename on the disk too, where the system can say so."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def may_write(path: Path, overwrite: bool) -> bool:
    """Whether to go on: nothing is in the way, or it may be overwritten, or the user at the terminal says so.

    Raises:
        FileExistsError: if there is nobody to ask.
    """
    if overwrite or not path.exists():
        return True
    answer = ""
    question = f"[WARNING] {path} already exists - overwrite? [y/n] "
    while answer not in ("y", "n"):
        try:
            answer = input(question).strip().lower()
        except EOFError:
            raise FileExistsError(
                f"The file is there already, and nobody can be asked whether to overwrite it: filepath={path}. Pass "
                "overwrite=True, or another name."
            ) from None
        question = 'Enter "y" (overwrite) or "n" (cancel). '
    return answer == "y"
