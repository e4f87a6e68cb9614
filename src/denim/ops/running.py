"""A user's function, run on traced tensors."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from denim.ops import tracing
from denim.ops.traced import Traced, Untraceable
from denim.program.builder import ProgramBuilder

_HOME = str(Path(__file__).parents[1])


def run_traced(what: str, builder: ProgramBuilder, function: Callable[[], Any]) -> Any:
    """What the function returns; its operations add nodes to ``builder``.

    Raises:
        NotImplementedError: for what is no part of a Program, with the place in the user's code.
    """
    with tracing.building(builder):
        try:
            return function()
        except Untraceable as error:
            raise _placed(what, error) from error


def row_for_each_sample(builder: ProgramBuilder, value: Any) -> Traced:
    """A value that a function returned, as a traced tensor.

    Raises:
        Untraceable: for nothing.
    """
    if value is None:
        raise Untraceable("It returned None. Return the output.")
    return tracing.traced(builder, value)


def _placed(what: str, error: Untraceable) -> Untraceable:
    """The error with the user's line, where it does not name one yet."""
    text = str(error)
    if text.startswith("In "):
        return error
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(_HOME)]
    where = f" ({frames[-1].filename}, line {frames[-1].lineno}: {frames[-1].line})" if frames else ""
    return Untraceable(
        f"In {what}{where}: {text} What is trained is written with denim.ops; Python code on numbers needs another "
        f"engine."
    )
