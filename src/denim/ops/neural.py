"""What networks are made of: activations, one-hot rows, crossentropies, normalizations."""

from __future__ import annotations

from typing import Any

from denim import config
from denim.activations import (
    elu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    swish,
    tanh,
    tanh_shrink,
    threshold,
)
from denim.ops import comparison, core, creation, dtypes, elementwise, reductions, shaping, tracing
from denim.ops.dispatch import operation
from denim.ops.tensor import as_array

__all__ = [
    "batch_normalization",
    "binary_crossentropy",
    "categorical_crossentropy",
    "celu",
    "elu",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "layer_normalization",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "multi_hot",
    "normalize",
    "one_hot",
    "relu",
    "relu6",
    "rms_normalization",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_categorical_crossentropy",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]

hard_swish = hard_silu


@operation
def relu(x: Any) -> Any:
    """x where it is positive, else 0."""
    return core.activation("relu", x)


@operation
def gelu(x: Any, approximate: bool = True) -> Any:
    """x times the normal distribution function of x; ``approximate`` uses tanh. Hendrycks and Gimpel, 2016."""
    return core.activation("gelu_tanh" if approximate else "gelu", x)


@operation
def celu(x: Any, alpha: float = 1.0) -> Any:
    """x where it is positive, else alpha * (exp(x / alpha) - 1). Barron, 2017."""
    return core.activation("celu", x, alpha)


@operation
def one_hot(x: Any, num_classes: int, axis: int = -1, dtype: Any = None, sparse: bool = False) -> Any:
    """1 at the place of each class number, else 0; a number without a class gives zeros alone."""
    if sparse:
        raise NotImplementedError("Sparse tensors are not supported. Leave `sparse` out.")
    classes = creation.arange(num_classes, dtype="int32")
    rows = comparison.equal(shaping.expand_dims(core.cast(x, "int32"), -1), classes)
    rows = core.cast(rows, dtypes.standard(dtype))
    return rows if axis == -1 else shaping.moveaxis(rows, -1, axis)


@operation
def multi_hot(
    inputs: Any, num_classes: int | None = None, axis: int = -1, dtype: Any = None, sparse: bool = False, **kwargs: Any
) -> Any:
    """1 at the place of every class number that a row has, else 0."""
    count = kwargs.get("num_tokens", num_classes)
    if count is None:
        raise ValueError("ops.multi_hot needs `num_classes`.")
    rows = one_hot(inputs, count, -1, dtype, sparse)
    rank = len(core.shape_of(inputs))
    summed = rank - 1 if rank > 1 else 0
    found = reductions.max(rows, summed)
    return found if axis == -1 else shaping.moveaxis(found, -1, axis)


@operation
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-sum(t log p) over an axis, for targets t of output's shape."""
    _same_shape("categorical_crossentropy", target, output)
    if from_logits:
        logs = log_softmax(output, axis)
    else:
        logs = elementwise.log(_clipped(elementwise.divide(output, reductions.sum(output, axis, keepdims=True))))
    return elementwise.negative(reductions.sum(elementwise.multiply(target, logs), axis))


@operation
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-log p of the true class, for class numbers of output's shape without ``axis``, or with 1 there.

    Raises:
        ValueError: on arrays for a class number without a class.
    """
    shape, given = core.shape_of(output), core.shape_of(target)
    if len(given) == len(shape) and given[-1] == 1:
        target = shaping.squeeze(target, -1)
    if not tracing.is_traced(target, output):
        from denim.losses.shapes import check_classes

        check_classes(as_array(target), shape[axis])  # type: ignore[arg-type]
    rows = one_hot(target, shape[axis], axis, core.promoted(output))  # type: ignore[arg-type]
    return categorical_crossentropy(rows, output, from_logits, axis)


@operation
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-(t log p + (1 - t) log(1 - p)), element by element."""
    _same_shape("binary_crossentropy", target, output)
    if from_logits:
        positive = elementwise.subtract(core.activation("relu", output), elementwise.multiply(output, target))
        small = elementwise.exp(elementwise.negative(elementwise.abs(output)))
        return elementwise.add(positive, elementwise.log1p(small))
    p = _clipped(output)
    yes = elementwise.multiply(target, elementwise.log(p))
    no = elementwise.multiply(elementwise.subtract(1.0, target), elementwise.log(elementwise.subtract(1.0, p)))
    return elementwise.negative(elementwise.add(yes, no))


def _clipped(p: Any) -> Any:
    return elementwise.clip(p, config.epsilon(), 1.0 - config.epsilon())


def _same_shape(name: str, target: Any, output: Any) -> None:
    if core.shape_of(target) != core.shape_of(output):
        raise ValueError(
            f"ops.{name}: `target` and `output` must have one shape. Received: target of shape "
            f"{core.shape_of(target)}, output of shape {core.shape_of(output)}"
        )


@operation
def normalize(x: Any, axis: Any = -1, order: float = 2, epsilon: float | None = None) -> Any:
    """x divided by its norm along an axis, which counts as at least ``epsilon``."""
    least = config.epsilon() if epsilon is None else epsilon
    x = elementwise.cast_like(x, 0.0)
    if order == 2:
        squares = reductions.sum(elementwise.square(x), axis, keepdims=True)
        return elementwise.multiply(x, elementwise.rsqrt(elementwise.maximum(squares, least**2)))
    return elementwise.divide(x, elementwise.maximum(reductions.norm(x, order, axis, keepdims=True), least))


@operation
def layer_normalization(
    x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: float | None = None
) -> Any:
    """x without its mean along an axis and divided by its deviation, times gamma, plus beta."""
    mean, variance = reductions.moments(x, axis, keepdims=True)
    least = config.epsilon() if epsilon is None else epsilon
    y = elementwise.multiply(elementwise.subtract(x, mean), elementwise.rsqrt(elementwise.add(variance, least)))
    y = y if gamma is None else elementwise.multiply(y, gamma)
    return y if beta is None else elementwise.add(y, beta)


@operation
def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: float | None = None) -> Any:
    """x divided by the root of its mean square along an axis, times scale. Zhang and Sennrich, 2019."""
    least = config.epsilon() if epsilon is None else epsilon
    squares = reductions.mean(elementwise.square(x), axis, keepdims=True)
    y = elementwise.multiply(x, elementwise.rsqrt(elementwise.add(squares, least)))
    return y if scale is None else elementwise.multiply(y, scale)


@operation
def batch_normalization(
    x: Any, mean: Any, variance: Any, axis: int, offset: Any = None, scale: Any = None, epsilon: float = 1e-3
) -> Any:
    """x without a mean and divided by a deviation for each element of an axis, times scale, plus offset."""
    rank = len(core.shape_of(x))

    def along(values: Any) -> Any:
        return shaping.reshape(values, [-1 if i == axis % rank else 1 for i in range(rank)])

    y = elementwise.multiply(
        elementwise.subtract(x, along(mean)), elementwise.rsqrt(elementwise.add(along(variance), epsilon))
    )
    y = y if scale is None else elementwise.multiply(y, along(scale))
    return y if offset is None else elementwise.add(y, along(offset))
