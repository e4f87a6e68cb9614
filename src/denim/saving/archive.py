"""The `.keras` archive: an uncompressed zip of metadata, configuration and weights."""

from __future__ import annotations

import datetime
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from denim.saving.errors import ModelFileError
from denim.saving.text import MAX_BYTES, read_json

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
_MEMBERS = (METADATA, CONFIG, WEIGHTS)
_ASSETS = "assets/"
PREPARATION = f"{_ASSETS}preparation.json"
"""How raw data become the model's inputs. Keras takes no notice of it."""

KERAS_VERSION = "3.15.1"
"""The version of Keras whose layout is written."""

_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What ``zipfile`` raises for a file that is none, or is broken."""


@dataclass(frozen=True)
class Archive:
    """What a `.keras` file holds: its configuration, its weights as an HDF5 file, and whether Keras 2 wrote it.

    Attributes:
        preparation: the configuration of the model's preparation, if the file has one.
    """

    config: dict[str, Any]
    weights: bytes
    older: bool
    preparation: dict[str, Any] | None = None


def read_archive(path: Path) -> Archive:
    """Read a `.keras` file, whose members are looked at before they are read.

    Raises:
        ModelFileError: for anything that Keras does not write.
    """
    with path.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        try:
            with zipfile.ZipFile(file) as archive:
                members = _members(archive, size)
                texts = [name for name in (METADATA, CONFIG, PREPARATION) if name in members]
                for name in texts:
                    if members[name].file_size > MAX_BYTES:
                        raise ModelFileError(
                            f"{name} may have at most {MAX_BYTES} bytes. Received: {members[name].file_size} bytes."
                        )
                found = {name: read_json(archive.read(members[name]), name) for name in texts}
                older = str(found[METADATA].get("keras_version")).startswith("2.")
                return Archive(found[CONFIG], archive.read(members[WEIGHTS]), older, found.get(PREPARATION))
        except ModelFileError:
            raise
        except _DAMAGED as error:
            raise ModelFileError(
                f"A `.keras` file is a zip archive. Received one that cannot be read: {error}. Was it copied whole?"
            ) from error


def _members(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    """The members to read by name, none of which takes more memory than it has bytes in the file."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.orig_filename
        if name != PREPARATION and name.startswith(_ASSETS) and ".." not in name.split("/") and "\\" not in name:
            continue
        if name not in (*_MEMBERS, PREPARATION):
            raise ModelFileError(f"A `.keras` file holds {', '.join(_MEMBERS)}, and assets/. Received: {name!r} in it.")
        if name in found:
            raise ModelFileError(f"A `.keras` file holds each of its parts once. Received: {name} twice.")
        if member.flag_bits & 0x1:
            raise ModelFileError(f"A `.keras` file is not encrypted. Received: {name} encrypted.")
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise ModelFileError(
                f"The parts of a `.keras` file are not compressed. Received: {name} of {member.file_size} bytes in "
                f"{member.compress_size}. Unpack it and pack it again without compression: `zip -0`."
            )
        if member.header_offset + member.file_size > size:
            raise ModelFileError(
                f"A part of a file is no larger than the file. Received: {name} of {member.file_size} bytes in a "
                f"file of {size} bytes. Was it copied whole?"
            )
        found[name] = member
    missing = [name for name in _MEMBERS if name not in found]
    if missing:
        raise ModelFileError(f"A `.keras` file holds {', '.join(_MEMBERS)}. Received: none of {', '.join(missing)}.")
    return found


def write_archive(
    file: IO[bytes],
    config: str,
    write_weights: Callable[[IO[bytes]], None],
    spare: IO[bytes],
    preparation: str | None = None,
) -> None:
    """Write a `.keras` file.

    Args:
        file: to write it to.
        config: the configuration as JSON.
        write_weights: writes the HDF5 file of weights.
        spare: a file to write that to first, since it is written here and there and a zip from front to back.
        preparation: the configuration of the model's preparation as JSON, if it has one.
    """
    now = datetime.datetime.now()
    metadata = {"keras_version": KERAS_VERSION, "date_saved": now.strftime("%Y-%m-%d@%H:%M:%S")}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(METADATA, json.dumps(metadata))
        archive.writestr(CONFIG, config)
        if preparation is not None:
            archive.writestr(PREPARATION, preparation)
        write_weights(spare)
        spare.seek(0)
        with archive.open(WEIGHTS, "w", force_zip64=True) as member:
            shutil.copyfileobj(spare, member, 1 << 20)
