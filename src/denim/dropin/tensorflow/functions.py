"""TensorFlow's functions that ``denim.ops`` has in another form."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from denim import ops


def matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False, name: str | None = None) -> Any:
    """The matrix product, with the last two axes of either exchanged if told."""
    return ops.matmul(_turned(a) if transpose_a else a, _turned(b) if transpose_b else b)


def _turned(x: Any) -> Any:
    return ops.swapaxes(x, -1, -2)


def split(value: Any, num_or_size_splits: Any, axis: int = 0, num: int | None = None, name: str | None = None) -> Any:
    """So many equal parts, or parts of these sizes along an axis; one of them may be -1, for what is left."""
    if isinstance(num_or_size_splits, (int, np.integer)):
        return ops.split(value, int(num_or_size_splits), axis=axis)
    sizes = [int(size) for size in num_or_size_splits]
    length = ops.shape(value)[axis]
    if -1 in sizes:
        sizes[sizes.index(-1)] = length - sum(sizes) - 1
    if min(sizes) < 0 or sum(sizes) != length:
        raise ValueError(
            f"tf.split: the sizes must add up to that of axis {axis}, which is {length}. Received: "
            f"num_or_size_splits={list(num_or_size_splits)}"
        )
    return ops.split(value, np.cumsum(sizes)[:-1].tolist(), axis=axis)


def squared_difference(x: Any, y: Any, name: str | None = None) -> Any:
    """(x - y)^2."""
    return ops.square(ops.subtract(x, y))


def print(*inputs: Any, **options: Any) -> None:
    """Write to standard error, at once."""
    end = options.get("end", "\n")
    (options.get("output_stream") or sys.stderr).write(options.get("sep", " ").join(map(str, inputs)) + end)


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Any:
    """Binary crossentropy of each element."""
    return ops.binary_crossentropy(labels, logits, from_logits=True)


def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: str | None = None) -> Any:
    """Binary crossentropy of each element, where those of label 1 weigh ``pos_weight``."""
    weight = ops.add(1, ops.multiply(ops.subtract(pos_weight, 1), labels))
    missed = ops.multiply(weight, ops.softplus(ops.negative(logits)))
    return ops.add(ops.multiply(ops.subtract(1, labels), logits), missed)


def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1, name: str | None = None) -> Any:
    """Crossentropy of each row of probabilities."""
    return ops.categorical_crossentropy(labels, logits, from_logits=True, axis=axis)


def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: str | None = None) -> Any:
    """Crossentropy of each class number."""
    return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)


def l2_loss(t: Any, name: str | None = None) -> Any:
    """Half the sum of squares."""
    return ops.sum(ops.square(t)) / 2


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None) -> Any:
    """Divided by the norm along an axis."""
    return x * ops.rsqrt(ops.maximum(ops.sum(ops.square(x), axis=axis, keepdims=True), epsilon))


def bias_add(value: Any, bias: Any, name: str | None = None) -> Any:
    """With the bias added along the last axis."""
    return ops.add(value, bias)
