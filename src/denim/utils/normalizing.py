"""Arrays scaled to a norm of 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.config import floatx


def normalize(x: Any, axis: int | None = -1, order: float = 2) -> np.ndarray:
    """``x`` divided by its norms along ``axis``; where a norm is 0, nothing is divided.

    Args:
        x: an array; a list becomes one of ``floatx()``.
        axis: the axis, or None for one norm over all of a vector or matrix.
        order: which norm, as in ``numpy.linalg.norm``.

    Source: https://keras.io/api/utils/python_utils/
    """
    array = x if isinstance(x, np.ndarray) else np.asarray(x, floatx())
    norms = np.asarray(np.linalg.norm(array, order, axis, keepdims=True))
    return array / np.where(norms == 0, norms.dtype.type(1), norms)
