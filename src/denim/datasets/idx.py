"""Reading IDX files, gzipped or not, as data that may be hostile.

The format: http://yann.lecun.com/exdb/mnist/ (two zero bytes, element type, number of axes, sizes,
then the elements in C order). What a file must hold is known beforehand from the catalog, so that
nothing in the file decides how much memory or time reading it takes.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from typing import Protocol, TypeAlias

import numpy as np

from denim.datasets.catalog import IdxFile
from denim.datasets.errors import Damaged

Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

_ELEMENT_TYPES = {
    0x08: "uint8",
    0x09: "int8",
    0x0B: "int16",
    0x0C: "int32",
    0x0D: "float32",
    0x0E: "float64",
}


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...
    def readinto(self, buffer: memoryview, /) -> int: ...


def read(stream: io.BufferedReader, expected: IdxFile) -> Array:
    """Return the array of shape ``expected.shape`` in ``stream``, unpacking gzip if it is gzip.

    Raises:
        Damaged: the content differs from ``expected`` in header, size or checksum.
    """
    if stream.peek(1)[:1] != b"\x1f":
        return _read_content(stream, expected)
    import gzip

    try:
        with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
            return _read_content(unpacked, expected)
    except EOFError:
        raise Damaged("truncated: the gzip stream ends too early") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise Damaged(f"damaged gzip stream: {error}") from None


def _read_content(stream: _Readable, expected: IdxFile) -> Array:
    header = stream.read(len(expected.header))
    _check_header(header, expected)
    array = np.empty(expected.shape, dtype=np.uint8)
    got = _fill(stream, array.reshape(-1).data)
    if got < array.size:
        raise Damaged(f"truncated: {len(header) + got} of {expected.nbytes} bytes")
    if stream.read(1):
        raise Damaged(f"too long: it goes on after the expected {expected.nbytes} bytes")
    if expected.sha256 is None:
        return array
    digest = hashlib.sha256(header)
    digest.update(array.data)
    if digest.hexdigest() != expected.sha256:
        raise Damaged(f"its content has SHA-256 {digest.hexdigest()}, expected {expected.sha256}")
    return array


def _check_header(header: bytes, expected: IdxFile) -> None:
    want = expected.header
    if header == want:
        return
    if len(header) < len(want):
        raise Damaged(f"truncated: {len(header)} of {expected.nbytes} bytes")
    if header[:2] != want[:2] or header[2] not in _ELEMENT_TYPES:
        begin, due = header[:4].hex(" "), want[:4].hex(" ")
        raise Damaged(f"not an IDX file: it begins with {begin}, expected {due}")
    if header[2] != want[2]:
        raise Damaged(f"it holds {_ELEMENT_TYPES[header[2]]} elements, expected uint8")
    if header[3] != want[3]:
        raise Damaged(f"it has {header[3]} axes, expected {want[3]}: shape {expected.shape}")
    shape = tuple(int.from_bytes(header[at : at + 4], "big") for at in range(4, len(want), 4))
    raise Damaged(f"it has shape {shape}, expected {expected.shape}")


def _fill(stream: _Readable, view: memoryview) -> int:
    """Read until ``view`` is full or ``stream`` ends; return the number of bytes read."""
    done = 0
    while done < len(view):
        count = stream.readinto(view[done:])
        if not count:
            break
        done += count
    return done
