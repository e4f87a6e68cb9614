"""What a training came to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from denim.commands.evaluation import Evaluation
from denim.commands.plain import as_json
from denim.commands.training.settings import Settings


@dataclass(frozen=True)
class Stopped:
    """Where a training was stopped: in which epoch, the first being 1, and after how many of its batches; and by what.

    ``signal``: "SIGINT", which is Ctrl-C, or "SIGTERM".
    """

    epoch: int
    batch: int
    batches: int
    signal: str


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
        best_epoch: whose weights the model has, the first being 1; None if it has the last.
        judged: the part of the data that the evaluation is of; "" without one, and in a training that was stopped.
        evaluation: how good the model is on those rows; None without them.
        seconds: of each stretch of the work.
        stopped: where, if it was.
        files: what was written, the model first.
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
    best_epoch: int | None
    judged: str
    evaluation: Evaluation | None
    seconds: dict[str, float]
    stopped: Stopped | None
    files: tuple[Path, ...]
    versions: dict[str, str]

    @property
    def epochs(self) -> int:
        """Those that were trained to the end."""
        return max(map(len, self.history.values()), default=0)

    @property
    def caution(self) -> str:
        """What the scores are of, in words."""
        if not self.judged:
            return "All rows were learnt from: none is left to judge the model by."
        if self.judged == "test":
            return "Judged on the test rows, which nothing was decided by."
        return "Judged on the rows for validation, which said when to stop: the scores are a little too good."

    @property
    def ending(self) -> str:
        """How the epochs ended, in words."""
        said = f"{self.epochs} epoch{'' if self.epochs == 1 else 's'} in {self.seconds['training']:.1f} s"
        if self.best_epoch is None:
            return f"{said}; the model has the weights of the last."
        loss = self.history["val_loss"][self.best_epoch - 1]
        return f"{said}; the model has the weights of epoch {self.best_epoch}, with the lowest val_loss, {loss:.4g}."

    def as_json(self) -> str:
        """One JSON object; a number that is not finite is null."""
        found = asdict(self) | {"evaluation": None if self.evaluation is None else self.evaluation.as_plain()}
        return as_json(found)
