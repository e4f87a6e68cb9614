"""Functions that ``tensorflow.keras.backend`` has kept from before ``keras.ops``, in terms of it.

Older losses and metrics are written with them: ``K.sqrt(K.mean(K.square(y_pred - y_true)))``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import ops, random
from denim.config import floatx
from denim.dtypes import standardize_dtype
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
    argmax argmin batch_flatten batch_get_value batch_set_value bias_add cast_to_floatx clip concatenate constant
    count_params dot dropout dtype eval expand_dims flatten gather get_value hard_sigmoid in_top_k int_shape
    l2_normalize one_hot permute_dimensions pow random_bernoulli random_normal random_uniform relu repeat_elements
    reverse set_value switch truncated_normal update update_add update_sub variable
"""

__all__ = sorted((_SAME + _OTHER).split())


def argmax(x: Any, axis: int = -1) -> Any:
    """Where the largest are along an axis."""
    return ops.argmax(x, axis=axis)


def argmin(x: Any, axis: int = -1) -> Any:
    """Where the smallest are along an axis."""
    return ops.argmin(x, axis=axis)


def batch_flatten(x: Any) -> Any:
    """All elements of each sample in one row."""
    return ops.reshape(x, (-1, int(np.prod(x.shape[1:]))))


def batch_get_value(tensors: Any) -> list[np.ndarray]:
    """The numbers of several variables or tensors."""
    return [get_value(x) for x in tensors]


def batch_set_value(tuples: Any) -> None:
    """Replace the values of variables: pairs of a variable and a value."""
    for x, value in tuples:
        set_value(x, value)


def bias_add(x: Any, bias: Any, data_format: Any = None) -> Any:
    """With the bias added along the last axis."""
    return ops.add(x, bias)


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


def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """Each element set to 0 with probability ``level``."""
    return random.dropout(x, level, noise_shape, seed)


def dtype(x: Any) -> str:
    """The dtype's name."""
    return standardize_dtype(x.dtype)


def eval(x: Any) -> np.ndarray:
    """A variable's or tensor's numbers."""
    return get_value(x)


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


def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether each class number is among the k largest predictions."""
    return ops.in_top_k(targets, predictions, k)


def int_shape(x: Any) -> Any:
    """The lengths of the axes."""
    return tuple(x.shape)


def l2_normalize(x: Any, axis: Any = None) -> Any:
    """Divided by the norm along an axis."""
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), 1e-12))


def one_hot(indices: Any, num_classes: int) -> Any:
    """Class numbers as rows of one 1."""
    return ops.one_hot(indices, num_classes)


def permute_dimensions(x: Any, pattern: Any) -> Any:
    """The axes in another order."""
    return ops.transpose(x, pattern)


def pow(x: Any, a: Any) -> Any:
    """To a power."""
    return ops.power(x, a)


def random_bernoulli(shape: Any, p: float = 0.0, dtype: Any = None, seed: int | None = None) -> Any:
    """1 with probability ``p``, else 0."""
    return ops.cast(ops.less(random.uniform(shape, seed=seed), p), dtype or floatx())


def random_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Normal numbers."""
    return random.normal(shape, mean, stddev, dtype, seed)


def random_uniform(
    shape: Any, minval: float = 0.0, maxval: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Uniform numbers."""
    return random.uniform(shape, minval, maxval, dtype, seed)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Rectified; ``alpha`` is the slope below the threshold."""
    from denim import activations

    return activations.relu(x, negative_slope=alpha, max_value=max_value, threshold=threshold)


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Each element so many times along an axis."""
    return ops.repeat(x, rep, axis=axis)


def reverse(x: Any, axes: Any) -> Any:
    """In the other order along these axes."""
    return ops.flip(x, axis=axes)


def set_value(x: Variable, value: Any) -> None:
    """Replace a variable's value."""
    x.assign(value)


def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """The one where the condition holds, the other elsewhere; functions without arguments are called."""
    then, otherwise = (given() if callable(given) else given for given in (then_expression, else_expression))
    return ops.where(condition, then, otherwise)


def truncated_normal(
    shape: Any, mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: int | None = None
) -> Any:
    """Normal numbers, those more than two ``stddev`` from the mean drawn again."""
    return random.truncated_normal(shape, mean, stddev, dtype, seed)


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
