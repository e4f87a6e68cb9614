"""What reading a file is refused with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from denim.files import FileError, read


def written(path: Path, content: str | bytes) -> Path:
    """The file with this in it."""
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path, **wishes: Any) -> str:
    """The text of the FileError, with the folder before the file's name left out."""
    with pytest.raises(FileError) as caught:
        read(path, **wishes)
    return str(caught.value).replace(f"{path.parent}/", "")
