"""Functions of operations as Programs: what the traced function gives for arrays, and its gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denim.data.feed import Feed
from denim.engines.protocol import State, flat_buffer
from denim.engines.reference import ReferenceEngine
from denim.ops.traced import Traced
from denim.ops.tracing import building
from denim.program.builder import Lowered, ProgramBuilder
from denim.program.nodes import Input
from denim.variables import Variable


def lowered(function: Callable[..., Any], arrays: Sequence[np.ndarray]) -> tuple[Lowered, Traced]:
    """The function of traced inputs of the arrays' sample shapes, and what it returned."""
    builder = ProgramBuilder("float64")
    inputs = [
        Traced(builder, builder.add(Input(f"x{i}", array.shape[1:], "float64")), array.dtype.name)
        for i, array in enumerate(arrays)
    ]
    with building(builder):
        result = function(*inputs)
    return builder.lowered(result.node), result


def values(function: Callable[..., Any], *arrays: np.ndarray, engine: Any = None) -> np.ndarray:
    """What the traced function gives for these arrays, in float64, by the reference engine unless told."""
    low, result = lowered(function, arrays)
    program = low.program()
    parameters = flat_buffer(program)
    for view, variable in zip(program.views(parameters), low.variables, strict=True):
        view[...] = variable.value
    feed = Feed(len(arrays[0]), tuple(arrays))
    engine = engine or ReferenceEngine()
    assert engine.supports(program) is None
    (output,) = engine.compile(program).predict(State(parameters), feed, batch_size=len(arrays[0]))
    return output[0] if result.shared else output


def weight(values: Any, name: str = "w") -> Variable:
    return Variable(values, name=name, dtype="float64")
