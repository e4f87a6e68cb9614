"""IDX files: pictures, and their classes in a file beside them; and folders of such files."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from denim.datasets import idx
from denim.datasets.catalog import IdxFile
from denim.datasets.errors import Damaged
from denim.files.content import Pictures
from denim.files.errors import FileError
from denim.files.hints import Hints
from denim.files.pictures import fitted

_HALVES = (("images", "labels"), ("idx3", "idx1"))
_LEARNT, _JUDGED = ("train",), ("t10k", "test")
"""What the names of files say that are to be learnt from, and of those kept for testing."""
_BEGINNING = 4


def is_idx(head: bytes) -> bool:
    """Whether a file that begins so, unpacked, is one."""
    return len(head) >= _BEGINNING and head[:2] == b"\0\0" and 0x08 <= head[2] <= 0x0E and 1 <= head[3] <= 8


def idx_files(files: Sequence[Path]) -> list[Path]:
    """Those that are IDX files, packed or not; of one that is there both ways, the one that is not packed."""
    found = {each.name.removesuffix(".gz"): each for each in sorted(files, reverse=True) if is_idx(_head(each))}
    return sorted(found.values())


def read_idx_folder(path: Path, files: Sequence[Path], hints: Hints) -> Pictures:
    """The pictures in a folder's IDX files: one set; or one to be learnt from, and one that is kept for testing.

    Raises:
        FileError: there are others, or one cannot be read.
    """
    sets = [each for each in files if _head(each)[3] > 1]
    if not sets:
        raise FileError(path, f"It holds classes, {files[0].name}, and not their pictures.", "Put them beside.")
    if len(sets) == 1:
        return read_idx(sets[0], None, hints)
    learnt, judged = (
        [each for each in sets if any(word in each.name.lower() for word in words)] for words in (_LEARNT, _JUDGED)
    )
    if len(sets) > 2 or len(learnt) != 1 or len(judged) != 1 or learnt == judged:
        names = ", ".join(each.name for each in sets)
        raise FileError(path, f"It holds {len(sets)} sets of pictures: {names}.", f"Name the one meant, as {sets[0]}.")
    found, test = (read_idx(each, None, hints) for each in (*learnt, *judged))
    notes = (f"Pictures: those of {learnt[0].name}.", *found.notes)
    if test.labels is None:
        return replace(found, notes=(*notes, f"Left out, {judged[0].name}: there are no classes beside it."))
    return replace(
        found, test=test, notes=(*notes, f"Kept for testing: the {len(test):,} pictures of {judged[0].name}.")
    )


def read_idx(path: Path, target: str | None, hints: Hints) -> Pictures:
    """The pictures in an IDX file, with their classes if the other file is there. Either of the two may be named.

    Raises:
        FileError: a file is damaged or holds anything else, or the two do not match.
    """
    first = _array(path)
    other = _beside(path, back=first.ndim == 1)
    if first.ndim == 1:
        if other is None:
            raise FileError(
                path, "It holds classes, and there is no file of their pictures.", "Put it beside this one."
            )
        return _pair(other, _array(other), path, first, other, hints)
    return _pair(path, first, other, None if other is None else _array(other), other, hints)


def _pair(
    path: Path,
    images: np.ndarray,
    labels_path: Path | None,
    labels: np.ndarray | None,
    other: Path | None,
    hints: Hints,
) -> Pictures:
    if images.ndim != 3:
        raise FileError(path, f"Pictures have 3 axes, number, height and width, and these have shape {images.shape}.")
    names = tuple(map(str, range(len(images))))
    images = fitted(path, images, hints)
    if labels is None or labels_path is None or other is None:
        return Pictures(images, None, names, path, ("There are no classes beside the pictures.",))
    if labels.shape != images.shape[:1]:
        raise FileError(
            path,
            f"It holds {len(images):,} pictures, and {labels_path.name} {len(labels):,} classes.",
            "Do they belong together?",
        )
    return Pictures(images, labels, names, path, (f"Pictures and classes: with {other.name}.",))


def _beside(path: Path, back: bool) -> Path | None:
    """The file of classes beside one of pictures, or ``back``; packed or not."""
    name = path.name
    for images, labels in _HALVES:
        name = name.replace(labels, images) if back else name.replace(images, labels)
    if name == path.name:
        return None
    plain = name.removesuffix(".gz")
    tried = (path.with_name(each) for each in (name, plain, f"{plain}.gz"))
    return next((each for each in tried if each.is_file()), None)


def _array(path: Path) -> np.ndarray:
    try:
        shape = _shape(path)
        with path.open("rb") as stream:
            return idx.read(stream, IdxFile(path.name, shape, sha256=None))
    except (Damaged, EOFError, gzip.BadGzipFile, MemoryError, ValueError) as error:
        raise FileError(path, f"It cannot be read as IDX: {error}.") from error


def _shape(path: Path) -> tuple[int, ...]:
    """As the file's header has it."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if packed else path.open("rb") as stream:
        axes = stream.read(4)[3]
        sizes = stream.read(4 * axes)
    return tuple(int.from_bytes(sizes[at : at + 4], "big") for at in range(0, len(sizes), 4))


def _head(path: Path) -> bytes:
    """How the file begins, unpacked; nothing of one that cannot be."""
    with path.open("rb") as file:
        head = file.read(_BEGINNING)
    if head[:2] != b"\x1f\x8b":
        return head
    try:
        with gzip.open(path) as unpacked:
            return unpacked.read(_BEGINNING)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return b""
