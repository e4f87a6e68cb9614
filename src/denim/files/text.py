"""The bytes of a text file as UTF-8, whatever they were."""

from __future__ import annotations

import codecs
import gzip
import zlib
from pathlib import Path

from denim.files.errors import FileError
from denim.files.spoken import hint

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(path: Path, encoding: str | None) -> tuple[bytes, tuple[str, ...]]:
    """The file's text as UTF-8 without a mark at its beginning, lines ended by newlines; and notes on its encoding.

    Raises:
        FileError: it is empty, or no text, or not in that encoding.
    """
    content = _unpacked(path)
    if not content.strip():
        raise FileError(path, "It is empty.")
    content, notes = _in_utf8(path, content, encoding)
    if content.count(b"\r") != content.count(b"\r\n"):
        content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content, notes


def _unpacked(path: Path) -> bytes:
    content = path.read_bytes()
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FileError(path, f"It is a damaged gzip file: {error}.", "Is it whole?") from error


def _in_utf8(path: Path, content: bytes, encoding: str | None) -> tuple[bytes, tuple[str, ...]]:
    if encoding is not None:
        return _decoded(path, content, encoding), ()
    if content.startswith(_UTF16):
        return _decoded(path, content, "utf-16"), ()
    nul = content.find(b"\0")
    if nul >= 0:
        raise FileError(
            path,
            "It holds a NUL byte, which no text does.",
            f"If it is text in UTF-16, pass {hint('encoding', 'utf-16')}; else it is damaged or no CSV file.",
            line=_line_at(content, nul),
        )
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _in_one_byte_each(content, _line_at(content, error.start))
    return content, ()


def _decoded(path: Path, content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode("utf-8")
    except LookupError:
        raise ValueError(f"encoding must be one that Python knows, such as 'latin-1'. Received: {encoding!r}") from None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise FileError(path, f"It is not in {encoding}: {error}.", line=_line_at(content, start)) from None


def _in_one_byte_each(content: bytes, line: int) -> tuple[bytes, tuple[str, ...]]:
    """What is not UTF-8 is nearly always what Windows wrote; latin-1 takes all that is left."""
    try:
        name, text = "Windows-1252 (latin-1)", content.decode("cp1252")
    except UnicodeDecodeError:
        name, text = "latin-1", content.decode("latin-1")
    note = (
        f"Line {line:,} is not UTF-8, so the text is taken for {name}; {hint('encoding', 'cp1250')}, for one, says "
        "otherwise."
    )
    return text.encode("utf-8"), (note,)


def _line_at(content: bytes, position: int) -> int:
    return content.count(b"\n", 0, position) + 1
