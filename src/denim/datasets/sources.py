"""Where data sets are looked for, in which order, and what is said when none has them.

A file is known by its checksum, so the files of one data set may come from several places: a cache
that lost one file is completed, not fetched anew.
"""

from __future__ import annotations

import os
import stat
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from denim.datasets import cache, idx
from denim.datasets.catalog import Dataset, Publication, PublishedFile, SingleFile
from denim.datasets.errors import (
    Damaged,
    DatasetNotFoundError,
    DatasetWarning,
    NotHere,
    Unavailable,
)

Split: TypeAlias = tuple[idx.Array, idx.Array]


class Source(Protocol):
    """A place that may have files of data sets."""

    @property
    def place(self) -> str:
        """How the place is called in messages."""

    @property
    def keep(self) -> bool:
        """Whether what it gives is worth a copy in denim's cache."""

    @property
    def local(self) -> bool:
        """Whether a damaged file there is the user's, who should hear of it at once."""

    def read(self, file: PublishedFile) -> Any:
        """Return a file's content, or raise Unavailable, NotHere or Damaged."""


def load(dataset: Dataset) -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)`` from the first places that have them.

    Raises:
        DatasetNotFoundError: the places together lack a file.
    Warns:
        DatasetWarning: the folder ``DENIM_DATA`` lacks a file that another place has.
    """
    found = _find(dataset)
    train = found[dataset.train_images], found[dataset.train_labels]
    return train, (found[dataset.test_images], found[dataset.test_labels])


def content(dataset: SingleFile) -> bytes:
    """Return the one file's bytes from the first place that has them.

    Raises:
        DatasetNotFoundError: no place has it.
    Warns:
        DatasetWarning: the folder ``DENIM_DATA`` lacks it, but another place has it.
    """
    found: bytes = _find(dataset)[dataset.file]
    return found


def _find(dataset: Publication) -> dict[PublishedFile, Any]:
    found: dict[PublishedFile, Any] = {}
    tried: list[str] = []
    givers: list[str] = []
    keeping = True
    for source in _itinerary(dataset):
        missing = [file for file in dataset.files if file not in found]
        had, outcome = _visit(source, missing, dataset)
        found |= had
        tried.append(f"{source.place}: {outcome}")
        givers += [source.place] if had else []
        if source.keep and keeping:
            keeping = _keep(had, dataset, warn=not source.local)
        if len(found) == len(dataset.files):
            break
    else:
        raise DatasetNotFoundError(_not_found(dataset, found, tried))
    if os.environ.get("DENIM_DATA") and len(tried) > 1:
        warnings.warn(
            f"{dataset.title}: {tried[0]}; taken from {' and '.join(givers)}. Correct DENIM_DATA, or unset it.",
            DatasetWarning,
            stacklevel=4,
        )
    return found


class Folder:
    """Files in folders of this machine; the first good copy counts."""

    local = True

    def __init__(self, place: str, *folders: Path, keep: bool = False) -> None:
        self.place = place
        self.keep = keep
        self._folders = folders

    def read(self, file: PublishedFile) -> Any:
        """Return a file's content, or raise Unavailable, NotHere or Damaged."""
        obstacles = {folder: _obstacle(folder) for folder in self._folders}
        if all(obstacles.values()):
            raise Unavailable(obstacles[self._folders[-1]])
        problems: list[str] = []
        open_folders = (folder for folder, obstacle in obstacles.items() if not obstacle)
        for path in (folder / name for folder in open_folders for name in file.filenames):
            try:
                return _read_path(path, file)
            except FileNotFoundError:
                continue
            except Damaged as error:
                problems.append(f"{path}: {error}")
            except OSError as error:
                problems.append(f"{path}: {error.strerror}")
        if problems:
            raise Damaged("; ".join(problems))
        raise NotHere("not there")


class Closed:
    """A place that is known beforehand to give nothing."""

    keep = False
    local = True

    def __init__(self, place: str, reason: str) -> None:
        self.place = place
        self._reason = reason

    def read(self, file: PublishedFile) -> Any:
        """Raise Unavailable."""
        raise Unavailable(self._reason)


def offline() -> bool:
    """Whether ``DENIM_OFFLINE`` keeps off the network."""
    return os.environ.get("DENIM_OFFLINE", "").lower() not in ("", "0", "false", "no", "off")


def _itinerary(dataset: Publication) -> Iterator[Source]:
    yield _chosen_folder(dataset)
    yield _denim_cache(dataset)
    yield _keras_cache(dataset)
    package = dataset.debian_package
    if package:
        yield _installed_package(package, dataset)
    closed = offline()
    skipped = f"skipped, because DENIM_OFFLINE={os.environ.get('DENIM_OFFLINE')}"
    if dataset.urls:
        from denim.datasets.download import Website

        for url in dataset.urls:
            yield Closed(url, skipped) if closed else Website(url)
    if package:
        from denim.datasets.debian import Archive

        archive = Archive(package, dataset)
        yield Closed(archive.place, skipped) if closed else archive


def _chosen_folder(dataset: Publication) -> Source:
    chosen = os.environ.get("DENIM_DATA")
    if not chosen:
        return Closed("DENIM_DATA", "not set")
    base = Path(chosen).expanduser()
    return Folder(f"DENIM_DATA ({base})", *(base / name for name in dataset.subfolders), base)


def _denim_cache(dataset: Publication) -> Source:
    try:
        folder = cache.folder(dataset)
    except Unavailable as error:
        return Closed("denim's cache", str(error))
    return Folder(f"denim's cache ({folder})", folder)


def _keras_cache(dataset: Publication) -> Source:
    try:
        chosen = os.environ.get("KERAS_HOME")
        base = Path(chosen).expanduser() if chosen else cache.home() / ".keras"
    except Unavailable as error:
        return Closed("Keras's cache", str(error))
    folder = base / "datasets" / dataset.name
    return Folder(f"Keras's cache ({folder})", folder, keep=True)


def _installed_package(package: str, dataset: Publication) -> Source:
    from denim.datasets.debian import installed_folders

    place = f"Debian package {package}"
    try:
        return Folder(place, *installed_folders(package, dataset), keep=True)
    except Unavailable as error:
        return Closed(place, str(error))


def _visit(source: Source, missing: list[PublishedFile], dataset: Publication) -> tuple[dict[PublishedFile, Any], str]:
    """Ask ``source`` for each missing file; return what it had, and the outcome in words."""
    had: dict[PublishedFile, Any] = {}
    problems: dict[str, list[str]] = {}
    for file in missing:
        try:
            had[file] = source.read(file)
        except Unavailable as error:
            return had, str(error)
        except NotHere as error:
            problems.setdefault(str(error), []).append(file.name)
        except Damaged as error:
            problems.setdefault(str(error), []).append(file.name)
            if source.local:
                warnings.warn(f"{dataset.title}: not used: {error}", DatasetWarning, stacklevel=5)
    return had, "; ".join(f"{', '.join(names)}: {what}" for what, names in problems.items())


def _obstacle(folder: Path) -> str:
    """Why ``folder`` cannot be searched, or an empty string."""
    try:
        mode = folder.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return "no such folder"
    except OSError as error:
        return error.strerror or str(error)
    if not stat.S_ISDIR(mode):
        return "not a folder"
    return "" if os.access(folder, os.X_OK) else "Permission denied"


def _read_path(path: Path, file: PublishedFile) -> Any:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
        raise Damaged("not a regular file")
    if status.st_size > file.max_packed:
        raise Damaged(f"too long: {status.st_size} bytes, expected {file.sizes}")
    with path.open("rb") as stream:
        return file.read(stream)


def _keep(had: dict[PublishedFile, Any], dataset: Publication, *, warn: bool) -> bool:
    """Put files into denim's cache; return False where that fails."""
    try:
        folder = cache.folder(dataset)
        for file, array in had.items():
            cache.store(array, file, folder)
    except (OSError, Unavailable) as error:
        if warn:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            warnings.warn(
                f"{dataset.title} was fetched but could not be kept in denim's cache: {reason}; "
                "set DENIM_HOME to a folder you can write",
                DatasetWarning,
                stacklevel=5,
            )
        return False
    return True


def _not_found(dataset: Publication, found: dict[PublishedFile, Any], tried: list[str]) -> str:
    lacking = [file.name for file in dataset.files if file not in found]
    names = ", ".join(file.published for file in dataset.files)
    lines = [f"{dataset.title} is not on this machine and could not be fetched."]
    if found:
        lines.append(f"Still missing: {', '.join(lacking)}.")
    lines.append("Places tried:")
    lines += [f"  {number}. {outcome}" for number, outcome in enumerate(tried, start=1)]
    lines.append("Any one of these helps:")
    lines.append(f"  - set DENIM_DATA to a folder with the file{'s' if len(dataset.files) > 1 else ''} {names}")
    if dataset.urls:
        lines.append(f"    (published below {' and '.join(dataset.urls)})")
    if dataset.debian_package:
        lines.append(f"  - on Debian or Ubuntu: sudo apt-get update && sudo apt-get install {dataset.debian_package}")
    if any("DENIM_OFFLINE=" in outcome for outcome in tried):
        lines.append("  - with a network: unset DENIM_OFFLINE")
    return "\n".join(lines)
