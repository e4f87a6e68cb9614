"""Unpacking archives from strangers: into one folder, files and folders only, and no more than the disk can take."""

from __future__ import annotations

import os
import shutil
import stat
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

LARGEST_GROWTH = 200
"""An archive that unpacks to more than so many times its size ..."""
SMALL = 1 << 30
"""... and to more than so many bytes is taken for a bomb."""

_CHUNK = 1 << 20
_Member = tuple[str, bool, Callable[[], IO[bytes] | None]]
"""A name, whether it is a folder, and a function that opens it if it is a file; what is neither opens as None."""


def unpack(archive: Path, folder: Path, formats: str | Sequence[str] | None) -> bool:
    """Unpack into ``folder``, which is replaced when all is there; return False if the archive is of no such format.

    Raises:
        NotImplementedError: for a format that is neither "tar", "zip", "auto" nor None.
        ValueError: for an archive that unpacks to too much.
    """
    names = ["tar", "zip"] if formats == "auto" else [formats] if isinstance(formats, str) else list(formats or ())
    for name in names:
        if name not in ("tar", "zip"):
            raise NotImplementedError(f"Archives are unpacked of the formats 'tar' and 'zip'. Received: {name!r}")
        if name == "tar" and tarfile.is_tarfile(archive):
            with tarfile.open(archive) as tar:
                _unpack(_tar_members(tar), archive, folder)
            return True
        if name == "zip" and zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as file:
                _unpack(_zip_members(file), archive, folder)
            return True
    return False


def _tar_members(archive: tarfile.TarFile) -> Iterator[_Member]:
    for member in archive:
        plain = member.isreg() and not member.issparse()
        yield (
            member.name,
            member.isdir(),
            lambda member=member, plain=plain: (  # type: ignore[misc]
                archive.extractfile(member) if plain else None
            ),
        )


def _zip_members(archive: zipfile.ZipFile) -> Iterator[_Member]:
    for member in archive.infolist():
        kind = stat.S_IFMT(member.external_attr >> 16)
        plain = kind in (0, stat.S_IFREG)
        yield (
            member.filename,
            member.is_dir(),
            lambda member=member, plain=plain: (  # type: ignore[misc]
                archive.open(member) if plain else None
            ),
        )


def _unpack(members: Iterator[_Member], archive: Path, folder: Path) -> None:
    room = _new_folder(folder, "part")
    limit = max(SMALL, LARGEST_GROWTH * archive.stat().st_size)
    left = min(limit, shutil.disk_usage(room).free)
    try:
        for name, is_folder, open_file in members:
            parts = _parts(name)
            stream = None if is_folder or parts is None else open_file()
            if parts is None or (stream is None and not is_folder):
                warnings.warn(f"Skipping invalid path during archive extraction: {name!r}.", stacklevel=4)
                continue
            target = room.joinpath(*parts)
            (target if is_folder else target.parent).mkdir(parents=True, exist_ok=True)
            if stream is not None:
                with stream, target.open("wb") as out:
                    left = _copy(stream, out, left, archive)
        _replace(folder, room)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _parts(name: str) -> tuple[str, ...] | None:
    """The names of the folders and the file below the folder it is unpacked to; None if it leads elsewhere."""
    path, windows = PurePosixPath(name), PureWindowsPath(name)
    if path.is_absolute() or windows.drive or windows.root or ".." in (*path.parts, *windows.parts) or "\0" in name:
        return None
    return path.parts


def _copy(stream: IO[bytes], out: Any, left: int, archive: Path) -> int:
    while chunk := stream.read(_CHUNK):
        left -= len(chunk)
        if left < 0:
            raise ValueError(
                f"The archive {archive} unpacks to more than {LARGEST_GROWTH} times its size, or more than fits. If "
                "you trust it, unpack it by hand."
            )
        out.write(chunk)
    return left


def _new_folder(beside: Path, purpose: str) -> Path:
    """A new folder, hidden, in the same place."""
    folder = beside.with_name(f".{beside.name}.{os.getpid()}-{os.urandom(4).hex()}.{purpose}")
    folder.mkdir()
    return folder


def _replace(folder: Path, new: Path) -> None:
    """Put ``new`` in the place of ``folder``."""
    if folder.is_dir():
        old = _new_folder(folder, "old")
        folder.replace(old / "old")
        new.replace(folder)
        shutil.rmtree(old, ignore_errors=True)
    else:
        new.replace(folder)
