"""The epochs' logs as a table in a file."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from denim.callbacks.callback import Callback, Logs


class CSVLogger(Callback):
    """Write a line an epoch to a CSV file: the epoch, the first being 0, then the logs in alphabetical order.

    The first epoch settles the columns; if it was not validated, there is a ``val_`` column for each of its logs.
    A value that is missing is "NA". The file is complete after every epoch.

    Args:
        filename: the file's path; its folder must exist.
        separator: what stands between two values.
        append: go on with a file that is there, instead of overwriting it.

    Source: https://keras.io/api/callbacks/csv_logger/
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.keys: list[str] | None = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin the file, or open it for more."""
        self.keys = None
        Path(self.filename).open("a" if self.append else "w").close()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the epoch's line, below the columns' names if the file is empty."""
        logs = logs or {}
        path = Path(self.filename)
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, delimiter=self.sep)
            if self.keys is None:
                self.keys = _columns(logs)
                if not path.stat().st_size:
                    writer.writerow(["epoch", *self.keys])
            writer.writerow([epoch, *(_cell(logs.get(key, "NA")) for key in self.keys)])


def _columns(logs: Logs) -> list[str]:
    names = sorted(logs)
    validated = any(name.startswith("val_") for name in names)
    return names if validated else [*names, *(f"val_{name}" for name in names)]


def _cell(value: Any) -> Any:
    several = isinstance(value, Iterable) and not isinstance(value, str) and getattr(value, "ndim", 1) > 0
    return f'"[{", ".join(map(str, value))}]"' if several else value
