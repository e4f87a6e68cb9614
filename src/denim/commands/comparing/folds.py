"""Folds: each of the rows is held out once, and once more in each repeat."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denim.commands.comparing.contenders import Fold
from denim.commands.errors import CommandError
from denim.preparation import Preparation


@dataclass(frozen=True, eq=False)
class Folds:
    """How the rows are held out.

    Attributes:
        content: all rows.
        target: the column that is learnt; None where the data say themselves.
        whole: the preparation of all rows, for the task and its classes alone.
        folds: parts that are held out, one after the other.
        repeats: how often that is done, with other parts.
        seed: of the parts.
    """

    content: Any
    target: str | None
    whole: Preparation
    folds: int
    repeats: int
    seed: int

    def __post_init__(self) -> None:
        if self.folds > len(self.content) // 2:
            raise CommandError(
                f"Each fold needs at least two rows. Received: --folds {self.folds} for {len(self.content):,} rows."
            )

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader should know of them."""
        if self.whole.task == "regression":
            return ()
        counts = np.bincount(self.whole.targets(self.content), minlength=len(self.whole.classes))
        few = [str(self.whole.classes[place]) for place in np.flatnonzero(counts < self.folds)]
        if not few:
            return ()
        return (f"Of {', '.join(few[:5])} there are fewer rows than folds: some folds hold none of them.",)

    @property
    def judged(self) -> float:
        """Rows held out by rows learnt from."""
        return 1 / (self.folds - 1)

    def __len__(self) -> int:
        return self.folds * self.repeats

    def __iter__(self) -> Iterator[tuple[Fold, np.ndarray]]:
        """Each fold, and the targets of what it holds out. How to prepare is decided by the rows learnt from alone."""
        for number, (learnt, held_out) in enumerate(self._split()):
            rows, others = self.content.rows(learnt), self.content.rows(held_out)
            decided = Preparation.decide(rows, self.target, task=self.whole.task)
            preparation = replace(decided, target=self.whole.target)
            x, y = preparation.inputs(rows), preparation.targets(rows)
            yield Fold(preparation, x, y, preparation.inputs(others), self.seed + number), preparation.targets(others)

    def _split(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold

        stratified = self.whole.task != "regression"
        kind = RepeatedStratifiedKFold if stratified else RepeatedKFold
        parts = kind(n_splits=self.folds, n_repeats=self.repeats, random_state=self.seed)
        y = self.whole.targets(self.content) if stratified else None
        with warnings.catch_warnings():
            # Said in `notes`, in words that help.
            warnings.filterwarnings("ignore", "The least populated class", UserWarning)
            yield from list(parts.split(np.zeros(len(self.content)), y))
