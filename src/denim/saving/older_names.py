"""Lists of names in the attributes of older files: which layers a file holds, and which arrays a layer."""

from __future__ import annotations

import mmap
from itertools import count, takewhile
from typing import IO, Any

from denim.saving.errors import ModelFileError
from denim.saving.hdf5 import DAMAGED, StoredWeights

_MOST = 256 << 20
"""The most bytes that reading one list may take, if every name in it were as long as the longest text of the file."""

_HEAP, _HEAP_SIZE = b"GCOL", slice(8, 16)
"""HDF5 keeps texts of any length in heaps that begin so, and then say how large they are."""


class Names:
    """The lists of names of a file that is open.

    Args:
        file: the file itself.
        stored: what was found in it.
    """

    def __init__(self, file: IO[bytes], stored: StoredWeights) -> None:
        self._file = file
        self._groups = stored.groups
        self._longest: int | None = None

    def has(self, group: str, name: str) -> bool:
        """Whether a group has such a list."""
        return bool(self._parts(group, name))

    def of(self, group: str, name: str) -> list[str]:
        """The list ``name`` of a group; long lists are in parts, ``name0``, ``name1``, ...

        Raises:
            ModelFileError: for an attribute that is no list of names.
        """
        try:
            return [item for part in self._parts(group, name) for item in self._names(self._attributes(group), part)]
        except DAMAGED as error:
            if isinstance(error, ModelFileError):
                raise
            raise ModelFileError(f"The list {name!r} of {group!r} cannot be read: {error}") from error

    def _attributes(self, group: str) -> Any:
        import h5py

        return h5py.Group(self._groups[group]).attrs

    def _parts(self, group: str, name: str) -> list[str]:
        try:
            there = set(self._attributes(group))
        except DAMAGED as error:
            raise ModelFileError(f"The attributes of {group!r} cannot be read: {error}") from error
        if name in there:
            return [name]
        return list(takewhile(there.__contains__, (f"{name}{part}" for part in count())))

    def _names(self, attributes: Any, name: str) -> list[str]:
        import h5py

        attribute = attributes.get_id(name)
        if attribute.shape == (0,):
            return []
        text = h5py.check_string_dtype(attribute.dtype)
        any_length = text is not None and text.length is None
        if len(attribute.shape) != 1 or not (any_length or attribute.dtype.kind == "S"):
            raise ModelFileError(
                f"{name!r} is a list of names in a model file. Received: an array of shape {attribute.shape} and dtype "
                f"{attribute.dtype}."
            )
        if any_length and attribute.shape[0] * self._longest_text() > _MOST:
            raise ModelFileError(
                f"The names of a list take at most {_MOST} bytes. Received: {name!r} with {attribute.shape[0]} names, "
                f"each of which may have {self._longest_text()} bytes. Save the model as a `.keras` file."
            )
        return [item.decode("utf-8") if isinstance(item, bytes) else str(item) for item in attributes[name]]

    def _longest_text(self) -> int:
        """No text of the file has more bytes: the size of the largest heap."""
        if self._longest is None:
            self._longest = 0
            with mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                at = data.find(_HEAP)
                while at >= 0:
                    size = int.from_bytes(data[at : at + 16][_HEAP_SIZE], "little")
                    self._longest = max(self._longest, min(size, len(data)))
                    at = data.find(_HEAP, at + 1)
        return self._longest
