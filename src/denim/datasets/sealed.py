"""Reading a file that is known by its checksum: nothing in it is looked at before that is found right."""

from __future__ import annotations

import hashlib
from typing import Protocol

from denim.datasets.catalog import SealedFile
from denim.datasets.errors import Damaged

_CHUNK = 1 << 20


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def read(stream: _Readable, expected: SealedFile) -> bytes:
    """Return all of ``stream``.

    Raises:
        Damaged: it is longer than the file can be, or has another checksum.
    """
    digest = hashlib.sha256() if len(expected.checksum) == 64 else hashlib.md5(usedforsecurity=False)
    content = bytearray()
    while chunk := stream.read(_CHUNK):
        content += chunk
        if len(content) > expected.max_packed:
            raise Damaged(f"too long: more than {expected.max_packed} bytes")
        digest.update(chunk)
    if digest.hexdigest() != expected.checksum:
        kind = "SHA-256" if len(expected.checksum) == 64 else "MD5"
        raise Damaged(f"its content has {kind} {digest.hexdigest()}, expected {expected.checksum}")
    return bytes(content)
