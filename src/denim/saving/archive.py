"""The `.keras` archive: an uncompressed zip of metadata, configuration and weights."""

from __future__ import annotations

import datetime
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from denim.saving.errors import ModelFileError
from denim.saving.text import MAX_BYTES, read_json

METADATA, CONFIG, WEIGHTS = "metadata.json", "config.json", "model.weights.h5"
_MEMBERS = (METADATA, CONFIG, WEIGHTS)
_ASSETS = "assets/"
PREPARATION = f"{_ASSETS}preparation.json"
"""How raw data become the model's inputs. Keras takes no notice of it."""

_VOCABULARY = re.compile(rf"{_ASSETS}((?:[^/\\]+/)*vocabulary\.txt)")
"""The tokens of a layer that learnt some."""
MAX_VOCABULARY_BYTES = 64 << 20

KERAS_VERSION = "3.15.1"
"""The version of Keras whose layout is written."""

_DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What ``zipfile`` raises for a file that is none, or is broken."""


@dataclass(frozen=True)
class Archive:
    """What a `.keras` file holds: its configuration, its weights as an HDF5 file, and whether Keras 2 wrote it.

    Attributes:
        preparation: the configuration of the model's preparation, if the file has one.
        vocabularies: text files of tokens, by their paths within the assets.
    """

    config: dict[str, Any]
    weights: bytes
    older: bool
    preparation: dict[str, Any] | None = None
    vocabularies: Mapping[str, bytes] = field(default_factory=dict)


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
                vocabularies = {
                    match[1]: archive.read(members[name]) for name in members if (match := _VOCABULARY.fullmatch(name))
                }
                weights = archive.read(members[WEIGHTS])
                return Archive(found[CONFIG], weights, older, found.get(PREPARATION), vocabularies)
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
        asset = name.startswith(_ASSETS) and ".." not in name.split("/") and "\\" not in name
        vocabulary = asset and _VOCABULARY.fullmatch(name) is not None
        if asset and not vocabulary and name != PREPARATION:
            continue
        if not vocabulary and name not in (*_MEMBERS, PREPARATION):
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
        if vocabulary and member.file_size > MAX_VOCABULARY_BYTES:
            raise ModelFileError(
                f"A vocabulary may have at most {MAX_VOCABULARY_BYTES} bytes. Received: {name} of {member.file_size} "
                "bytes."
            )
        found[name] = member
    if sum(member.file_size for member in found.values()) > size:
        raise ModelFileError(
            f"The parts of a file have no more bytes than the file. Received: parts that lie over one another, in a "
            f"file of {size} bytes."
        )
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
    vocabularies: Mapping[str, str] | None = None,
) -> None:
    """Write a `.keras` file.

    Args:
        file: to write it to.
        config: the configuration as JSON.
        write_weights: writes the HDF5 file of weights.
        spare: a file to write that to first, since it is written here and there and a zip from front to back.
        preparation: the configuration of the model's preparation as JSON, if it has one.
        vocabularies: text files of tokens, by their paths within the assets.
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
        for path, text in (vocabularies or {}).items():
            archive.writestr(f"{_ASSETS}{path}", text)
