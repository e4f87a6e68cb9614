"""Who writes TensorBoard's event files."""

from __future__ import annotations

import importlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

_WRITERS = {"tensorboard": ("tensorboard.summary", "Writer"), "tensorboardX": ("tensorboardX", "SummaryWriter")}
"""Installed package -> module and class. PyTorch's writer needs the first of them too."""


class EventWriter(Protocol):
    """What all of them can do."""

    def add_scalar(self, tag: str, value: Any, step: int, /) -> None:
        """Write a number at a step."""

    def flush(self) -> None:
        """Put all on the disk."""

    def close(self) -> None:
        """End the file."""


def need_writer() -> None:
    """Check that there is one.

    Raises:
        ImportError: if there is none. The text says how to get one.
    """
    if not any(_is_there(package) for package in _WRITERS):
        raise ImportError(
            "The TensorBoard callback writes with the package tensorboard or tensorboardX, and neither is installed "
            "here. Type: pip install tensorboard"
        )


def open_writer(folder: str | os.PathLike[str]) -> EventWriter:
    """A writer into a new event file in ``folder``, which is made."""
    need_writer()
    Path(folder).mkdir(parents=True, exist_ok=True)
    package = next(package for package in _WRITERS if _is_there(package))
    module, name = _WRITERS[package]
    writer: EventWriter = getattr(importlib.import_module(module), name)(os.fspath(folder))
    return writer


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:  # in sys.modules without a spec
        return True
