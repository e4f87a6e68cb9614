"""One-off runs: a program on arrays, outside training."""

from __future__ import annotations

import numpy as np

from denim.data.feed import Feed
from denim.engines.checks import check_indices
from denim.engines.protocol import Executable, State, flat_buffer
from denim.engines.selection import compile_program
from denim.program.builder import Lowered

_KEY_BYTES = 8


def run(
    executable: Executable, parameters: np.ndarray, arrays: tuple[np.ndarray, ...], training: bool
) -> list[np.ndarray]:
    """The program's outputs for these inputs, all rows as one batch.

    With ``training``, dropout takes its masks from a key drawn from NumPy's global generator.
    """
    rows = len(arrays[0])
    key = int.from_bytes(np.random.bytes(_KEY_BYTES), "little") if training else 0  # noqa: NPY002
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
