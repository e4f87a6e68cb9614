"""Arithmetic and functions of single numbers."""

from __future__ import annotations

import math
from typing import Any

from denim.ops import core
from denim.ops.dispatch import operation

__all__ = [
    "abs",
    "absolute",
    "add",
    "cbrt",
    "ceil",
    "clip",
    "cos",
    "cosh",
    "divide",
    "divide_no_nan",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "floor_divide",
    "hypot",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "power",
    "reciprocal",
    "round",
    "rsqrt",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "stop_gradient",
    "subtract",
    "tan",
    "true_divide",
    "trunc",
]


@operation
def add(x1: Any, x2: Any) -> Any:
    """x1 + x2."""
    return core.elementwise("add", x1, x2)


@operation
def subtract(x1: Any, x2: Any) -> Any:
    """x1 - x2."""
    return core.elementwise("subtract", x1, x2)


@operation
def multiply(x1: Any, x2: Any) -> Any:
    """x1 * x2."""
    return core.elementwise("multiply", x1, x2)


@operation
def divide(x1: Any, x2: Any) -> Any:
    """x1 / x2, as floats."""
    return core.elementwise("divide", x1, x2, kind="float")


@operation
def true_divide(x1: Any, x2: Any) -> Any:
    """x1 / x2, as floats."""
    return divide(x1, x2)


@operation
def divide_no_nan(x1: Any, x2: Any) -> Any:
    """x1 / x2, and 0 where x2 is 0."""
    zero = core.elementwise("equal", x2, 0, kind="bool")
    return core.where(zero, 0.0, divide(x1, core.where(zero, 1.0, x2)))


@operation
def floor_divide(x1: Any, x2: Any) -> Any:
    """The largest whole number not above x1 / x2."""
    return core.elementwise("floor_divide", x1, x2)


@operation
def mod(x1: Any, x2: Any) -> Any:
    """What remains of x1 after ``floor_divide``: of x2's sign."""
    return subtract(x1, multiply(floor_divide(x1, x2), x2))


@operation
def power(x1: Any, x2: Any) -> Any:
    """x1 to the power x2."""
    if type(x2) in (int, float) and x2 == 2:
        return core.elementwise("square", x1) if type(x2) is int else square(cast_like(x1, x2))
    return core.elementwise("power", x1, x2)


def cast_like(x: Any, number: Any) -> Any:
    """x in the dtype that it and the number have in common."""
    return core.cast(x, core.promoted(x, number))


@operation
def negative(x: Any) -> Any:
    """-x."""
    return core.elementwise("negative", x)


@operation
def abs(x: Any) -> Any:
    """The magnitude."""
    return core.elementwise("abs", x)


absolute = abs


@operation
def square(x: Any) -> Any:
    """x * x."""
    return core.elementwise("square", x)


@operation
def sqrt(x: Any) -> Any:
    """The square root."""
    return core.elementwise("sqrt", x, kind="float")


@operation
def rsqrt(x: Any) -> Any:
    """1 / sqrt(x)."""
    return core.elementwise("rsqrt", x, kind="float")


@operation
def cbrt(x: Any) -> Any:
    """The cube root, negative for negative numbers."""
    return multiply(sign(x), core.elementwise("power", abs(x), 1 / 3, kind="float"))


@operation
def reciprocal(x: Any) -> Any:
    """1 / x."""
    return core.elementwise("reciprocal", x, kind="float")


@operation
def exp(x: Any) -> Any:
    """e to the power x."""
    return core.elementwise("exp", x, kind="float")


@operation
def exp2(x: Any) -> Any:
    """2 to the power x."""
    return core.elementwise("power", 2.0, x, kind="float")


@operation
def expm1(x: Any) -> Any:
    """exp(x) - 1, exact for small x."""
    return core.elementwise("expm1", x, kind="float")


@operation
def log(x: Any) -> Any:
    """The natural logarithm."""
    return core.elementwise("log", x, kind="float")


@operation
def log1p(x: Any) -> Any:
    """log(1 + x), exact for small x."""
    return core.elementwise("log1p", x, kind="float")


@operation
def log2(x: Any) -> Any:
    """The logarithm to base 2."""
    return divide(log(x), math.log(2.0))


@operation
def log10(x: Any) -> Any:
    """The logarithm to base 10."""
    return divide(log(x), math.log(10.0))


@operation
def logaddexp(x1: Any, x2: Any) -> Any:
    """log(exp(x1) + exp(x2)), without overflow."""
    larger = core.elementwise("maximum", x1, x2, kind="float")
    return add(larger, log1p(exp(negative(abs(subtract(cast_like(x1, 0.0), x2))))))


@operation
def hypot(x1: Any, x2: Any) -> Any:
    """sqrt(x1^2 + x2^2)."""
    return sqrt(add(square(x1), square(x2)))


@operation
def sin(x: Any) -> Any:
    """The sine."""
    return core.elementwise("sin", x, kind="float")


@operation
def cos(x: Any) -> Any:
    """The cosine."""
    return core.elementwise("cos", x, kind="float")


@operation
def tan(x: Any) -> Any:
    """The tangent."""
    return divide(sin(x), cos(x))


@operation
def sinh(x: Any) -> Any:
    """The hyperbolic sine."""
    grown = expm1(x)
    return multiply(0.5, add(grown, divide(grown, add(grown, 1.0))))


@operation
def cosh(x: Any) -> Any:
    """The hyperbolic cosine."""
    return multiply(0.5, add(exp(x), exp(negative(x))))


@operation
def erf(x: Any) -> Any:
    """The error function."""
    return core.elementwise("erf", x, kind="float")


@operation
def sign(x: Any) -> Any:
    """-1, 0 or 1."""
    return core.elementwise("sign", x)


@operation
def floor(x: Any) -> Any:
    """The largest whole number not above x."""
    return core.elementwise("floor", x, kind="float")


@operation
def ceil(x: Any) -> Any:
    """The smallest whole number not below x."""
    return core.elementwise("ceil", x, kind="float")


@operation
def trunc(x: Any) -> Any:
    """x without what is behind the point."""
    return core.elementwise("trunc", x)


@operation
def round(x: Any, decimals: int = 0) -> Any:
    """The nearest number with so many decimals, the even one of two."""
    if not decimals:
        return core.elementwise("round", x)
    scale = 10.0**decimals
    return core.cast(divide(core.elementwise("round", multiply(x, scale)), scale), core.promoted(x))


@operation
def maximum(x1: Any, x2: Any) -> Any:
    """The larger of two."""
    return core.elementwise("maximum", x1, x2)


@operation
def minimum(x1: Any, x2: Any) -> Any:
    """The smaller of two."""
    return core.elementwise("minimum", x1, x2)


@operation
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """x, but at least ``x_min`` and at most ``x_max``; None is no bound."""
    if core.promoted(x) == "bool":
        x = core.cast(x, "int32")
    above = x if x_min is None else maximum(x, x_min)
    return above if x_max is None else minimum(above, x_max)


@operation
def stop_gradient(variable: Any) -> Any:
    """The same values, through which no gradient passes."""
    return core.elementwise("stop_gradient", variable)
