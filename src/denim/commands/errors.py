"""What a command can stop with."""

from __future__ import annotations


class CommandError(ValueError):
    """The command cannot go on. The text says why and what helps; it is meant for the person at the terminal."""


class TerminatedError(KeyboardInterrupt):
    """The system asks the command to end, with SIGTERM. It ends as after Ctrl-C, but for the exit code."""
