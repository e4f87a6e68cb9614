"""Tensors: NumPy arrays that also answer ``.numpy()``."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.layers.symbolic import KerasTensor
from denim.variables import Variable as DenimVariable

bool = np.dtype("bool")
float16, float32, float64 = np.dtype("float16"), np.dtype("float32"), np.dtype("float64")
int8, int16, int32, int64 = np.dtype("int8"), np.dtype("int16"), np.dtype("int32"), np.dtype("int64")
uint8, uint16, uint32, uint64 = np.dtype("uint8"), np.dtype("uint16"), np.dtype("uint32"), np.dtype("uint64")


class Tensor(np.ndarray):
    """An array as TensorFlow's scripts ask for it."""

    def numpy(self) -> Any:
        """The plain array; a NumPy number if it has no axes."""
        plain = self.view(np.ndarray)
        return plain if plain.ndim else plain[()]


def tensor(value: Any) -> Any:
    """An array or a number as a Tensor, without a copy; anything else, such as a symbolic tensor, as it is."""
    return np.asarray(value).view(Tensor) if isinstance(value, (np.ndarray, np.generic)) else value


def as_dtype(dtype: Any) -> np.dtype:
    """The NumPy dtype of a name, class or dtype."""
    return np.dtype(dtype)


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """An array of the value. Python's floats become float32 and its integers int32, as in TensorFlow."""
    if isinstance(value, KerasTensor):
        return value
    array = np.asarray(value.numpy() if isinstance(value, DenimVariable) else value)
    if dtype is None and not hasattr(value, "dtype"):
        dtype = {"float64": "float32", "int64": "int32"}.get(array.dtype.name)
    return tensor(array if dtype is None else array.astype(dtype))


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A copy of the value as a Tensor; one number fills the whole ``shape``."""
    array = convert_to_tensor(value, dtype)
    return tensor(array.copy() if shape is None else np.resize(array, shape))


def is_tensor(x: Any) -> Any:
    """Whether it is an array, a variable or a symbolic tensor."""
    return isinstance(x, (np.ndarray, DenimVariable, KerasTensor))


class Variable(DenimVariable):
    """A denim Variable, made as TensorFlow makes one."""

    def __init__(
        self, initial_value: Any, trainable: Any = True, name: str | None = None, dtype: Any = None, **options: Any
    ) -> None:
        if options:
            raise TypeError(f"denim's stand-in for tf.Variable takes no {', '.join(options)}.")
        array = convert_to_tensor(initial_value, dtype)
        super().__init__(array, name or "Variable", trainable=trainable, dtype=array.dtype.name)
