"""TensorFlow's functions: ``denim.ops`` under other names and argument names."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from denim import ops
from denim.dropin.tensorflow.table import MATH, ONLY_MATH
from denim.ops.tensor import Texts, tensor

_OPS = {**MATH, **ONLY_MATH}
_ARGUMENTS = {"input": "x", "input_tensor": "x", "output_type": "dtype", "perm": "axes", "tensor": "x"}
_OF_TEXTS = ("expand_dims", "reshape", "squeeze")
"""What can be done with texts, too."""
_OWN_ARGUMENTS = {
    "clip_by_value": {"t": "x", "clip_value_min": "x_min", "clip_value_max": "x_max"},
    "concat": {"values": "xs"},
    "divide": {"x": "x1", "y": "x2"},
    "gather": {"params": "x"},
    "one_hot": {"indices": "x", "depth": "num_classes"},
    "reshape": {"shape": "newshape"},
    "stack": {"values": "x"},
    "tile": {"multiples": "repeats"},
    "unstack": {"value": "x"},
    "where": {"x": "x1", "y": "x2"},
}
"""What TensorFlow calls the arguments that ``denim.ops`` calls otherwise: of all functions, and of one."""
_BEFORE_AXIS = {"argmax": 1, "argmin": 1, "cumsum": 1, "gather": 2}
"""How many arguments stand before an axis that is 0 if left out; ``denim.ops`` would flatten."""


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in _OPS:
        raise AttributeError(name)
    operation = getattr(ops, _OPS[name])
    renamed = {**_ARGUMENTS, **_OWN_ARGUMENTS.get(name, {})}

    @functools.wraps(operation)
    def call(*args: Any, **options: Any) -> Any:
        if name in _OF_TEXTS and args and isinstance(args[0], Texts):
            options.pop("name", None)
            return tensor(getattr(np, name)(*args, **options))
        given = {renamed.get(key, key): _plain(value) for key, value in options.items() if key != "name"}
        if len(args) <= _BEFORE_AXIS.get(name, -1):
            given.setdefault("axis", 0)
        return operation(*map(_plain, args), **given)

    return call


def _plain(value: Any) -> Any:
    return value.name if isinstance(value, np.dtype) else value
