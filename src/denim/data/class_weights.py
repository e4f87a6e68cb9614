"""Class weights as sample weights."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np


def class_weights_to_sample_weights(y: np.ndarray, class_weight: Any, classes: int | None = None) -> np.ndarray:
    """The weight of each sample's class: float64, shape (rows,). Classes that are not named weigh 1.

    Args:
        y: labels of shape (rows,) or (rows, 1), rounded if they are floats, or one-hot rows.
        class_weight: dict from class number to weight.
        classes: how many there are, where that is known.

    Raises:
        ValueError: if ``class_weight`` is no dict from whole numbers to numbers, or names a class that there is not.
    """
    weights = _checked(class_weight)
    unknown = [c for c in weights if c < 0 or (classes is not None and c >= classes)]
    if unknown:
        known = "class numbers of 0 or more" if classes is None else f"from 0 to {classes - 1}, the output's classes"
        raise ValueError(
            f"The keys of `class_weight` must be {known}. Received: {unknown[0]} in class_weight={class_weight!r}."
        )
    labels = y
    if y.ndim > 1:
        labels = np.argmax(y, axis=-1) if y.shape[-1] != 1 else y[..., 0]
    present, inverse = np.unique(np.round(labels).astype(np.int64), return_inverse=True)
    each = np.array([weights.get(c, 1.0) for c in present.tolist()], np.float64)
    return each[inverse].reshape(-1)


def _checked(class_weight: Any) -> dict[int, float]:
    try:
        if not isinstance(class_weight, Mapping):
            raise TypeError
        return {operator.index(key): float(value) for key, value in class_weight.items()}
    except (TypeError, ValueError):
        raise ValueError(
            "`class_weight` must be a dict from class numbers to weights, such as {0: 1.0, 1: 5.0}. "
            f"Received: class_weight={class_weight!r}"
        ) from None
