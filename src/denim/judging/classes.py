"""How good predictions are of each class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denim.judging.intervals import wilson


@dataclass(frozen=True)
class ClassScore:
    """One class. A share of no rows is None.

    Attributes:
        rows: that are of the class.
        said: rows that were taken for it.
        right: rows that are of it and were taken for it.
    """

    name: str
    rows: int
    said: int
    right: int

    @property
    def precision(self) -> float | None:
        """Of the rows taken for it, the share that is of it."""
        return self.right / self.said if self.said else None

    @property
    def recall(self) -> float | None:
        """Of the rows of it, the share that was taken for it."""
        return self.right / self.rows if self.rows else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        return 2 * self.right / (self.rows + self.said) if self.rows + self.said else None

    @property
    def recall_interval(self) -> tuple[float, float] | None:
        """A 95 % interval, Wilson's."""
        return wilson(self.right, self.rows) if self.rows else None


def counts(y_true: np.ndarray, y_pred: np.ndarray, classes: int) -> np.ndarray:
    """Rows of each true class (first axis) that were taken for each class (second): int64, shape (classes, classes)."""
    pairs = y_true.astype(np.int64) * classes + y_pred.astype(np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def by_class(counts: np.ndarray, names: tuple[str, ...]) -> tuple[ClassScore, ...]:
    """From the confusion matrix: true classes along the first axis, predicted ones along the second."""
    columns = zip(names, counts.sum(axis=1), counts.sum(axis=0), counts.diagonal(), strict=True)
    return tuple(ClassScore(name, int(rows), int(said), int(right)) for name, rows, said, right in columns)
