"""HDF5 files, read as what Keras writes into them: groups of plain arrays, and nothing else.

HDF5 can do more: links into other files, arrays whose numbers lie in other files, arrays that are small on disk and
huge in memory. Every object of a file is looked at before a number of it is read, and one that is none of Keras's
refuses the file.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

import numpy as np

from denim.saving.errors import ModelFileError

MAX_OBJECTS = 100_000
"""Groups and arrays of one file."""

DAMAGED = (OSError, RuntimeError, ValueError, TypeError, KeyError, UnicodeDecodeError, AttributeError)
"""What h5py raises for a file that is none, or is broken."""


@dataclass(frozen=True)
class StoredArray:
    """An array of a file, its numbers still there.

    Attributes:
        path: such as "layers/dense/vars/0".
        shape, dtype: as stored.
    """

    path: str
    shape: tuple[int, ...]
    dtype: np.dtype
    _dataset: Any

    def read(self) -> np.ndarray:
        """The numbers.

        Raises:
            ModelFileError: if the file ends before they do.
        """
        from h5py import h5s

        array = np.empty(self.shape, self.dtype)
        try:
            self._dataset.read(h5s.ALL, h5s.ALL, array)
        except DAMAGED as error:
            raise ModelFileError(f"The array {self.path!r} cannot be read: the file is damaged ({error}).") from error
        return array


@dataclass(frozen=True)
class StoredWeights:
    """What a file of weights holds.

    Attributes:
        arrays: by path.
        names: the layers' names by the path of the group that holds their arrays.
        groups: the groups by path, "" being the whole file, for their attributes.
    """

    arrays: dict[str, StoredArray]
    names: dict[str, str]
    groups: dict[str, Any]

    def group(self, path: str, without: str | None = None) -> list[StoredArray]:
        """The arrays 0, 1, 2, ... in a group, ``without`` one of this name; none if there is no such group.

        Raises:
            ModelFileError: if the arrays in it are not numbered so.
        """
        prefix = f"{path}/"
        inside = [name[len(prefix) :] for name in self.arrays if name.startswith(prefix)]
        inside = [name for name in inside if name != without]
        if sorted(inside) != sorted(map(str, range(len(inside)))):
            raise ModelFileError(
                f"The arrays in {path!r} must be numbered 0, 1, 2, ... Received: {', '.join(sorted(inside)[:10])}"
            )
        return [self.arrays[f"{prefix}{i}"] for i in range(len(inside))]

    @property
    def numbers(self) -> int:
        """How many numbers there are in all arrays."""
        return sum(math.prod(array.shape) for array in self.arrays.values())


@contextmanager
def opened(file: IO[bytes], size: int) -> Iterator[StoredWeights]:
    """The weights in an HDF5 file of ``size`` bytes, readable within.

    Raises:
        ModelFileError: for a file that is not HDF5, or holds what Keras does not write.
    """
    import h5py

    try:
        hdf5 = h5py.File(file, "r")
    except DAMAGED as error:
        raise ModelFileError(f"The weights must be an HDF5 file. Received: one that h5py refuses ({error}).") from error
    try:
        try:
            found = _looked_through(hdf5.id, size)
        except ModelFileError:
            raise
        except DAMAGED as error:
            raise ModelFileError(f"The file of weights is damaged: {error}") from error
        yield found
    finally:
        hdf5.close()


def _looked_through(root: Any, size: int) -> StoredWeights:
    from h5py import h5d, h5g, h5l, h5o

    arrays: dict[str, StoredArray] = {}
    names: dict[str, str] = {}
    groups = {"": h5g.open(root, b"/")}
    seen = {h5o.get_info(root).addr}
    pending = [*groups.items()]
    stored = 0
    while pending:
        path, group = pending.pop()
        for raw in h5g.GroupIter(group):
            child = f"{path}/{raw.decode('utf-8')}".lstrip("/")
            if group.links.get_info(raw).type != h5l.TYPE_HARD:
                raise ModelFileError(
                    f"A file of weights holds its arrays itself, without links. Received: the link {child!r}."
                )
            info = h5o.get_info(group, raw)
            if info.addr in seen:
                raise ModelFileError(
                    f"A file of weights holds each group and array once. Received: {child!r}, a second link to one."
                )
            if len(seen) > MAX_OBJECTS:
                raise ModelFileError(
                    f"A file of weights holds at most {MAX_OBJECTS} groups and arrays. Received: a file with more."
                )
            seen.add(info.addr)
            if info.type == h5o.TYPE_GROUP:
                inner = groups[child] = h5g.open(group, raw)
                pending.append((child, inner))
                name = text_attribute(inner, "name")
                if name is not None:
                    names[child] = name
            elif info.type == h5o.TYPE_DATASET:
                arrays[child] = _checked(child, h5d.open(group, raw), size)
                stored += math.prod(arrays[child].shape) * arrays[child].dtype.itemsize
            else:
                raise ModelFileError(f"A file of weights holds groups and arrays only. Received: {child!r}.")
            if stored > size:
                raise ModelFileError(
                    f"The arrays of a file have no more bytes than the file itself. Received: {stored} bytes of arrays "
                    f"up to {child!r} in a file of {size} bytes."
                )
    return StoredWeights(arrays, names, groups)


def _checked(path: str, dataset: Any, size: int) -> StoredArray:
    """The array, if its numbers lie in the file as they are."""
    from h5py import h5d, h5t

    def refused(rule: str, found: object) -> ModelFileError:
        return ModelFileError(f"{rule} Received: {path!r} with {found}. Save the model again with model.save().")

    layout = dataset.get_create_plist()
    if layout.get_layout() not in (h5d.CONTIGUOUS, h5d.COMPACT):
        kind = {h5d.CHUNKED: "chunks", h5d.VIRTUAL: "the numbers of other arrays"}.get(layout.get_layout(), "another")
        raise refused("The arrays of a file of weights lie there in one piece, not compressed.", f"a layout of {kind}")
    if layout.get_external_count():
        raise refused("The arrays of a file of weights lie in the file itself.", "its numbers in other files")
    if dataset.get_type().get_class() not in (h5t.INTEGER, h5t.FLOAT):
        raise refused("The arrays of a file of weights hold integers or floats.", f"dtype {dataset.dtype}")
    shape, dtype = dataset.shape, dataset.dtype
    if shape is None or dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise refused("The arrays of a file of weights hold integers or floats of at most 64 bits.", f"dtype {dtype}")
    wanted, there = math.prod(shape) * dtype.itemsize, dataset.get_storage_size()
    offset = dataset.get_offset() or 0
    if wanted > there or offset + wanted > size:
        raise refused(f"An array of shape {shape} has {wanted} bytes in the file.", f"{min(there, size)} bytes")
    return StoredArray(path, tuple(shape), dtype, dataset)


def text_attribute(group: Any, name: str) -> str | None:
    """A group's attribute of this name, if it is one piece of text.

    Raises:
        ModelFileError: if it is damaged.
    """
    import h5py

    try:
        attributes = h5py.Group(group).attrs
        if name not in attributes:
            return None
        attribute = attributes.get_id(name)
        if attribute.shape != () or (h5py.check_string_dtype(attribute.dtype) is None and attribute.dtype.kind != "S"):
            return None
        text = attributes[name]
        return text.decode("utf-8") if isinstance(text, bytes) else str(text)
    except DAMAGED as error:
        raise ModelFileError(f"The attribute {name!r} cannot be read: the file is damaged ({error}).") from error
