"""Class numbers as one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np


def to_categorical(x: Any, num_classes: int | None = None) -> np.ndarray:
    """One-hot rows in float64, as Keras's: shape (n,) or (n, 1) to (n, num_classes), (n, m) to (n, m, num_classes).

    Args:
        x: class numbers from 0.
        num_classes: one more than the largest of x if left out.

    Raises:
        ValueError: for a class number that is negative, broken, or not below num_classes.
    """
    given = np.asarray(x)
    classes = given.astype(np.int64)
    if given.size and (not np.array_equal(classes, given) or classes.min() < 0):
        raise ValueError(
            f"Class numbers must be whole and not negative. Received: x of dtype {given.dtype}, smallest {given.min()}"
        )
    if classes.ndim > 1 and classes.shape[-1] == 1:
        classes = classes[..., 0]
    largest = int(classes.max(initial=-1))
    width = largest + 1 if num_classes is None else int(num_classes)
    if largest >= width:
        raise ValueError(f"Class numbers must be below num_classes={num_classes}. Received: x with {largest}")
    rows = np.zeros((classes.size, width))
    rows[np.arange(classes.size), classes.reshape(-1)] = 1.0
    return rows.reshape(*classes.shape, width)
