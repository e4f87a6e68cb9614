"""Which targets and predictions go together, and in which form losses and metrics compare them."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import config, ops
from denim.data.targets import matched_shape

Pair = tuple[Any, Any]


def same_rank(x: Any, y: Any) -> Pair:
    """Both, after Keras's rule for a last axis of size 1 that only one of them has.

    It is given to the other where that has one axis, and taken away otherwise.
    """
    for longer, shorter, swapped in ((x, y, False), (y, x, True)):
        if len(longer.shape) != len(shorter.shape) + 1 or longer.shape[-1] != 1:
            continue
        if len(shorter.shape) == 1:
            shorter = ops.expand_dims(shorter, -1)
        else:
            longer = ops.squeeze(longer, -1)
        return (shorter, longer) if swapped else (longer, shorter)
    return x, y


def floats(x: Any) -> Any:
    """A tensor of a floating dtype: ``config.floatx()`` for integers and truth values."""
    tensor = ops.convert_to_tensor(x)
    return tensor if str(tensor.dtype).startswith("float") else ops.cast(tensor, config.floatx())


def alike(function: str, y_true: Any, y_pred: Any) -> Pair:
    """y_true and y_pred of one shape and y_pred's dtype, to be compared element by element by ``function``.

    Raises:
        ValueError: for shapes that do not go together.
    """
    pred = floats(y_pred)
    true, pred = same_rank(ops.cast(ops.convert_to_tensor(y_true), pred.dtype), pred)
    _check_axes(pred)
    matched_shape(function, tuple(true.shape), tuple(pred.shape))
    return true, pred


def classes_and_scores(function: str, y_true: Any, y_pred: Any, *, ignored: int | None = None) -> Pair:
    """Class numbers of shape ``y_pred.shape[:-1]``, in y_pred's dtype, and y_pred.

    Raises:
        ValueError: for shapes that do not go together, or, in arrays, a class number without a class, but ``ignored``.
    """
    pred, true = floats(y_pred), ops.convert_to_tensor(y_true)
    if len(pred.shape) == 1 and tuple(true.shape) == (*pred.shape, 1):
        pred = ops.expand_dims(pred, -1)
    _check_axes(pred)
    wanted = matched_shape(function, tuple(true.shape), tuple(pred.shape))
    if len(true.shape) > len(wanted):
        true = ops.squeeze(true, -1)
    if isinstance(true, np.ndarray):
        check_classes(true, pred.shape[-1], ignored)
    return ops.cast(true, pred.dtype), pred


def check_classes(y_true: Any, classes: int, ignored: int | None = None) -> None:
    """Nothing if every class number is from 0 to ``classes`` - 1, or ``ignored``.

    Raises:
        ValueError: otherwise.
    """
    numbers = y_true if ignored is None else y_true[y_true != ignored]
    if not numbers.size:
        return
    low, high = numbers.min(), numbers.max()
    if not (low >= 0 and high < classes):
        raise ValueError(
            f"Class numbers must be from 0 to {classes - 1}, because `y_pred` has {classes} classes. "
            f"Received `y_true` from {low} to {high}."
        )


def _check_axes(pred: Any) -> None:
    if not len(pred.shape):
        raise ValueError(f"`y_pred` must have at least one axis. Received a single number: {pred!r}")
