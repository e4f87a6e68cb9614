"""PNG files in memory."""

from __future__ import annotations

import struct
import zlib

import numpy as np

_COLOUR_TYPES = {1: 0, 3: 2, 4: 6}
"""By the number of channels. Source: PNG specification, third edition, 11.2.1."""


def encoded(pixels: np.ndarray) -> bytes:
    """``pixels``, uint8 of shape (height, width, 1, 3 or 4), as a PNG: grey, RGB or RGBA."""
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    unfiltered = np.zeros((height, 1), np.uint8)
    rows = np.hstack([unfiltered, pixels.reshape(height, -1)]).tobytes()
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, *zip(*chunks, strict=True)))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
