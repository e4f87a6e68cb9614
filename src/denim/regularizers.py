"""Regularizers: penalties on weights that are added to the loss, by Keras's names."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from denim.lazy import bind
from denim.ops.elementwise import abs, add, multiply, square
from denim.ops.reductions import sum
from denim.ops.tracing import is_traced
from denim.program import specs
from denim.suggest import did_you_mean

__all__ = ["L1", "L1L2", "L2", "Regularizer", "deserialize", "get", "l1", "l1_l2", "l2", "serialize"]


class Regularizer:
    """A penalty on a weight; calling it on an array gives the penalty.

    One of your own defines ``__call__(self, x)`` with operations of ``denim.ops``, and ``get_config`` if models with
    it are saved.

    Source: https://keras.io/api/layers/regularizers/
    """

    def __call__(self, x: Any) -> Any:
        """The penalty on this weight, a single number: 0 unless a subclass says otherwise."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal regularizer."""
        raise NotImplementedError(f"{self} does not implement get_config()")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A regularizer from ``get_config``."""
        return cls(**config)


class _Formula(Regularizer):
    """One that a Program has a formula for."""

    def __call__(self, x: Any) -> Any:
        """The penalty, a scalar of the array's dtype."""
        rule = self.spec()
        if is_traced(x):
            return add(multiply(sum(abs(x)), rule.l1), multiply(sum(square(x)), rule.l2))
        array = np.asarray(x)
        values = array.astype(np.float64)
        penalty = rule.l1 * np.abs(values).sum() + rule.l2 * np.square(values).sum()
        return (array.dtype if array.dtype.kind == "f" else np.dtype("float32")).type(penalty)

    def spec(self) -> specs.Regularizer:
        """The penalty as a Program states it."""
        raise NotImplementedError


class L1L2(_Formula):
    """``l1 sum |w| + l2 sum w^2``.

    Raises:
        ValueError: for a factor that is no number of at least 0.
    """

    def __init__(self, l1: float | None = 0.0, l2: float | None = 0.0) -> None:
        self.l1, self.l2 = _factor("l1", 0.0 if l1 is None else l1), _factor("l2", 0.0 if l2 is None else l2)

    def spec(self) -> specs.Regularizer:
        """The penalty as a Program states it."""
        return specs.Regularizer(self.l1, self.l2)

    def get_config(self) -> dict[str, Any]:
        """Both factors."""
        return {"l1": self.l1, "l2": self.l2}


class L1(_Formula):
    """``l1 sum |w|``: drives weights to zero.

    Raises:
        ValueError: for a factor that is no number of at least 0.
    """

    def __init__(self, l1: float | None = 0.01) -> None:
        self.l1 = _factor("l1", 0.01 if l1 is None else l1)

    def spec(self) -> specs.Regularizer:
        """The penalty as a Program states it."""
        return specs.Regularizer(l1=self.l1)

    def get_config(self) -> dict[str, Any]:
        """The factor."""
        return {"l1": self.l1}


class L2(_Formula):
    """``l2 sum w^2``: keeps weights small.

    Raises:
        ValueError: for a factor that is no number of at least 0.
    """

    def __init__(self, l2: float | None = 0.01) -> None:
        self.l2 = _factor("l2", 0.01 if l2 is None else l2)

    def spec(self) -> specs.Regularizer:
        """The penalty as a Program states it."""
        return specs.Regularizer(l2=self.l2)

    def get_config(self) -> dict[str, Any]:
        """The factor."""
        return {"l2": self.l2}


l1, l2, l1_l2 = L1, L2, L1L2

_NAMES: dict[str, type[Regularizer]] = {
    "L1": L1,
    "L2": L2,
    "L1L2": L1L2,
    "l1": L1,
    "l2": L2,
    "l1l2": L1L2,
    "l1_l2": L1L2,
}


def get(identifier: Any) -> Any:
    """The regularizer that a name, an instance, a class, a configuration or a function stands for; None stays None.

    Raises:
        ValueError: for anything else.
    """
    if identifier is None:
        return None
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    if isinstance(identifier, str) and identifier in _NAMES:
        return _NAMES[identifier]()
    found = identifier() if isinstance(identifier, type) and issubclass(identifier, Regularizer) else identifier
    if callable(found) and not isinstance(found, type):
        return found
    if isinstance(found, Real) and not isinstance(found, bool):
        raise ValueError(f"Could not interpret regularizer identifier: {identifier}. Did you mean L2({identifier})?")
    raise ValueError(f"Could not interpret regularizer identifier: {identifier}.{did_you_mean(identifier, _NAMES)}")


def serialize(regularizer: Any) -> Any:
    """Class name and configuration; None for None.

    Raises:
        ValueError: for a lambda.
    """
    from denim.saving import named

    return named.serialize(regularizer, "keras.regularizers", _NAMES)


def deserialize(config: Mapping[str, Any]) -> Any:
    """The regularizer of a configuration that ``serialize`` made.

    Raises:
        ValueError: for a class that is neither one of this module's nor registered.
    """
    from denim.saving import named

    return named.deserialize(config, "regularizer", _NAMES, get)


def _factor(name: str, value: Any) -> float:
    number = float(value) if isinstance(value, Real) and not isinstance(value, bool) else math.nan
    if not 0.0 <= number < math.inf:
        raise ValueError(
            f"Invalid value for argument {name}: expected a non-negative float. Received: {name}={value!r}"
        )
    return number


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
