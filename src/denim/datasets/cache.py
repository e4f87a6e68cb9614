"""denim's own folder for data sets: files land there whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from denim.datasets.catalog import Publication, PublishedFile
from denim.datasets.errors import Unavailable


def home() -> Path:
    """The user's home folder.

    Raises:
        Unavailable: the user has none (a container run under a bare user number).
    """
    try:
        return Path.home()
    except RuntimeError:
        raise Unavailable("the user has no home folder; set DENIM_HOME to a folder") from None


def folder(dataset: Publication) -> Path:
    """``datasets/<name>`` in ``$DENIM_HOME``, ``$XDG_CACHE_HOME/denim`` or ``~/.cache/denim``."""
    if chosen := os.environ.get("DENIM_HOME"):
        base = Path(chosen).expanduser()
    elif (shared := Path(os.environ.get("XDG_CACHE_HOME", ""))).is_absolute():
        base = shared / "denim"
    else:
        base = home() / ".cache" / "denim"
    return base / "datasets" / dataset.name


def store(content: Any, file: PublishedFile, into: Path) -> None:
    """Write what was read of ``file``: a temporary file beside it, fsync, then an atomic rename.

    Raises:
        OSError: the folder cannot be made or written. Nothing of the file is left.
    """
    into.mkdir(parents=True, exist_ok=True)
    part = into / f".{file.name}.{os.getpid()}-{os.urandom(4).hex()}.part"
    try:
        with part.open("xb") as out:
            file.write(content, out)
            out.flush()
            os.fsync(out.fileno())
        part.replace(into / file.name)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
