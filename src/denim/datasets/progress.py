"""Progress on a terminal with rich; silence elsewhere, or where rich is not installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def _terminal() -> Console | None:
    try:
        from rich.console import Console
    except ImportError:
        return None
    console = Console(stderr=True)
    return console if console.is_terminal or console.is_jupyter else None


@contextmanager
def transfer(title: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar for ``total`` bytes (None: unknown); yields a function to call with each count."""
    console = _terminal()
    if console is None:
        yield lambda count: None
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=console) as bars:
        task = bars.add_task(title, total=total)
        yield lambda count: bars.advance(task, count)


@contextmanager
def waiting(text: str) -> Iterator[None]:
    """A spinner beside ``text``."""
    console = _terminal()
    if console is None:
        yield
        return
    with console.status(text):
        yield
