"""The batches of CIFAR's two data sets, read out of their archive without unpacking it to disk."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import numpy as np

from denim import config
from denim.datasets import pickled
from denim.datasets.errors import Damaged


def batches(content: bytes, folder: str, *names: str) -> list[dict[bytes, Any]]:
    """The batches of these names, each a dictionary with "data" and labels.

    Raises:
        Damaged: the archive is broken or lacks one.
    """
    found: dict[str, dict[bytes, Any]] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
            for member in archive:
                short = member.name.removeprefix(f"{folder}/")
                stream = archive.extractfile(member) if short in names and member.isreg() else None
                if stream is not None:
                    found[short] = pickled.load(stream)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Damaged(f"the archive cannot be read: {error}") from None
    lacking = [name for name in names if name not in found]
    if lacking:
        raise Damaged(f"the archive lacks {', '.join(lacking)}")
    return [found[name] for name in names]


def pictures(parts: list[dict[bytes, Any]]) -> np.ndarray:
    """uint8, shape (n, 32, 32, 3), or (n, 3, 32, 32) where ``config.image_data_format()`` is "channels_first"."""
    planes = np.concatenate([part[b"data"] for part in parts]).reshape(-1, 3, 32, 32)
    return planes.transpose(0, 2, 3, 1) if config.image_data_format() == "channels_last" else planes


def labels(parts: list[dict[bytes, Any]], key: bytes) -> np.ndarray:
    """The labels as one column."""
    return np.concatenate([part[key] for part in parts]).reshape(-1, 1)
