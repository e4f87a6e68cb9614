"""What a training came to: as values, as JSON, and as words at the terminal."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from denim.commands.training.settings import Settings


@dataclass(frozen=True)
class Stopped:
    """Where Ctrl-C stopped a training; both count from 1."""

    epoch: int
    batch: int
    batches: int


@dataclass(frozen=True)
class Trained:
    """A training.

    Attributes:
        task, classes: what was learnt; no classes of a number.
        notes: what was decided about the data, and why.
        network: the layers and their sizes, in words.
        rows: of each part of the data.
        batch_size, learning_rate: as they were, whatever was asked for.
        history: each log's values, one an epoch.
        best_epoch: whose weights the model has, the first being 1.
        judged: the part that the scores are of; "" without one, and in a training that was stopped.
        scores, baseline: of the model, and of always giving the same answer.
        seconds: of each stretch of the work.
        stopped: where, if it was.
        files: what was written.
        versions: what it ran on.
    """

    settings: Settings
    task: str
    classes: tuple[Any, ...]
    notes: tuple[str, ...]
    network: str
    parameters: int
    rows: dict[str, int]
    batch_size: int
    learning_rate: float
    history: dict[str, list[float]]
    best_epoch: int
    judged: str
    scores: dict[str, float]
    baseline: dict[str, float]
    seconds: dict[str, float]
    stopped: Stopped | None
    files: tuple[Path, ...]
    versions: dict[str, str]

    def as_json(self) -> str:
        """One JSON object; a number that is not finite is null."""
        found = asdict(self) | {"files": [str(path) for path in self.files]}
        return json.dumps(_plain(found), indent=2, allow_nan=False, ensure_ascii=False)

    @property
    def last_epoch(self) -> int:
        """The epochs that were trained to the end."""
        return max(map(len, self.history.values()), default=0)

    def told(self, console: Console) -> None:
        """The scores beside the baseline, and the files."""
        if self.scores:
            rows = self.rows[self.judged]
            table = Table(f"{self.judged}: {rows:,} rows", "this model", _always(self.task))
            for column in table.columns[1:]:
                column.justify = "right"
            for name, value in self.scores.items():
                table.add_row(name, f"{value:.4g}", f"{self.baseline[name]:.4g}")
            console.print(table)
        for path in self.files:
            console.print(str(path), markup=False, highlight=False, soft_wrap=True)


def _always(task: str) -> str:
    return "always the mean" if task == "regression" else "always the most usual class"


def _plain(value: Any) -> Any:
    """Values that JSON has."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)
