"""One-off runs: a program on arrays, outside training."""

from __future__ import annotations

import numpy as np

from denim.data.feed import Feed
from denim.engines.checks import check_indices
from denim.engines.protocol import Executable, State, flat_buffer
from denim.engines.selection import compile_program
from denim.program.builder import Lowered
from denim.program.random import draw_key


def run(
    executable: Executable, parameters: np.ndarray, arrays: tuple[np.ndarray, ...], training: bool
) -> list[np.ndarray]:
    """The program's outputs for these inputs, all rows as one batch.

    With ``training``, or where it always acts, dropout takes its masks from a key that is drawn for the call.
    """
    rows = len(arrays[0])
    key = draw_key() if training or executable.program.always_draws else 0
    state = State(parameters, key=key)
    feed = Feed(rows, arrays)
    check_indices(executable.program, feed)
    return executable.predict(state, feed, batch_size=max(rows, 1), training=training)


def run_lowered(lowered: Lowered, arrays: tuple[np.ndarray, ...], training: bool) -> list[np.ndarray]:
    """``run`` for a layer on its own; its variables stay where they are."""
    program = lowered.program()
    parameters = flat_buffer(program)
    for view, variable in zip(program.views(parameters), lowered.variables, strict=True):
        view[...] = variable.value
    return run(compile_program(program), parameters, arrays, training)
