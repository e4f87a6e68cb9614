"""Tables and lines at the terminal, in which every text is shown as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text


def table(console: Console, head: Sequence[str], rows: Iterable[Sequence[str]], *, left: Sequence[int] = (0,)) -> None:
    """Print a table. ``left``: the numbers of the columns that are not set to the right."""
    drawn = Table()
    for number, name in enumerate(head):
        drawn.add_column(Text(name), justify="left" if number in left else "right", overflow="fold")
    for row in rows:
        drawn.add_row(*map(Text, row))
    console.print(drawn)


def line(console: Console, text: str) -> None:
    """Print a line, which the terminal may break."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
