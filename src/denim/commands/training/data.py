"""People's data as a network learns from them: prepared, and split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.commands.errors import CommandError
from denim.commands.training.settings import Settings
from denim.commands.training.splitting import Split
from denim.files import read
from denim.preparation import Preparation


@dataclass(frozen=True, eq=False)
class Rows:
    """Inputs and targets, and where they are from, as in "a fifth of iris.csv"."""

    x: np.ndarray
    y: np.ndarray
    origin: str

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Data:
    """Rows to learn from, to validate on, and to judge by; and how they were prepared.

    Attributes:
        preparation: decided by the rows that are learnt from alone.
        notes: sentences on the files and what was made of them.
    """

    preparation: Any
    train: Rows
    validation: Rows | None
    test: Rows | None
    notes: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> Data:
        """The data of the settings.

        Raises:
            ValueError: for files that cannot be used, and data that cannot be learnt from.
        """
        content = read(settings.data, target=settings.target)
        own_test = getattr(content, "test", None) if settings.test_data is None else None
        further = [
            None if path is None else read(path, target=settings.target)
            for path in (settings.validation_data, settings.test_data)
        ]
        validation, test = further[0], further[1] or own_test
        parts = (0 if validation is not None else settings.validation, 0 if test is not None else settings.test)
        whole = Preparation.decide(content, settings.target, task=settings.task)
        classes = None if whole.task == "regression" else whole.targets(content)
        split = Split.of(len(content), classes, *parts, settings.seed)
        learnt = content.rows(split.train) if any(parts) else content
        preparation = Preparation.decide(learnt, settings.target, task=whole.task) if any(parts) else whole

        def rows(some: Any, origin: str) -> Rows:
            return Rows(preparation.inputs(some), preparation.targets(some), origin)

        def kept(index: np.ndarray, part: float, name: str) -> Rows | None:
            if not part:
                return None
            of = f"{part:.0%} of {settings.data}" if name == "test" else f"{part:.0%} of the rest"
            return rows(content.rows(index), of)

        def given(some: Any, path: str | None) -> Rows:
            if not preparation.has_targets(some):
                raise CommandError(f"{path} must have the target {settings.target!r}, too. Received: a file without it.")
            return rows(some, path or f"the test rows of {settings.data}")

        return cls(
            preparation,
            rows(learnt, settings.data),
            kept(split.validation, parts[0], "validation")
            if validation is None
            else given(validation, settings.validation_data),
            kept(split.test, parts[1], "test") if test is None else given(test, settings.test_data),
            (*content.notes, *preparation.decisions),
        )

    @property
    def parts(self) -> dict[str, Rows]:
        """The parts that there are, by name."""
        named = {"train": self.train, "validation": self.validation, "test": self.test}
        return {name: rows for name, rows in named.items() if rows is not None}

    @property
    def class_counts(self) -> np.ndarray:
        """How many rows of each class are learnt from."""
        return np.bincount(self.train.y.reshape(-1).astype(np.int64), minlength=len(self.preparation.classes))

    def fingerprint(self) -> str:
        """The same for the same numbers in the same order."""
        digest = hashlib.blake2b(digest_size=16)
        for array in self._arrays():
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(memoryview(np.ascontiguousarray(array)).cast("B"))
        return digest.hexdigest()

    def _arrays(self) -> Iterator[np.ndarray]:
        for rows in self.parts.values():
            yield rows.x
            yield rows.y
