"""Reading one IDX file, good or hostile."""

from __future__ import annotations

import gzip
import io
import re
import tracemalloc

import numpy as np
import pytest

from denim.datasets import idx
from denim.datasets.catalog import FASHION_MNIST, IdxFile
from denim.datasets.errors import Damaged

ARRAY = np.arange(24, dtype=np.uint8).reshape(4, 3, 2)
CONTENT = bytes.fromhex("00000803 00000004 00000003 00000002") + ARRAY.tobytes()
FILE = IdxFile("images", (4, 3, 2), "57f85741a8221ce7bafcd8277218c7b7998792fe4ec1e868757f2813bec7bb51")


def read(data: bytes) -> idx.Array:
    return idx.read(io.BufferedReader(io.BytesIO(data)), FILE)


def changed(at: int, byte: int) -> bytes:
    return CONTENT[:at] + bytes([byte]) + CONTENT[at + 1 :]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_returns_the_array(pack):
    array = read(pack(CONTENT))
    assert array.dtype == np.uint8
    assert array.flags.writeable
    np.testing.assert_array_equal(array, ARRAY)


def test_the_catalog_knows_header_and_size():
    assert FILE.header == CONTENT[:16]
    assert FILE.nbytes == len(CONTENT)
    assert [file.nbytes for file in FASHION_MNIST.files] == [47040016, 60008, 7840016, 10008]


WRONG = {
    "empty": (b"", "truncated: 0 of 40 bytes"),
    "header cut": (CONTENT[:9], "truncated: 9 of 40 bytes"),
    "elements cut": (CONTENT[:-1], "truncated: 39 of 40 bytes"),
    "too long": (CONTENT + b"\0", "too long: it goes on after the expected 40 bytes"),
    "web page": (
        b"<html>Service unavailable</html>",
        "not an IDX file: it begins with 3c 68 74 6d, expected 00 00 08 03",
    ),
    "unknown type": (changed(2, 7), "not an IDX file: it begins with 00 00 07 03, expected 00 00 08 03"),
    "other type": (changed(2, 0x0D), "it holds float32 elements, expected uint8"),
    "other axes": (changed(3, 1), "it has 1 axes, expected 3: shape (4, 3, 2)"),
    "other shape": (changed(7, 9), "it has shape (9, 3, 2), expected (4, 3, 2)"),
    "huge shape": (changed(4, 255), "it has shape (4278190084, 3, 2), expected (4, 3, 2)"),
    "one byte changed": (
        changed(39, 255),
        "its content has SHA-256 f6f1276fca8c18e905acb4f35df1a395c54e2112ffa473fc8e2ce533a5deb032, "
        "expected 57f85741a8221ce7bafcd8277218c7b7998792fe4ec1e868757f2813bec7bb51",
    ),
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
@pytest.mark.parametrize(("data", "text"), WRONG.values(), ids=WRONG)
def test_refuses(pack, data, text):
    with pytest.raises(Damaged, match=f"^{re.escape(text)}$"):
        read(pack(data))


@pytest.mark.parametrize("left", [2, 5, 20, -9, -1])
def test_refuses_a_cut_gzip_stream(left):
    with pytest.raises(Damaged, match=r"^truncated: the gzip stream ends too early$"):
        read(gzip.compress(CONTENT)[:left])


def test_refuses_a_damaged_gzip_stream():
    packed = bytearray(gzip.compress(CONTENT))
    packed[-8] ^= 1  # its own checksum
    with pytest.raises(Damaged, match=r"^damaged gzip stream: CRC check failed"):
        read(bytes(packed))
    with pytest.raises(Damaged, match=r"^damaged gzip stream: "):
        read(b"\x1f\x8bnonsense")


def test_a_gzip_bomb_is_not_unpacked():
    bomb = gzip.compress(CONTENT + bytes(64 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(Damaged, match=r"^too long: it goes on after the expected 40 bytes$"):
            read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
