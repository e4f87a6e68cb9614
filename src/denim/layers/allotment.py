"""First values of weights, and how many of them a model that is being read from a file may have.

A file can name any number of units. While it is read, layers make no more numbers than the file holds, and make them
as zeros, since the file's values replace them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from denim.ops import tracing

_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)


@contextmanager
def allotted(numbers: int) -> Iterator[None]:
    """Within, layers may make ``numbers`` numbers in all."""
    token = _left.set([numbers])
    try:
        yield
    finally:
        _left.reset(token)


def first_values(initializer: Callable[..., Any], shape: tuple[int, ...], dtype: str, path: str) -> Any:
    """What a new weight begins with.

    Raises:
        ValueError: if the file that is being read holds fewer numbers, or the initializer makes another shape.
    """
    left = _left.get()
    if left is None:
        with tracing.building(None):
            values = np.asarray(initializer(shape, dtype=dtype))
        if values.shape != shape:
            raise ValueError(
                f"An initializer must return an array of the shape it is asked for: weight {path!r} needs {shape}. "
                f"Received: shape {values.shape} from {initializer!r}"
            )
        return values
    wanted = math.prod(shape)
    if wanted > left[0]:
        raise ValueError(
            f"A model takes its weights from its file, so it has no more of them than the file holds. Received: weight "
            f"{path!r} of shape {shape}, {wanted} numbers, where {left[0]} are left."
        )
    left[0] -= wanted
    return np.zeros(shape, dtype)
