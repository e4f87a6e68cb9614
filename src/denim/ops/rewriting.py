"""A user's function of a weight, as a Program of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denim.ops.running import run_traced
from denim.ops.traced import Untraceable
from denim.ops.tracing import traced
from denim.program.builder import ProgramBuilder
from denim.program.program import Program
from denim.program.specs import Rewrite
from denim.variables import Variable


def rewrite(what: str, function: Callable[[Any], Any], shape: tuple[int, ...], dtype: str) -> Rewrite:
    """What ``function`` makes of a weight of this shape.

    Raises:
        NotImplementedError: for a function that is not made of operations of ``denim.ops`` on the weight alone.
        ValueError: if it makes something of another shape.
    """
    builder = ProgramBuilder(dtype)
    weight = Variable(np.zeros(shape, dtype), name="weight")

    def made() -> int:
        result = function(traced(builder, weight))
        if result is None:
            raise Untraceable("It returned None. Return the weight as it must be.")
        return traced(builder, result).node

    node = run_traced(what, builder, made)
    lowered = builder.lowered(node)
    if len(lowered.variables) > 1:
        others = [variable.path for variable in lowered.variables[1:]]
        raise Untraceable(
            f"In {what}: it can be made of the weight alone, and of constants. Received other variables: {others}."
        )
    if builder.shape(node) != shape:
        raise ValueError(
            f"In {what}: what it returns must have the shape of the weight, {shape}. "
            f"Received: shape {builder.shape(node)}."
        )
    return Rewrite(Program(lowered.nodes, lowered.parameters, (node,), dtype=dtype))
