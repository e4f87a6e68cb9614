"""The packages that read and write people's files. denim itself does without them."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from denim.files.errors import FileError

_DISTRIBUTIONS = {"PIL": "pillow"}


def needed(module: str, path: Path, doing: str = "read") -> Any:
    """The module that reading ``path`` takes, or ``doing`` something else with it.

    Raises:
        FileError: it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = _DISTRIBUTIONS.get(module.partition(".")[0], module.partition(".")[0])
        raise FileError(
            path,
            f"To {doing} it takes {package}, which is not installed here.",
            "Type: pip install 'denim-nn[data]'",
        ) from error
