"""How far a training is: a bar with rate and time left in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from denim.callbacks.callback import Logs
from denim.commands.training.stopping import Interruption, Listening

_SECONDS = 1.0
"""Between two lines."""


class TrainingProgress(Listening):
    """Draws on a console, and listens.

    The time left is that of all epochs, which early stopping may cut short.

    Args:
        console: where to draw.
        interruption: what is listened to.
        rows: an epoch has.
    """

    def __init__(self, console: Console, interruption: Interruption, rows: int) -> None:
        super().__init__(interruption)
        self.console = console
        self.rows = rows
        self._epoch = 0
        self._bar: Progress | None = None
        self._task = TaskID(0)
        self._shown = ""
        self._began = self._last_line = time.monotonic()
        self._steps = 0
        self._first = 0

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Show the bar, from where the training goes on."""
        super().on_train_begin(logs)
        self._began = time.monotonic()
        self._last_line = self._began - _SECONDS
        at = self.model._position
        self._first = self._steps = at.epoch * self._in_epoch + at.step
        if self.console.is_terminal and not self.console.quiet:
            self._bar = Progress(
                TextColumn("{task.fields[epoch]}"),
                BarColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(compact=True),
                TextColumn("{task.fields[logs]}"),
                console=self.console,
                transient=True,
            )
            self._task = self._bar.add_task(
                "", total=self.epochs * self._in_epoch, completed=self._steps, epoch="", rate="", logs=""
            )
            self._bar.start()

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note which."""
        super().on_epoch_begin(epoch, logs)
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Show the epoch's numbers."""
        super().on_epoch_end(epoch, logs)
        self._shown = written(logs or {})
        self._steps = (epoch + 1) * self._in_epoch
        now = time.monotonic()
        if self._bar is not None:
            self._draw()
        elif now - self._last_line >= _SECONDS or epoch + 1 == self.epochs:
            self._last_line = now
            self.console.print(
                f"{self._where()}  {self._rate()}  {self._shown}", markup=False, highlight=False, soft_wrap=True
            )

    def _update(self, batch: int, logs: Logs | None) -> None:
        self._steps = self._epoch * self._in_epoch + batch + 1
        if self._bar is not None:
            self._draw()
        super()._update(batch, logs)

    def _draw(self) -> None:
        assert self._bar is not None
        self._bar.update(self._task, completed=self._steps, epoch=self._where(), rate=self._rate(), logs=self._shown)

    @property
    def _in_epoch(self) -> int:
        return self.target or 1

    def _where(self) -> str:
        return f"epoch {self._epoch + 1}/{self.epochs}"

    def _rate(self) -> str:
        seconds = max(time.monotonic() - self._began, 1e-9)
        rows = (self._steps - self._first) / self._in_epoch * self.rows
        return f"{rows / seconds:,.0f} rows/s"


def written(logs: dict[str, Any]) -> str:
    """Logs as a line: what is learnt from, then what is validated on."""
    names = sorted(logs, key=lambda name: (name.startswith("val_"), "loss" not in name, name))
    return "  ".join(f"{name} {logs[name]:.4g}" for name in names)
