"""What a file can hold: a table, pictures, or arrays. All are rows, and some of the rows are the same kind of thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas


@dataclass(frozen=True, eq=False)
class Table:
    """Columns with names.

    Attributes:
        frame: a pandas DataFrame; its index counts the file's rows from 0, also where some were left out.
        path: of the file.
        notes: sentences on how the file was read, where that could be otherwise.
        hints: those it was read with, by name; files of the same kind are read with them, too.
    """

    frame: pandas.DataFrame
    path: Path
    notes: tuple[str, ...] = ()
    hints: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.frame)

    def rows(self, index: Any) -> Table:
        """Some of the rows: by a slice, or an array of numbers or of truth values."""
        return replace(self, frame=self.frame.iloc[index])


@dataclass(frozen=True, eq=False)
class Pictures:
    """Pictures of one size.

    Attributes:
        images: uint8, shape (pictures, height, width) if grey, (pictures, height, width, 3) in colour.
        labels: the class of each, a name or a number, shape (pictures,); None where that is not known.
        names: what each is called.
        path: of the folder or file.
        notes: sentences on how they were read, where that could be otherwise.
        test: those with classes that the folder keeps for testing, if it has such.
    """

    images: np.ndarray
    labels: np.ndarray | None
    names: tuple[str, ...]
    path: Path
    notes: tuple[str, ...] = ()
    test: Pictures | None = None

    def __len__(self) -> int:
        return len(self.images)

    def rows(self, index: Any) -> Pictures:
        """Some of the pictures: by a slice, or an array of numbers or of truth values. Those for testing stay."""
        labels = None if self.labels is None else self.labels[index]
        chosen = np.arange(len(self))[index]
        return replace(self, images=self.images[index], labels=labels, names=tuple(self.names[at] for at in chosen))


@dataclass(frozen=True, eq=False)
class Arrays:
    """Arrays as they lay in the file.

    Attributes:
        x: shape (rows, ...).
        y: what is to be learnt, shape (rows, ...); None where there is none.
        path: of the file.
        test: the rows with targets that the file keeps for testing, if it has such.
        notes: sentences on how the file was read, where that could be otherwise.
        hints: those that files with arrays of the same names are read with, too.
    """

    x: np.ndarray
    y: np.ndarray | None
    path: Path
    test: Arrays | None = None
    notes: tuple[str, ...] = ()
    hints: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.x)

    def rows(self, index: Any) -> Arrays:
        """Some of the rows: by a slice, or an array of numbers or of truth values. Those for testing stay."""
        return replace(self, x=self.x[index], y=None if self.y is None else self.y[index])
