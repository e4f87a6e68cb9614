"""Constraints: what is done to a weight after each step of training, by Keras's names, or by functions of one's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from denim import config
from denim.lazy import bind
from denim.ops.elementwise import add, clip, divide, maximum, multiply, sqrt, square
from denim.ops.reductions import sum
from denim.ops.tracing import is_traced
from denim.program import specs
from denim.program.builder import has_spec
from denim.program.formulas.constraints import constrain
from denim.suggest import did_you_mean

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]


class Constraint:
    """What a weight must be; calling it on an array gives the array as it must be.

    One of your own defines ``__call__(self, w)`` with operations of ``denim.ops``, and ``get_config`` if it has
    arguments and models with it are saved.

    Source: https://keras.io/api/layers/constraints/
    """

    def __call__(self, w: Any) -> Any:
        """The weight as it must be: as it is, unless a subclass says otherwise."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal constraint."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A constraint from ``get_config``."""
        return cls(**config)


class _Formula(Constraint):
    """One that a Program has a formula for."""

    def __call__(self, w: Any) -> Any:
        """The constrained weight, a new array of the same shape and dtype."""
        if is_traced(w):
            return self.traced(w)
        array = np.asarray(w)
        dtype = array.dtype if array.dtype.kind == "f" else np.dtype(config.floatx())
        return constrain(self.spec(array.ndim), array.astype(np.float64)).astype(dtype)

    def spec(self, rank: int) -> Any:
        """As a Program states it, for a weight of ``rank`` axes."""
        raise NotImplementedError

    def traced(self, w: Any) -> Any:
        """The same in operations, within a constraint of the user's."""
        rule = self.spec(w.ndim)
        norms = sqrt(sum(square(w), axis=rule.axes, keepdims=True))
        bounded = maximum(norms, rule.minimum) if rule.maximum is None else clip(norms, rule.minimum, rule.maximum)
        desired = add(multiply(bounded, rule.rate), multiply(norms, 1.0 - rule.rate))
        return multiply(w, divide(desired, add(norms, rule.epsilon)))


class NonNeg(_Formula):
    """No number below 0."""

    def spec(self, rank: int) -> specs.NonNegative:
        """As a Program states it."""
        return specs.NonNegative()

    def traced(self, w: Any) -> Any:
        """The same in operations."""
        return maximum(w, 0.0)


class MaxNorm(_Formula):
    """Norms of at most ``max_value``.

    Args:
        max_value: the largest norm.
        axis: one axis or several, along which norms are taken; 0 takes those of a Dense kernel's columns.

    Raises:
        ValueError: for a number below 0, or an axis that is none.
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = _number("max_value", max_value)
        self.axis = _axis(axis)

    def spec(self, rank: int) -> specs.NormRange:
        """As a Program states it."""
        return _norm_range(self.axis, rank, maximum=float(self.max_value))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"max_value": self.max_value, "axis": self.axis}


class UnitNorm(_Formula):
    """Norms of 1; ``axis`` as of ``MaxNorm``."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = _axis(axis)

    def spec(self, rank: int) -> specs.NormRange:
        """As a Program states it."""
        return _norm_range(self.axis, rank, minimum=1.0, maximum=1.0)

    def get_config(self) -> dict[str, Any]:
        """The argument."""
        return {"axis": self.axis}


class MinMaxNorm(_Formula):
    """Norms from ``min_value`` to ``max_value``; ``axis`` as of ``MaxNorm``.

    Args:
        min_value, max_value: the bounds.
        rate: 1 takes a norm to its bound at once; less moves it so far towards it at each step.

    Raises:
        ValueError: for a bound below 0, a rate beyond 0 to 1, or an axis that is none.
    """

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0) -> None:
        self.min_value, self.max_value = _number("min_value", min_value), _number("max_value", max_value)
        self.rate = _number("rate", rate, 1.0)
        self.axis = _axis(axis)

    def spec(self, rank: int) -> specs.NormRange:
        """As a Program states it."""
        bounds = {"minimum": float(self.min_value), "maximum": float(self.max_value)}
        return _norm_range(self.axis, rank, **bounds, rate=float(self.rate))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"min_value": self.min_value, "max_value": self.max_value, "rate": self.rate, "axis": self.axis}


max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm

_NAMES: dict[str, type[Constraint]] = {
    "MaxNorm": MaxNorm,
    "MinMaxNorm": MinMaxNorm,
    "NonNeg": NonNeg,
    "UnitNorm": UnitNorm,
    "max_norm": MaxNorm,
    "min_max_norm": MinMaxNorm,
    "non_neg": NonNeg,
    "unit_norm": UnitNorm,
}


def get(identifier: Any) -> Any:
    """The constraint that a name, an instance, a class, a configuration or a function stands for; None stays None.

    Raises:
        ValueError: for anything else.
    """
    if identifier is None:
        return None
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    if isinstance(identifier, str) and identifier in _NAMES:
        return _NAMES[identifier]()
    found = None if isinstance(identifier, str) else identifier
    if callable(found):
        return found() if isinstance(found, type) else found
    raise ValueError(f"Could not interpret constraint identifier: {identifier}.{did_you_mean(identifier, _NAMES)}")


def spec_of(constraint: Any, shape: tuple[int, ...], dtype: str, path: str) -> specs.Constraint:
    """As a Program states it, for a weight of this shape and path.

    Raises:
        NotImplementedError: for a function that is not written with ``denim.ops``.
        ValueError: for an axis that the weight has not, or a function that makes something of another shape.
    """
    if isinstance(constraint, _Formula) and has_spec(constraint):
        rule: specs.Constraint = constraint.spec(len(shape))
        return rule
    from denim.ops.rewriting import rewrite

    return rewrite(f"the constraint of {path!r}", constraint, shape, dtype)


def serialize(constraint: Any) -> Any:
    """Class name and configuration; None for None.

    Raises:
        ValueError: for a lambda.
    """
    from denim.saving import named

    return named.serialize(constraint, "keras.constraints", _NAMES)


def deserialize(config: Mapping[str, Any]) -> Any:
    """The constraint of a configuration that ``serialize`` made.

    Raises:
        ValueError: for a class that is neither one of this module's nor registered.
    """
    from denim.saving import named

    return named.deserialize(config, "constraint", _NAMES, get)


def _number(name: str, value: Any, most: float = math.inf) -> Any:
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not 0.0 <= number <= most or math.isinf(number):
        bounds = "of at least 0" if most == math.inf else f"from 0 to {most:g}"
        raise ValueError(f"`{name}` must be a number {bounds}. Received: {name}={value!r}")
    return value


def _axis(axis: Any) -> Any:
    several = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    if not several or any(isinstance(each, bool) or not isinstance(each, int) for each in several):
        raise ValueError(f"`axis` must be a whole number or a list of them. Received: axis={axis!r}")
    return axis


def _norm_range(axis: Any, rank: int, **bounds: float) -> specs.NormRange:
    several = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    outside = [each for each in several if not -rank <= each < rank]
    if outside:
        raise ValueError(
            f"A weight of {rank} {'axis' if rank == 1 else 'axes'} has no axis {outside[0]}. Received: axis={axis!r}"
        )
    axes = tuple(sorted({each % rank for each in several}))
    return specs.NormRange(axes=axes, epsilon=config.epsilon(), **bounds)


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
