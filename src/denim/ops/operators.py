"""Python's operators as operations: what tensors, traced tensors, KerasTensors and variables have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any


@cache
def _function(module: str, name: str) -> Callable[..., Any]:
    """Looked up on use, because operations are made of the very tensors that have these operators."""
    function: Callable[..., Any] = getattr(import_module(f"denim.ops.{module}"), name)
    return function


def _wants_the_word(other: Any) -> bool:
    """Whether this asks arrays to leave operators to it, by NumPy's rule."""
    return getattr(type(other), "__array_ufunc__", False) is None


def _operator(module: str, name: str, *, swapped: bool = False) -> Callable[..., Any]:
    def apply(self: Any, *others: Any) -> Any:
        if any(other is None or isinstance(other, str) or _wants_the_word(other) for other in others):
            return NotImplemented
        function = _function(module, name)
        return function(*others, self) if swapped else function(self, *others)

    return apply


class Operators:
    """+ - * / // % ** @, comparisons, ~ & |, unary minus, abs and indexing, by the operations of ``denim.ops``."""

    __add__ = _operator("elementwise", "add")
    __radd__ = _operator("elementwise", "add", swapped=True)
    __sub__ = _operator("elementwise", "subtract")
    __rsub__ = _operator("elementwise", "subtract", swapped=True)
    __mul__ = _operator("elementwise", "multiply")
    __rmul__ = _operator("elementwise", "multiply", swapped=True)
    __truediv__ = _operator("elementwise", "true_divide")
    __rtruediv__ = _operator("elementwise", "true_divide", swapped=True)
    __floordiv__ = _operator("elementwise", "floor_divide")
    __rfloordiv__ = _operator("elementwise", "floor_divide", swapped=True)
    __mod__ = _operator("elementwise", "mod")
    __rmod__ = _operator("elementwise", "mod", swapped=True)
    __pow__ = _operator("elementwise", "power")
    __rpow__ = _operator("elementwise", "power", swapped=True)
    __matmul__ = _operator("linear_algebra", "matmul")
    __rmatmul__ = _operator("linear_algebra", "matmul", swapped=True)
    __neg__ = _operator("elementwise", "negative")
    __abs__ = _operator("elementwise", "abs")
    __lt__ = _operator("comparison", "less")
    __le__ = _operator("comparison", "less_equal")
    __gt__ = _operator("comparison", "greater")
    __ge__ = _operator("comparison", "greater_equal")
    __invert__ = _operator("comparison", "logical_not")
    __and__ = _operator("comparison", "logical_and")
    __rand__ = _operator("comparison", "logical_and", swapped=True)
    __or__ = _operator("comparison", "logical_or")
    __ror__ = _operator("comparison", "logical_or", swapped=True)

    def __getitem__(self, key: Any) -> Any:
        return _function("shaping", "get_item")(self, key)

    def __pos__(self) -> Any:
        return self


class Symbolic(Operators):
    """A tensor without numbers, whose operations are recorded to be replayed: a KerasTensor."""


class Comparable(Operators):
    """``Operators`` with == and != element by element, as tensors have them; identity serves as the hash."""

    __eq__ = _operator("comparison", "equal")
    __ne__ = _operator("comparison", "not_equal")

    def __hash__(self) -> int:
        return id(self)
