"""Arrays out of ``.npz`` archives whose checksum has been found right."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from denim.datasets import pickled
from denim.datasets.errors import Damaged


def numbers(content: bytes, *names: str) -> list[np.ndarray]:
    """Arrays of numbers, by name.

    Raises:
        Damaged: one of them is missing or holds objects.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return [archive[name] for name in names]
    except (KeyError, ValueError) as error:
        raise Damaged(f"not the archive expected: {error}") from None


def lists(content: bytes, name: str) -> list[list[int]]:
    """An array of lists of whole numbers, which NumPy writes as a pickle.

    Raises:
        Damaged: it is missing or holds anything else.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        try:
            member = io.BytesIO(archive.read(f"{name}.npy"))
        except KeyError as error:
            raise Damaged(f"not the archive expected: {error}") from None
    version = np.lib.format.read_magic(member)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(member)
    if dtype.hasobject:
        rows = pickled.load(member)
        if isinstance(rows, list) and (len(rows),) == shape and all(map(_is_list_of_integers, rows)):
            return rows
    raise Damaged(f"{name} is no array of lists of whole numbers")


def _is_list_of_integers(row: object) -> bool:
    return isinstance(row, list) and all(type(word) is int for word in row)
