from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import denim as keras
from denim.commands.train import NEW, Place, train
from denim.commands.training.results import Trained

SPECIES = ("setosa", "versicolor", "virginica")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test in an empty folder, in a fresh session."""
    monkeypatch.chdir(tmp_path)
    keras.utils.clear_session()


def write_csv(path: Path, columns: dict[str, Any]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return path


def flower_columns(rows: int = 90, seed: int = 0) -> dict[str, Any]:
    """Three classes that two numbers and a colour tell apart."""
    draws = np.random.default_rng(seed)
    kinds = np.arange(rows) % 3
    return {
        "length": (kinds + draws.normal(0, 0.3, rows)).round(3).tolist(),
        "width": (draws.normal(0, 1, rows) - kinds).round(3).tolist(),
        "colour": [("white", "blue", "red")[k] if draws.random() < 0.8 else "blue" for k in kinds],
        "species": [SPECIES[k] for k in kinds],
    }


@pytest.fixture
def flowers(tmp_path: Path) -> Path:
    return write_csv(tmp_path / "flowers.csv", flower_columns())


@pytest.fixture
def prices(tmp_path: Path) -> Path:
    draws = np.random.default_rng(1)
    size, rooms = draws.uniform(30, 200, 80).round(1), draws.integers(1, 7, 80)
    price = 3000.5 * size + 10000 * rooms + draws.normal(0, 9000, 80)
    return write_csv(
        tmp_path / "prices.csv", {"size": size.tolist(), "rooms": rooms.tolist(), "price": price.round(1).tolist()}
    )


def quiet() -> Console:
    return Console(quiet=True)


def trained(data: Path, target: str, place: Place = NEW, **given: Any) -> Trained:
    """A training without a word."""
    given = {"data": str(data), "target": target, "epochs": 3, "layers": "8:relu", **given}
    return train(given, place=place, console=quiet(), progress=quiet())


@pytest.fixture
def stepwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine reports after every step, and not about twenty times a second: the numbers are the same."""
    from denim.models.stretches import StretchSteps

    run: Callable[..., Any] = StretchSteps.run

    def reporting(self: Any, first: int, last: int | None, totals: Any, progress: Any) -> Any:
        end = self.steps if last is None else min(last, self.steps)
        for step in range(first, end):
            _, totals = run(self, step, step + 1, totals, None)
            if progress is not None:
                progress(step + 1 - first, totals)
        return end, totals

    monkeypatch.setattr(StretchSteps, "run", reporting)
