"""Picture files as arrays of one size."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from denim.files.content import Pictures
from denim.files.errors import FileError
from denim.files.hints import Hints
from denim.files.packages import needed
from denim.files.spoken import hint

ENDINGS = frozenset(
    (".bmp", ".gif", ".jfif", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp")
)
_LARGEST = 128
"""Pixels a side that a dense network can be asked to look at unless told."""
_GREY_MODES = frozenset(("1", "L", "LA", "I", "I;16", "I;16B", "I;16L", "I;16N"))
_ORIENTATION, _TURNED = 0x0112, (5, 6, 7, 8)
"""The EXIF tag that says how the camera was held, and its values that swap width and height."""


@dataclass(frozen=True)
class _Header:
    size: tuple[int, int]
    grey: bool


def is_picture(path: Path) -> bool:
    """Whether the name ends as a picture's does."""
    return path.suffix.lower() in ENDINGS


def read_picture(path: Path, target: str | None, hints: Hints) -> Pictures:
    """A single picture, to predict from.

    Raises:
        FileError: it is broken.
    """
    images, notes = read_pictures(path, [path], hints)
    return Pictures(images, None, (path.name,), path, notes)


def read_pictures(path: Path, files: Sequence[Path], hints: Hints) -> tuple[np.ndarray, tuple[str, ...]]:
    """Pictures brought to one size, uint8, shape (files, height, width[, 3]); and notes on how.

    Args:
        path: what is being read, for messages.
        files: at least one.
        hints: ``size`` and ``colour``, where they are not to follow from the pictures.

    Raises:
        FileError: naming the picture that is broken.
    """
    image = needed("PIL.Image", path)
    headers = [_header(image, file) for file in files]
    notes = []
    size = hints.size
    if size is None:
        size, note = _common_size([header.size for header in headers])
        notes += [note] if note else []
    colour = not all(header.grey for header in headers) if hints.colour is None else hints.colour
    shape = (len(files), *size, 3) if colour else (len(files), *size)
    images = np.empty(shape, np.uint8)
    for at, file in enumerate(files):
        images[at] = _pixels(image, file, size, colour)
    if colour and hints.colour is None and _is_grey(images):
        images = np.ascontiguousarray(images[..., 0])
    return images, tuple(notes)


def fitted(path: Path, images: np.ndarray, hints: Hints) -> np.ndarray:
    """Grey pictures, uint8, shape (pictures, height, width), in the size and with the colours that are hinted."""
    if hints.size not in (None, images.shape[1:]):
        image = needed("PIL.Image", path)
        height, width = hints.size
        small = (image.fromarray(each).resize((width, height), image.Resampling.BILINEAR) for each in images)
        images = np.stack([np.asarray(each) for each in small])
    return np.repeat(images[..., None], 3, axis=3) if hints.colour else images


def _common_size(sizes: list[tuple[int, int]]) -> tuple[tuple[int, int], str]:
    """The size that most pictures have, the larger of two as common, made smaller where it is beyond all bounds."""
    counts = Counter(sizes)
    size = max(counts, key=lambda each: (counts[each], each[0] * each[1], each))
    factor = min(1.0, _LARGEST / max(size))
    height, width = (max(1, round(side * factor)) for side in size)
    if factor < 1:
        return (height, width), (
            f"The pictures are large (most are {size[1]}×{size[0]}, width by height), and are brought to "
            f"{width}×{height}; {hint('size', (height, width))} says otherwise."
        )
    if len(counts) > 1:
        others = len(sizes) - counts[size]
        return size, (
            f"Most pictures are {width}×{height}, width by height; {others:,} of {len(sizes):,} are not, and are "
            f"stretched or shrunk to it; {hint('size', (height, width))} says otherwise."
        )
    return size, ""


def _header(image: Any, file: Path) -> _Header:
    with _reporting(image, file), image.open(file) as picture:
        width, height = picture.size
        turned = picture.getexif().get(_ORIENTATION) in _TURNED
        return _Header((width, height) if turned else (height, width), picture.mode in _GREY_MODES)


def _pixels(image: Any, file: Path, size: tuple[int, int], colour: bool) -> np.ndarray:
    from PIL import ImageOps

    with _reporting(image, file), image.open(file) as opened:
        opened.draft(None, (2 * max(size),) * 2)  # large JPEGs are decoded smaller, which is far quicker
        picture = ImageOps.exif_transpose(opened)
        if picture.mode.startswith("I"):
            picture = image.fromarray((np.asarray(picture).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8))
        if "A" in picture.getbands() or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            white = image.new("RGBA", picture.size, "white")
            picture = image.alpha_composite(white, picture)
        picture = picture.convert("RGB" if colour else "L")
        if picture.size != (size[1], size[0]):
            picture = picture.resize((size[1], size[0]), image.Resampling.BILINEAR)
        return np.asarray(picture)


class _reporting:
    """Within, whatever a broken picture raises is a FileError that names it."""

    def __init__(self, image: Any, file: Path) -> None:
        self._file = file
        self._broken = (
            OSError,
            SyntaxError,
            ValueError,
            EOFError,
            image.DecompressionBombError,
            image.DecompressionBombWarning,
        )
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        self._warnings.__enter__()
        warnings.simplefilter("error")

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self._warnings.__exit__(kind, error, trace)
        if isinstance(error, (*self._broken, Warning)):
            raise FileError(
                self._file, f"It is a broken picture: {error}.", "Take it away, or put a whole one in its place."
            ) from error


def _is_grey(images: np.ndarray) -> bool:
    return all(np.array_equal(images[..., 0], images[..., channel]) for channel in (1, 2))
