"""The command as a person at the terminal has it."""

from __future__ import annotations

from typing import Any

from typer.testing import CliRunner

from denim.cli.main import app


def run(*words: Any) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr
