"""IDX files: pictures, and their classes in a file beside them."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from denim.datasets import idx
from denim.datasets.catalog import IdxFile
from denim.datasets.errors import Damaged
from denim.files.content import Pictures
from denim.files.errors import FileError
from denim.files.hints import Hints

_HALVES = (("images", "labels"), ("idx3", "idx1"))


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
        return _pair(other, _array(other), path, first, other)
    return _pair(path, first, other, None if other is None else _array(other), other)


def _pair(
    path: Path, images: np.ndarray, labels_path: Path | None, labels: np.ndarray | None, other: Path | None
) -> Pictures:
    if images.ndim != 3:
        raise FileError(path, f"Pictures have 3 axes, number, height and width, and these have shape {images.shape}.")
    names = tuple(map(str, range(len(images))))
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
