"""Rows to learn from, to validate on, and to judge by at the end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from denim.commands.errors import CommandError


@dataclass(frozen=True)
class Split:
    """Row numbers in ascending order; those of parts that come from files of their own, or are not wanted, are none."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    @classmethod
    def of(cls, rows: int, classes: np.ndarray | None, validation: float, test: float, seed: int) -> Split:
        """A part of all rows to judge by, then of the others a part to validate on.

        Args:
            rows: how many there are.
            classes: the class number of each row, of which each part then has its share; None for other targets.
            validation, test: the parts, at least 0 and below 1.
            seed: of what is drawn.

        Raises:
            CommandError: if no row would be left to learn from.
        """
        draws = np.random.default_rng(seed)
        everything = np.arange(rows)
        rest, judged = _apart(everything, classes, test, draws, "test")
        learnt, validated = _apart(rest, classes, validation, draws, "validation")
        return cls(learnt, validated, judged)


def _apart(
    rows: np.ndarray, classes: np.ndarray | None, part: float, draws: np.random.Generator, name: str
) -> tuple[np.ndarray, np.ndarray]:
    """The rows without a part of them, and the part."""
    if not part:
        return rows, rows[:0]
    if len(rows) < 2:
        raise CommandError(
            f"A part of the rows is kept apart with --{name} {part:g}, which takes at least 2 rows. Received: "
            f"{len(rows)}. Bring more rows, or pass --{name} 0."
        )
    wanted = min(max(1, round(part * len(rows))), len(rows) - 1)
    groups = [np.arange(len(rows))]
    if classes is not None:
        here = classes[rows]
        groups = [np.flatnonzero(here == each) for each in np.unique(here)]
    taken = np.zeros(len(rows), bool)
    for group, share in zip(groups, _shares([len(group) for group in groups], wanted), strict=True):
        taken[draws.permutation(group)[:share]] = True
    return rows[~taken], rows[taken]


def _shares(sizes: list[int], wanted: int) -> list[int]:
    """How many of each group, by its size: as many in all as wanted, or fewer where that would leave a group empty."""
    exact = np.array(sizes) * (wanted / sum(sizes))
    most = np.array(sizes) - (1 if len(sizes) > 1 else 0)
    shares = np.minimum(np.floor(exact).astype(int), most)
    for i in np.argsort(shares - exact, kind="stable"):
        if shares.sum() < wanted and shares[i] < most[i]:
            shares[i] += 1
    found: list[int] = shares.tolist()
    return found
