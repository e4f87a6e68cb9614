"""What comes through a pipe, or by standard input, as a file that can be read from its beginning twice."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from denim.files.errors import FileError

_STANDARD_INPUT = Path("-")


def is_stream(path: Path) -> bool:
    """Whether it is "-", which stands for standard input, or a pipe."""
    return (path == _STANDARD_INPUT and not path.exists()) or path.is_fifo()


@contextmanager
def kept(path: Path) -> Iterator[Path]:
    """A file with all that comes, for as long as this lasts.

    Raises:
        FileError: standard input is a terminal; or, with the stream's own path, whatever reading the file raises.
    """
    with tempfile.TemporaryDirectory(prefix="denim-") as folder:
        file = Path(folder) / "data"
        with file.open("wb") as out:
            if path != _STANDARD_INPUT:
                with path.open("rb") as pipe:
                    shutil.copyfileobj(pipe, out)
            elif sys.stdin.isatty():
                raise FileError(path, "It stands for standard input, which is a terminal.", "Pipe a file into it.")
            else:
                shutil.copyfileobj(sys.stdin.buffer, out)
        try:
            yield file
        except FileError as error:
            raise FileError(path, error.reason, error.suggestion, line=error.line) from error
