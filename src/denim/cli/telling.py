"""How the commands on people's own files end when they cannot go on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

INTERRUPTED = 130


@contextmanager
def told() -> Iterator[None]:
    """Errors that the person at the terminal can mend, and Ctrl-C, end the command with a line that says so."""
    try:
        yield
    except BrokenPipeError:  # whoever read the output has seen enough
        raise typer.Exit(1) from None
    except (ValueError, OSError, ImportError) as error:
        typer.secho(f"Error: {error}", err=True, fg="red")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo("Stopped. Nothing was written.", err=True)
        raise typer.Exit(INTERRUPTED) from None
