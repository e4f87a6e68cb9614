"""Functions that ``tensorflow.keras.backend`` has kept from before ``keras.ops``, in terms of it.

Older losses and metrics are written with them: ``K.sqrt(K.mean(K.square(y_pred - y_true)))``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import ops
from denim.config import floatx
from denim.lazy import bind
from denim.variables import Variable

_SAME = """
    abs all any arange binary_crossentropy cast categorical_crossentropy cos cumprod cumsum elu equal exp eye greater
    greater_equal less less_equal log max maximum mean min minimum ndim not_equal ones ones_like prod repeat reshape
    round shape sigmoid sign sin softmax softplus softsign sparse_categorical_crossentropy sqrt square squeeze stack std
    stop_gradient sum tanh tile transpose var zeros zeros_like
"""
"""What ``ops`` has under the same name."""

_OTHER = """
    argmax argmin cast_to_floatx clip concatenate constant count_params dot expand_dims flatten gather get_value
    hard_sigmoid int_shape l2_normalize permute_dimensions pow relu set_value update update_add update_sub variable
"""

__all__ = sorted((_SAME + _OTHER).split())


def argmax(x: Any, axis: int = -1) -> Any:
    """Where the largest are along an axis."""
    return ops.argmax(x, axis=axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """Where the smallest are along an axis."""
    return ops.argmin(x, axis=axis)


def cast_to_floatx(x: Any) -> Any:
    """In the dtype ``floatx()``."""
    return ops.cast(x, floatx())


def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """No less than the one and no more than the other."""
    return ops.clip(x, min_value, max_value)


def concatenate(tensors: Any, axis: int = -1) -> Any:
    """One after the other, along the last axis unless told."""
    return ops.concatenate(tensors, axis=axis)


def constant(value: Any, dtype: Any = None, shape: Any = None, name: str | None = None) -> Any:
    """A tensor of ``floatx()`` unless told; one number fills the ``shape``."""
    made = ops.convert_to_tensor(value, dtype or floatx())
    return made if shape is None else ops.broadcast_to(made, shape)


def count_params(x: Any) -> int:
    """How many numbers there are."""
    return int(np.prod(int_shape(x)))


def dot(x: Any, y: Any) -> Any:
    """The matrix product."""
    return ops.dot(x, y)


def expand_dims(x: Any, axis: int = -1) -> Any:
    """One axis of length 1 more, at the end unless told."""
    return ops.expand_dims(x, axis)


def flatten(x: Any) -> Any:
    """All elements in one row."""
    return ops.reshape(x, (-1,))


def gather(reference: Any, indices: Any) -> Any:
    """These rows."""
    return ops.take(reference, indices, axis=0)


def get_value(x: Any) -> np.ndarray:
    """A variable's or tensor's numbers."""
    return ops.convert_to_numpy(x)


def hard_sigmoid(x: Any) -> Any:
    """0.2 x + 0.5 between 0 and 1: not the one of ``ops``."""
    return ops.clip(0.2 * ops.convert_to_tensor(x) + 0.5, 0.0, 1.0)


def int_shape(x: Any) -> Any:
    """The lengths of the axes."""
    return tuple(x.shape)


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """Divided by the norm along an axis."""
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12))


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """The axes in another order."""
    return ops.transpose(x, pattern)


def pow(x: Any, a: Any) -> Any:
    """To a power."""
    return ops.power(x, a)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Rectified; ``alpha`` is the slope below the threshold."""
    from denim import activations

    return activations.relu(x, negative_slope=alpha, max_value=max_value, threshold=threshold)


def set_value(x: Variable, value: Any) -> None:
    """Replace a variable's value."""
    x.assign(value)


def update(x: Variable, new_x: Any) -> Variable:
    """Replace a variable's value; returns the variable."""
    return x.assign(new_x)


def update_add(x: Variable, increment: Any) -> Variable:
    """Add to a variable; returns it."""
    return x.assign_add(increment)


def update_sub(x: Variable, decrement: Any) -> Variable:
    """Subtract from a variable; returns it."""
    return x.assign_sub(decrement)


def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """A Variable of ``floatx()`` unless told."""
    made = Variable(value, dtype=dtype or floatx(), name=name)
    made.constraint = constraint
    return made


__getattr__, __dir__ = bind(__name__, {**dict.fromkeys(_OTHER.split()), **dict.fromkeys(_SAME.split(), "denim.ops")})
