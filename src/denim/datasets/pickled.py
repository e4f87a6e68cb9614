"""Reading the pickles that old data sets are published in, as data.

Nothing in a pickle is imported or called: the three names that NumPy writes for an array stand for the classes here,
which take its numbers and nothing else, and every other name is refused.
"""

from __future__ import annotations

import math
import pickle
from typing import IO, Any

import numpy as np

from denim.datasets.errors import Damaged

_FORMATS = {"u1": "uint8", "i8": "<i8", "O8": "object", "O": "object"}
_LARGEST = 1 << 28
_PLAIN = (bool, int, float, str, bytes)


def load(stream: IO[bytes]) -> Any:
    """Numbers, strings, bytes, lists and dicts; arrays of uint8 or int64; an array of objects comes as a list of them.

    Raises:
        Damaged: the pickle names anything but arrays, or is broken.
    """
    try:
        return _finished(_Reader(stream, encoding="bytes").load())
    except Damaged:
        raise
    except Exception as error:  # A broken pickle may raise anything.
        raise Damaged(f"not a pickle of arrays: {error}") from None


class _DType:
    """Stands for ``numpy.dtype``."""

    def __init__(self, code: Any, *_: Any) -> None:
        self.name = code.decode() if isinstance(code, bytes) else code
        if self.name not in _FORMATS:
            raise Damaged(f"it holds an array of dtype {code!r}")

    def __setstate__(self, state: Any) -> None:
        if state[1] not in ("|", "<", b"|", b"<"):
            raise Damaged(f"it holds an array of byte order {state[1]!r}")


class _Array:
    """Stands for ``numpy.ndarray``."""

    value: Any = None

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, fortran, data = state
        size = math.prod(shape) if all(type(axis) is int and axis >= 0 for axis in shape) else _LARGEST + 1
        if fortran or type(dtype) is not _DType or size > _LARGEST:
            raise Damaged(f"it holds an array of shape {shape!r}")
        kind = _FORMATS[dtype.name]
        if kind == "object":
            if type(data) is not list or shape != (len(data),):
                raise Damaged("it holds an array of objects that is no list")
            self.value = data
            return
        if type(data) is not bytes or len(data) != size * np.dtype(kind).itemsize:
            raise Damaged(f"it holds an array of shape {shape!r} with other than its bytes")
        self.value = np.frombuffer(data, kind).reshape(shape)


def _reconstruct(*_: Any) -> _Array:
    return _Array()


_NAMES = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _DType,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _NAMES:
            raise Damaged(f"it names {module}.{name}, and data needs no code")
        return _NAMES[module, name]


def _finished(value: Any) -> Any:
    """The same with arrays instead of what stands for them."""
    if type(value) is _Array:
        return value.value
    if type(value) is dict:
        return {key: _finished(part) for key, part in value.items()}
    if type(value) is list:
        return [_finished(part) for part in value]
    if value is None or type(value) in _PLAIN:
        return value
    raise Damaged(f"it holds a {type(value).__name__}")
