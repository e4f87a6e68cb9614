"""Functions of one to three numbers, element by element, and their gradients.

Truth values are 1 and 0; anything but 0 counts as true. Forward and gradients stand side by side. The arithmetic is in
the arrays' dtype; infinities and NaN make no warnings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from denim.program.formulas.activations import erf

Forward = Callable[..., np.ndarray]
Gradients = Callable[..., tuple["np.ndarray | None", ...]]


@dataclass(frozen=True)
class ElementwiseFormula:
    """One function of ``arity`` arrays of one shape.

    ``_gradients(y, dy, *x)`` gives the loss's gradient by each x, None where it is 0.
    """

    name: str
    arity: int
    _forward: Forward
    _gradients: Gradients

    def forward(self, *x: np.ndarray) -> np.ndarray:
        """The values, in the first input's dtype."""
        with np.errstate(all="ignore"):
            return np.asarray(self._forward(*x)).astype(x[0].dtype)

    def gradients(self, y: np.ndarray, dy: np.ndarray, *x: np.ndarray) -> tuple[np.ndarray | None, ...]:
        """The loss's gradient by each input, given its gradient ``dy`` by the values ``y``; None where it is 0."""
        with np.errstate(all="ignore"):
            return self._gradients(y, dy, *x)


def _unary(name: str, forward: Forward, slope: Forward) -> ElementwiseFormula:
    """A function of one number whose gradient is ``slope(x, y)``."""
    return ElementwiseFormula(name, 1, forward, lambda y, dy, x: (dy * slope(x, y),))


def _step(name: str, arity: int, forward: Forward) -> ElementwiseFormula:
    """A function that is flat wherever it has a slope."""
    return ElementwiseFormula(name, arity, forward, lambda *_: (None,) * arity)


def _larger_share(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How much of a maximum's gradient a gets: all, nothing, or half where both are equal."""
    return np.where(a == b, 0.5, np.where(a > b, 1.0, 0.0))


def _power_gradients(y: np.ndarray, dy: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    by_base = np.where(b == 0.0, 0.0, dy * b * np.power(a, b - 1.0))
    by_exponent = np.where(a == 0.0, 0.0, dy * y * np.log(a))
    return by_base, by_exponent


def _where(c: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where(c != 0.0, a, b)


def _where_gradients(
    y: np.ndarray, dy: np.ndarray, c: np.ndarray, a: np.ndarray, b: np.ndarray
) -> tuple[None, np.ndarray, np.ndarray]:
    return None, np.where(c != 0.0, dy, 0.0), np.where(c != 0.0, 0.0, dy)


ELEMENTWISE: dict[str, ElementwiseFormula] = {
    formula.name: formula
    for formula in (
        _unary("negative", np.negative, lambda x, y: -np.ones_like(x)),
        _unary("abs", np.abs, lambda x, y: np.sign(x)),
        _unary("square", np.square, lambda x, y: 2.0 * x),
        _unary("sqrt", np.sqrt, lambda x, y: 0.5 / y),
        _unary("rsqrt", lambda x: 1.0 / np.sqrt(x), lambda x, y: -0.5 * y / x),
        _unary("reciprocal", lambda x: 1.0 / x, lambda x, y: -y * y),
        _unary("exp", np.exp, lambda x, y: y),
        _unary("expm1", np.expm1, lambda x, y: y + 1.0),
        _unary("log", np.log, lambda x, y: 1.0 / x),
        _unary("log1p", np.log1p, lambda x, y: 1.0 / (1.0 + x)),
        _unary("sin", np.sin, lambda x, y: np.cos(x)),
        _unary("cos", np.cos, lambda x, y: -np.sin(x)),
        _unary("erf", erf, lambda x, y: 2.0 / np.sqrt(np.pi) * np.exp(-x * x)),
        _step("sign", 1, np.sign),
        _step("floor", 1, np.floor),
        _step("ceil", 1, np.ceil),
        _step("round", 1, np.rint),
        _step("trunc", 1, np.trunc),
        _step("isnan", 1, np.isnan),
        _step("isfinite", 1, np.isfinite),
        _step("logical_not", 1, lambda x: x == 0.0),
        _step("stop_gradient", 1, lambda x: x),
        ElementwiseFormula("add", 2, np.add, lambda y, dy, a, b: (dy, dy)),
        ElementwiseFormula("subtract", 2, np.subtract, lambda y, dy, a, b: (dy, -dy)),
        ElementwiseFormula("multiply", 2, np.multiply, lambda y, dy, a, b: (dy * b, dy * a)),
        ElementwiseFormula("divide", 2, np.divide, lambda y, dy, a, b: (dy / b, -dy * y / b)),
        ElementwiseFormula("power", 2, np.power, _power_gradients),
        ElementwiseFormula(
            "maximum", 2, np.maximum, lambda y, dy, a, b: (dy * _larger_share(a, b), dy * _larger_share(b, a))
        ),
        ElementwiseFormula(
            "minimum", 2, np.minimum, lambda y, dy, a, b: (dy * _larger_share(b, a), dy * _larger_share(a, b))
        ),
        _step("equal", 2, np.equal),
        _step("not_equal", 2, np.not_equal),
        _step("less", 2, np.less),
        _step("less_equal", 2, np.less_equal),
        _step("greater", 2, np.greater),
        _step("greater_equal", 2, np.greater_equal),
        _step("logical_and", 2, lambda a, b: (a != 0.0) & (b != 0.0)),
        _step("logical_or", 2, lambda a, b: (a != 0.0) | (b != 0.0)),
        _step("floor_divide", 2, lambda a, b: np.floor(a / b)),
        ElementwiseFormula(
            "where",
            3,
            _where,
            _where_gradients,
        ),
    )
}
"""By the name that ``program.nodes.Elementwise.function`` holds."""
