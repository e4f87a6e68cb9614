"""Commands as they are typed: on a page, to go on with a training, or where a slip is told."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any


def command(name: str, *arguments: str | Path, **options: Any) -> str:
    """A line for the shell, such as "denim evaluate model.keras 'my data.csv' --target kind".

    Args:
        name: of the command.
        arguments: in their order.
        options: by name, with underscores for hyphens: True is an option without a value, a list or tuple is given
            once for each value, and what is None or False is left out.
    """
    words = ["denim", name, *map(str, arguments)]
    for key, value in options.items():
        words += _option(f"--{key.replace('_', '-')}", value)
    return shlex.join(words)


def _option(word: str, value: Any) -> list[str]:
    if value is None or value is False:
        return []
    if value is True:
        return [word]
    values = value if isinstance(value, (list, tuple)) else (value,)
    return [each for one in values for each in (word, str(one))]
