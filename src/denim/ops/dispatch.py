"""How a public operation finds out what it is given: arrays, traced tensors, or KerasTensors."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from denim.ops.operators import Symbolic

Function = TypeVar("Function", bound=Callable[..., Any])


def operation(function: Function) -> Function:
    """The function; called with a KerasTensor it extends the graph instead, and is replayed when a model runs."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        if _is_symbolic(args) or (kwargs and _is_symbolic(kwargs.values())):
            from denim.ops.symbolic import record

            return record(call, args, kwargs)
        return function(*args, **kwargs)

    call.is_operation = True  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]


def _is_symbolic(values: Iterable[Any]) -> bool:
    return any(
        isinstance(value, Symbolic) or (isinstance(value, (list, tuple)) and _is_symbolic(value)) for value in values
    )
