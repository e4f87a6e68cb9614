"""How far a comparison is: a bar with the time left in a terminal, a line for each fold elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn


class Meter:
    """Counts trainings; those of a fold are ``models``."""

    def __init__(self, console: Console, bar: Progress | None, folds: int, models: int) -> None:
        self._console = console
        self._bar = bar
        self._folds = folds
        self._models = models
        self._done = 0
        self._task = TaskID(0) if bar is None else bar.add_task("", total=folds * models)

    def begins(self, model: str) -> Callable[[float], None]:
        """A model begins to learn; what is returned is told the share of it that is done."""
        if self._bar is not None:
            fold = self._done // self._models + 1
            self._bar.update(self._task, description=f"fold {fold} of {self._folds}, {model}")

        def share(done: float) -> None:
            if self._bar is not None:
                self._bar.update(self._task, completed=self._done + done)

        return share

    def ends(self) -> None:
        """The model is done."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, completed=self._done)
        elif self._done % self._models == 0:
            self._console.print(f"fold {self._done // self._models} of {self._folds} is done", highlight=False)


@contextmanager
def shown(console: Console, folds: int, models: int) -> Iterator[Meter]:
    """Shows how far it is while within."""
    if not console.is_terminal:
        yield Meter(console, None, folds, models)
        return
    text = TextColumn("{task.description}", markup=False)
    columns = (text, BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=console, transient=True) as bar:
        yield Meter(console, bar, folds, models)
