"""Functions of one number with their slopes, by denim's own formulas, in float64."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim import ops
from denim.engines.interpreter import Draws, backward, forward
from denim.ops.running import row_for_each_sample
from denim.ops.traced import Traced, Untraceable
from denim.ops.tracing import building
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Input
from denim.variables import Variable

JUMP = 0.2
"""What changes by this share of its range from one point to the next may have jumped there."""


@dataclass(frozen=True)
class Curve:
    """A function over some numbers: three arrays of shape (points,).

    Attributes:
        exact: whether the slopes are those of formulas, and not differences.
    """

    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray
    exact: bool


def curve(function: Callable[[Any], Any], x: np.ndarray) -> Curve:
    """``function`` and its slope at the points ``x``.

    The function maps a column, shape (points, 1), to another one. Written with ``denim.ops``, it is traced, and its
    slope is what the gradient formulas of its operations make of it. A function of plain NumPy has differences.

    Raises:
        ValueError: the function returns another shape.
    """
    column = x.astype(np.float64)[:, np.newaxis]
    try:
        y, slope = _by_formulas(function, column)
        exact = True
    except (Untraceable, TypeError, AttributeError):
        y, slope = _by_differences(function, column)
        exact = False
    return Curve(column[:, 0], y, slope, exact)


def _by_formulas(function: Callable[[Any], Any], column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The column is one sample; what is added to it, nothing, is a weight, whose gradient is the slope."""
    builder = ProgramBuilder("float64")
    given = Traced(builder, builder.add(Input("x", column.shape, "float64")), "float64")
    nothing = Variable(np.zeros(column.shape), dtype="float64", name="nothing")
    with building(builder):
        result = row_for_each_sample(builder, function(ops.add(given, nothing)))
    lowered = builder.lowered(result.node)
    program = lowered.program()
    parameters = [np.asarray(variable.value, np.float64) for variable in lowered.variables]
    draws = Draws(0, 0, training=False)
    with np.errstate(all="ignore"):
        tensors = forward(program, parameters, [column[np.newaxis]], (), draws)
        y = _points(tensors[result.node][0], column)
        slopes = backward(program, parameters, tensors, {result.node: np.ones_like(tensors[result.node])}, draws)
    return y, slopes[lowered.variables.index(nothing)][:, 0]


def _by_differences(function: Callable[[Any], Any], column: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    step = 1e-6 * np.maximum(1.0, np.abs(column))
    with np.errstate(all="ignore"):
        y, above, below = (
            _points(np.asarray(function(each), np.float64), column) for each in (column, column + step, column - step)
        )
        return y, (above - below) / (2 * step[:, 0])


def _points(values: np.ndarray, column: np.ndarray) -> np.ndarray:
    if values.size != column.size:
        raise ValueError(
            "What is drawn must be a function of one number: a column of shape (points, 1) in, the same out. "
            f"Received: shape {values.shape} for {column.shape}."
        )
    return values.reshape(-1)


def broken(values: np.ndarray) -> np.ndarray:
    """The values with NaN where the next one is reached by a jump, so that no line is drawn across.

    A jump is a large step, or two, that no step near it resembles: what is only steep is drawn.
    """
    finite = values[np.isfinite(values)]
    reach = np.ptp(finite) if len(finite) else 0.0
    with np.errstate(invalid="ignore"):
        steps = np.abs(np.diff(values))
        near = np.maximum(np.append([0.0, 0.0], steps)[: len(steps)], np.append(steps, [0.0, 0.0])[2:])
        jumps = (steps > JUMP * reach) & (steps > 8 * near)
    return np.where(np.append(jumps, False), np.nan, values)
