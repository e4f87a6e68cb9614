"""TensorFlow's functions on arrays and symbolic tensors: ``denim.ops`` under other names and argument names."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from denim import activations
from denim.dropin.tensorflow.missing import missing
from denim.dropin.tensorflow.table import MATH, ONLY_LINALG, ONLY_MATH
from denim.dropin.tensorflow.tensor import tensor

_OPS = {**MATH, **ONLY_MATH, **ONLY_LINALG}
_ARGUMENTS = {"perm": "axes", "output_type": "dtype"}
_DEFAULTS: dict[str, dict[str, Any]] = {"argmax": {"axis": 0}, "argmin": {"axis": 0}, "cumsum": {"axis": 0}}


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in _OPS:
        raise AttributeError(name)
    source = _source(name)
    defaults = _DEFAULTS.get(name, {})

    def operation(*args: Any, **options: Any) -> Any:
        options.pop("name", None)
        given = {_ARGUMENTS.get(key, key): value for key, value in options.items()}
        if len(args) < 2:
            given = {**defaults, **given}
        return tensor(source(*args, **given))

    operation.__name__ = operation.__qualname__ = name
    return operation


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """Another dtype."""
    if isinstance(x, (np.ndarray, np.generic, int, float, list, tuple)):
        return tensor(np.asarray(x).astype(dtype))
    return _source("cast")(x, np.dtype(dtype).name)


def gather(params: Any, indices: Any, axis: int = 0) -> Any:
    """The rows (or, along another axis, the slices) of these numbers."""
    return tensor(_source("gather")(params, indices, axis=axis))


def one_hot(indices: Any, depth: int, axis: int = -1, dtype: Any = "float32") -> Any:
    """Rows of 0 with a 1 at the index."""
    return tensor(_source("one_hot")(indices, depth, axis=axis, dtype=np.dtype(dtype).name))


def _source(name: str) -> Callable[..., Any]:
    wanted = _OPS[name]
    try:
        ops = importlib.import_module("denim.ops")
    except ModuleNotFoundError:
        ops = None
    for home in (ops, activations, np):
        if callable(found := getattr(home, wanted, None)):
            return found
    raise AttributeError(missing("denim.dropin.tensorflow", name, {}))
