"""All that the report is made from."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from denim.judging.comparison import Comparison, compare
from denim.study.data import Pictures, Split
from denim.study.networks import Outcome
from denim.study.results import Results


@dataclass(frozen=True)
class Settings:
    """What the study was asked for. ``dataset`` is the name asked for, which is not always the one used."""

    dataset: str
    quick: bool
    epochs: int
    seed: int
    out: Path | None

    @property
    def command(self) -> str:
        """The command that asks for the same."""
        words = ["denim", "study", self.dataset, "--epochs", str(self.epochs), "--seed", str(self.seed)]
        words += ["--quick"] if self.quick else []
        words += [] if self.out is None else ["--out", str(self.out)]
        return shlex.join(words)


@dataclass(frozen=True, eq=False)
class Findings:
    """A finished study. ``files``: names of what lies beside the report."""

    pictures: Pictures
    split: Split
    results: Results
    outcomes: tuple[Outcome, ...]
    settings: Settings
    files: tuple[str, ...]

    @property
    def leaders(self) -> tuple[Outcome, ...]:
        """The network with the most test rows right, or several with equally many."""
        most = max(int(self.right(outcome).sum()) for outcome in self.outcomes)
        return tuple(outcome for outcome in self.outcomes if self.right(outcome).sum() == most)

    def right(self, outcome: Outcome) -> np.ndarray:
        """Which test rows the network has right: bool, shape (rows,)."""
        return np.asarray(outcome.probabilities.argmax(axis=1) == self.split.test_target)

    def comparisons(self) -> tuple[Comparison, ...]:
        """Every network against every other."""
        return compare({outcome.found.name: self.right(outcome) for outcome in self.outcomes})
