"""What the reference engine does to a parameter after each step."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from denim.engines.interpreter import Draws, forward
from denim.program.formulas.constraints import constrain
from denim.program.program import Program
from denim.program.specs import Constraint, Rewrite


def constraining(constraint: Constraint | None) -> Callable[[np.ndarray], np.ndarray] | None:
    """The function of a parameter that a constraint is."""
    if constraint is None:
        return None
    if isinstance(constraint, Rewrite):
        return partial(rewritten, constraint.program)
    return partial(constrain, constraint)


def rewritten(program: Program, w: np.ndarray) -> np.ndarray:
    """The output that a Rewrite's program makes of its parameter."""
    tensors = forward(program, [w], [], (), Draws(0, 0, training=False))
    result: np.ndarray = tensors[program.outputs[0]][0]
    return result
