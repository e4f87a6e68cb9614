"""Which dtype an operation gives: Keras's rules for real numbers.

Python's numbers are weak: beside an array they take its dtype. Numbers of 64 bits become 32 bits wide, as with JAX,
unless
they are float64 on purpose: by ``config.floatx()``, or because a tensor, variable or layer of that dtype made them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import config
from denim.dtypes import result_type
from denim.suggest import did_you_mean

__all__ = ["NAMES", "WEAK", "is_float", "result_type", "standard"]

NAMES = (
    "bool",
    "uint8",
    "uint16",
    "uint32",
    "int8",
    "int16",
    "int32",
    "float16",
    "float32",
    "float64",
)
_NARROWED = {"int64": "int32", "uint64": "uint32"}
_PYTHON: dict[Any, str] = {bool: "bool", int: "int32", "int": "int32", "float": "float32"}
WEAK = (int, float)


def standard(dtype: Any) -> str:
    """A dtype, its name, a Python type, or None for ``floatx()``, as one of ``NAMES``.

    Raises:
        ValueError: for what is no dtype of real numbers.
    """
    if dtype is None or dtype is float:
        return config.floatx()
    if isinstance(dtype, (type(int), str)) and dtype in _PYTHON:
        return _PYTHON[dtype]
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = str(dtype)
    name = _NARROWED.get(name, name)
    if name not in NAMES:
        raise ValueError(
            f"Invalid dtype: {dtype!r}. Tensors here are of {', '.join(NAMES)}.{did_you_mean(name, NAMES)}"
        )
    return name


def is_float(dtype: str) -> bool:
    """Whether numbers of this dtype have a part behind the point."""
    return dtype.startswith("float")
