"""Tensors: those of ``denim.ops``, made as TensorFlow makes them."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import ops
from denim.data.texts import text_array
from denim.dropin.tensorflow.dtypes import string
from denim.ops.tensor import Tensor, tensor
from denim.variables import Variable as DenimVariable

__all__ = ["Tensor", "Variable", "as_dtype", "constant", "convert_to_tensor", "is_tensor"]

is_tensor = ops.is_tensor


def as_dtype(dtype: Any) -> np.dtype:
    """The NumPy dtype of a name, class or dtype."""
    return np.dtype(dtype)


def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None) -> Any:
    """A tensor of the value, which may be texts. Without a dtype, floating-point numbers are ``floatx()``."""
    if dtype == string or (dtype is None and np.asarray(value).dtype.kind in "US"):
        return tensor(text_array(value, "value"))
    return ops.convert_to_tensor(value, None if dtype is None else np.dtype(dtype).name)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A copy of the value as a tensor; one number fills the whole ``shape``."""
    array = convert_to_tensor(value, dtype)
    return tensor(np.array(array) if shape is None else np.resize(array, shape))


class Variable(DenimVariable):
    """A denim Variable, made as TensorFlow makes one."""

    def __init__(
        self, initial_value: Any, trainable: bool = True, name: str | None = None, dtype: Any = None, **options: Any
    ) -> None:
        if options:
            raise TypeError(f"denim's stand-in for tf.Variable takes no {', '.join(options)}.")
        array = convert_to_tensor(initial_value, dtype)
        super().__init__(array, dtype=array.dtype.name, trainable=trainable, name=name or "Variable")
