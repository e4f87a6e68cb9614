"""What a study found: as values, as ``results.json``, and as a table side by side."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from rich.table import Table


@dataclass(frozen=True)
class Baseline:
    """``seconds`` is the time of the whole cross-validation."""

    name: str
    cv_accuracy: float
    seconds: float


@dataclass(frozen=True)
class TrainedModel:
    """``train_seconds`` is the time of ``fit``, the validation after each epoch included."""

    name: str
    parameters: int
    train_seconds: float
    val_accuracy: float
    test_accuracy: float
    history: dict[str, list[float]]


@dataclass(frozen=True)
class Results:
    """``baseline`` is None where it was left out."""

    dataset: str
    baseline: Baseline | None
    models: tuple[TrainedModel, ...]

    def as_json(self) -> bytes:
        """The content of ``results.json``."""
        return (json.dumps(asdict(self), indent=2, allow_nan=False) + "\n").encode()

    def table(self, baseline_parameters: int) -> Table:
        """Baseline and networks side by side."""
        cross_validated = () if self.baseline is None else ("cross-validated",)
        table = Table("model", "parameters", "seconds", *cross_validated, "validation", "test")
        for column in table.columns[1:]:
            column.justify = "right"
        if self.baseline is not None:
            table.add_row(
                self.baseline.name,
                f"{baseline_parameters:,}",
                f"{self.baseline.seconds:.1f}",
                f"{self.baseline.cv_accuracy:.4f}",
                "",
                "",
            )
        for model in self.models:
            table.add_row(
                model.name,
                f"{model.parameters:,}",
                f"{model.train_seconds:.1f}",
                *("" for _ in cross_validated),
                f"{model.val_accuracy:.4f}",
                f"{model.test_accuracy:.4f}",
            )
        return table
