"""How the commands on people's own files end when they cannot go on."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import typer

from denim.commands.errors import TerminatedError


@contextmanager
def told() -> Iterator[None]:
    """What the person at the terminal can mend, Ctrl-C and SIGTERM end the command with a line that says so."""
    from denim.files.spoken import at_terminal

    try:
        with _terminable(), at_terminal():
            yield
    except BrokenPipeError:  # whoever read the output has seen enough: Typer ends without a word
        raise
    except (ValueError, OSError, ImportError) as error:
        typer.secho(f"Error: {error}", err=True, fg="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt as error:
        typer.echo(str(error) or "Stopped. Nothing was written.", err=True)
        raise stopped("SIGTERM" if isinstance(error, TerminatedError) else "SIGINT") from None


def stopped(by: str) -> typer.Exit:
    """The end of a command that a signal stopped, with the exit code of shells: 130 for SIGINT, 143 for SIGTERM."""
    return typer.Exit(128 + signal.Signals[by])


@contextmanager
def _terminable() -> Iterator[None]:
    """Within, SIGTERM is raised as Ctrl-C is, unless somebody else handles it."""
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    before = signal.signal(signal.SIGTERM, _terminate) if ours else None
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    raise TerminatedError
