"""Comparisons and truth values: what they give is of dtype bool."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.ops import core, elementwise
from denim.ops.dispatch import operation

__all__ = [
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "nan_to_num",
    "not_equal",
    "where",
]


@operation
def equal(x1: Any, x2: Any) -> Any:
    """x1 == x2."""
    return core.elementwise("equal", x1, x2, kind="bool")


@operation
def not_equal(x1: Any, x2: Any) -> Any:
    """x1 != x2."""
    return core.elementwise("not_equal", x1, x2, kind="bool")


@operation
def less(x1: Any, x2: Any) -> Any:
    """x1 < x2."""
    return core.elementwise("less", x1, x2, kind="bool")


@operation
def less_equal(x1: Any, x2: Any) -> Any:
    """x1 <= x2."""
    return core.elementwise("less_equal", x1, x2, kind="bool")


@operation
def greater(x1: Any, x2: Any) -> Any:
    """x1 > x2."""
    return core.elementwise("greater", x1, x2, kind="bool")


@operation
def greater_equal(x1: Any, x2: Any) -> Any:
    """x1 >= x2."""
    return core.elementwise("greater_equal", x1, x2, kind="bool")


@operation
def logical_and(x1: Any, x2: Any) -> Any:
    """Whether both are true; anything but 0 is."""
    return core.elementwise("logical_and", x1, x2, kind="bool")


@operation
def logical_or(x1: Any, x2: Any) -> Any:
    """Whether one of them is true."""
    return core.elementwise("logical_or", x1, x2, kind="bool")


@operation
def logical_xor(x1: Any, x2: Any) -> Any:
    """Whether one of them alone is true."""
    return not_equal(core.cast(x1, "bool"), core.cast(x2, "bool"))


@operation
def logical_not(x: Any) -> Any:
    """Whether it is not true."""
    return core.elementwise("logical_not", x, kind="bool")


@operation
def isnan(x: Any) -> Any:
    """Whether it is no number."""
    return core.elementwise("isnan", x, kind="bool")


@operation
def isfinite(x: Any) -> Any:
    """Whether it is a number and not infinite."""
    return core.elementwise("isfinite", x, kind="bool")


@operation
def isinf(x: Any) -> Any:
    """Whether it is infinite."""
    return logical_not(logical_or(isfinite(x), isnan(x)))


@operation
def isclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Whether abs(x1 - x2) <= atol + rtol * abs(x2), or both are the same infinity."""
    distance = elementwise.abs(elementwise.subtract(x1, x2))
    near = less_equal(distance, elementwise.add(elementwise.multiply(elementwise.abs(x2), rtol), atol))
    near = logical_or(equal(x1, x2), logical_and(near, isfinite(x2)))
    return logical_or(near, logical_and(isnan(x1), isnan(x2))) if equal_nan else near


@operation
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """x1 where the condition is true, else x2; without them the indices of what is true, on arrays."""
    if x1 is None and x2 is None:
        core.on_arrays_only("where", condition, instead="Pass x1 and x2.")
        from denim.ops.arrays import nonzero

        return nonzero(condition)
    if x1 is None or x2 is None:
        raise ValueError("ops.where takes both `x1` and `x2`, or neither.")
    return core.where(condition, x1, x2)


@operation
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Any:
    """x with other numbers for NaN and the infinities; the largest and smallest of the dtype if left out."""
    dtype = core.promoted(x)
    if not dtype.startswith("float"):
        return x
    largest = float(np.finfo(dtype).max)
    y = core.where(isnan(x), nan, x)
    y = core.where(equal(y, float("inf")), largest if posinf is None else posinf, y)
    return core.where(equal(y, float("-inf")), -largest if neginf is None else neginf, y)
