"""Pictures as arrays and back, with Pillow."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from denim import config
from denim.dtypes import standardize_dtype
from denim.suggest import did_you_mean

if TYPE_CHECKING:
    from PIL.Image import Image

_MODES = {"grayscale": ("L", "I;16", "I"), "rgb": ("RGB",), "rgba": ("RGBA",)}
_FORMATS = ("channels_first", "channels_last")
_WAYS = ("nearest", "bilinear", "bicubic", "hamming", "box", "lanczos")


def load_img(
    path: Any,
    color_mode: str = "rgb",
    target_size: Sequence[int] | None = None,
    interpolation: str = "nearest",
    keep_aspect_ratio: bool = False,
) -> Image:
    """The picture in a file.

    Args:
        path: of the file, or an ``io.BytesIO`` with what is in it.
        color_mode: "grayscale", "rgb" or "rgba".
        target_size: the height and width it is brought to.
        interpolation: how: "nearest", "bilinear", "bicubic", "lanczos", "box" or "hamming".
        keep_aspect_ratio: cut what is too much at the sides, instead of distorting it.

    Raises:
        ImportError: where Pillow is not installed.
        TypeError: for another kind of path.
        ValueError: for another mode or interpolation.

    Source: https://keras.io/api/data_loading/image/
    """
    pillow = _pillow()
    if color_mode not in _MODES:
        raise ValueError(
            f'color_mode must be "grayscale", "rgb", or "rgba". Received: {color_mode!r}.'
            + did_you_mean(color_mode, _MODES)
        )
    if interpolation not in _WAYS:
        raise ValueError(
            f"Invalid interpolation method {interpolation} specified. Supported methods are {', '.join(_WAYS)}."
            + did_you_mean(interpolation, _WAYS)
        )
    if not isinstance(path, (str, bytes, os.PathLike, io.BytesIO)):
        raise TypeError(f"path should be path-like or io.BytesIO, not {type(path)}")
    content = path if isinstance(path, io.BytesIO) else io.BytesIO(Path(os.fsdecode(path)).read_bytes())
    picture: Image = pillow.open(content)
    if picture.mode not in _MODES[color_mode]:
        picture = picture.convert(_MODES[color_mode][0])
    if target_size is None or picture.size == (target_size[1], target_size[0]):
        return picture
    height, width = target_size
    box = _middle(picture.size, (width, height)) if keep_aspect_ratio else None
    return picture.resize((width, height), getattr(pillow.Resampling, interpolation.upper()), box=box)


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> np.ndarray:
    """A picture as an array of shape (height, width, channels), or with the channels first.

    Args:
        img: a Pillow image.
        data_format: "channels_last" or "channels_first"; ``config.image_data_format()`` if left out.
        dtype: ``floatx()`` if left out.

    Raises:
        ValueError: for what is no picture, or another format.
    """
    first = _channels_first(data_format)
    array = np.asarray(img, dtype=standardize_dtype(dtype))
    if array.ndim not in (2, 3):
        raise ValueError(f"Unsupported image shape: {array.shape}")
    array = array.reshape(*array.shape[:2], -1)
    return array.transpose(2, 0, 1) if first else array


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Image:
    """An array as a picture.

    Args:
        x: of shape (height, width, channels) or with the channels first; 1, 3 or 4 channels.
        data_format: "channels_last" or "channels_first"; ``config.image_data_format()`` if left out.
        scale: bring the smallest number to 0 and the largest to 255.
        dtype: in which that is computed; ``floatx()`` if left out.

    Raises:
        ImportError: where Pillow is not installed.
        ValueError: for another shape or format.
    """
    pillow, first = _pillow(), _channels_first(data_format)
    array = np.array(x, dtype=standardize_dtype(dtype))
    if array.ndim != 3:
        raise ValueError(f"Expected image array to have rank 3 (single image). Got array with shape: {array.shape}")
    if first:
        array = array.transpose(1, 2, 0)
    if scale:
        array = array - array.min()
        largest = array.max()
        array = (array / largest if largest else array) * 255
    channels = array.shape[2]
    if channels not in (1, 3, 4):
        raise ValueError(f"Unsupported channel number: {channels}. A picture has 1, 3 or 4 of them.")
    plain = array[:, :, 0] if channels == 1 else array
    picture: Image = pillow.fromarray(plain.astype("int32" if channels == 1 and plain.max() > 255 else "uint8"))
    return picture


def save_img(
    path: Any, x: Any, data_format: str | None = None, file_format: str | None = None, scale: bool = True, **kwargs: Any
) -> None:
    """Write an array as a picture.

    Args:
        path: of the file, or an open file.
        x: see ``array_to_img``.
        data_format: see ``array_to_img``.
        file_format: such as "png"; what the path ends with if left out.
        scale: see ``array_to_img``.
        kwargs: more arguments for Pillow.

    Raises:
        ImportError: where Pillow is not installed.
        ValueError: for another shape or format.
    Warns:
        UserWarning: if four channels become three, since JPEG has no more.
    """
    if file_format is None and isinstance(path, (str, os.PathLike)):
        file_format = Path(path).suffix[1:].lower()
    if file_format and file_format.lower() == "jpg":
        file_format = "jpeg"
    picture = array_to_img(x, data_format, scale)
    if picture.mode == "RGBA" and file_format == "jpeg":
        warnings.warn("The JPEG format does not support RGBA images, converting to RGB.", stacklevel=2)
        picture = picture.convert("RGB")
    picture.save(path, format=file_format, **kwargs)


def _middle(size: tuple[int, int], target: tuple[int, int]) -> tuple[int, int, int, int]:
    """The largest box in the middle with the target's proportions: left, top, right, bottom."""
    (width, height), (wide, high) = size, target
    cut_height, cut_width = min(height, width * high // wide), min(width, height * wide // high)
    left, top = (width - cut_width) // 2, (height - cut_height) // 2
    return left, top, left + cut_width, top + cut_height


def _channels_first(data_format: str | None) -> bool:
    name = config.image_data_format() if data_format is None else str(data_format).lower()
    if name not in _FORMATS:
        raise ValueError(
            f"The `data_format` argument must be one of {', '.join(map(repr, _FORMATS))}. Received: {data_format!r}."
            + did_you_mean(name, _FORMATS)
        )
    return name == "channels_first"


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Pictures are read and written with Pillow. Type: pip install pillow") from error
    return Image
