"""What a command can stop with."""

from __future__ import annotations


class CommandError(ValueError):
    """The command cannot go on. The text says why and what helps; it is meant for the person at the terminal."""
