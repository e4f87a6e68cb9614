"""People's data as a network learns from them: prepared, and split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denim.commands.errors import CommandError
from denim.commands.training.settings import Settings
from denim.commands.training.splitting import Split
from denim.files import read
from denim.preparation import Preparation, PreparationError

_MANY_TWINS = 20
"""One in so many rows is told of."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a file, the inputs and targets that are made of them, and where they are from, as in "20% of all"."""

    content: Any
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

    preparation: Preparation
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
        content = read(settings.data, target=settings.target, **settings.read)
        whole = Preparation.decide(content, settings.target, task=settings.task)
        validation = _read(settings.validation_data, settings.target, {**settings.read, **whole.hints})
        test = _read(settings.test_data, settings.target, {**settings.read, **whole.hints})
        test_origin = settings.test_data or f"as {settings.data} has them"
        if test is None:
            test = getattr(content, "test", None)
        shares = (0 if validation is not None else settings.validation, 0 if test is not None else settings.test)
        learnt, preparation = content, whole
        validation_origin = settings.validation_data or ""
        if any(shares):
            classes = None if whole.task == "regression" else whole.targets(content)
            split = Split.of(len(content), classes, *shares, settings.seed)
            learnt = content.rows(split.train)
            preparation = _decided(learnt, settings.target, whole)
            if len(split.validation):
                validation = content.rows(split.validation)
                validation_origin = f"{shares[0]:.0%} of {'the rest' if shares[1] else 'all'}"
            if len(split.test):
                test, test_origin = content.rows(split.test), f"{shares[1]:.0%} of all"

        def rows(some: Any, origin: str) -> Rows:
            return Rows(some, preparation.inputs(some), preparation.targets(some), origin)

        found = cls(
            preparation,
            rows(learnt, settings.data),
            None if validation is None else rows(validation, validation_origin),
            None if test is None else rows(test, test_origin),
            (*content.notes, *preparation.decisions),
        )
        return replace(found, notes=(*found.notes, *_twins(found)))

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
            digest.update(np.ascontiguousarray(array).data.cast("B"))
        return digest.hexdigest()

    def _arrays(self) -> Iterator[np.ndarray]:
        for rows in self.parts.values():
            yield rows.x
            yield rows.y


def _twins(data: Data) -> tuple[str, ...]:
    """A sentence where many of the rows that are judged by are among those that are learnt from, too."""
    if data.test is None:
        return ()
    learnt = {hash(row.tobytes()) for row in data.train.x}
    same = sum(hash(row.tobytes()) in learnt for row in data.test.x)
    if same * _MANY_TWINS < len(data.test):
        return ()
    return (
        f"Beware: {same:,} of {len(data.test):,} rows for test have the same inputs as a row that is learnt from. If "
        "rows were written down twice, the scores are too good.",
    )


def _read(path: str | None, target: str | None, hints: dict[str, Any]) -> Any:
    return None if path is None else read(path, target=target, **hints)


def _decided(learnt: Any, target: str | None, whole: Preparation) -> Preparation:
    """How to prepare, by the rows that are learnt from; the task and the classes are those of all rows."""
    try:
        found = Preparation.decide(learnt, target, task=whole.task)
    except PreparationError as error:
        raise CommandError(
            f"Too few rows are left to learn from: {len(learnt):,}. {error} Bring more rows, or keep fewer "
            "apart with --test and --validation."
        ) from error
    return replace(found, target=whole.target, decisions=(whole.decisions[0], *found.decisions[1:]))
