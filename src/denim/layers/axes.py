"""The ``axis`` argument of layers: which axes of a sample it means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from denim import ops


def sample_axes(owner: str, axis: Any, ndim: int) -> tuple[int, ...]:
    """The axes of a sample that ``axis`` means, in order; 0 is the first after the batch axis.

    Args:
        owner: the layer's class, for errors.
        axis: an integer, or a list or tuple of some; counted from the end if negative. The batch axis is 0.
        ndim: of the input, the batch axis included.

    Raises:
        TypeError: for what is no integer.
        ValueError: for an axis that the input does not have, the batch axis, or one that is named twice.
    """
    several = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    if not several or not all(map(_is_integer, several)):
        raise TypeError(f"{owner}: `axis` must be an integer, or a list of integers. Received: axis={axis!r}")
    for each in several:
        if not -ndim <= each < ndim:
            raise ValueError(
                f"{owner}: axis {each} is out of bounds for an input of {ndim} axes, the batch axis included. "
                f"Received: axis={axis!r}"
            )
        if each % ndim == 0:
            raise ValueError(f"{owner}: axis {each} is the batch axis, which is no part of a sample: axis={axis!r}")
    found = sorted({each % ndim - 1 for each in several})
    if len(found) < len(several):
        raise ValueError(f"{owner}: `axis` names an axis twice. Received: axis={axis!r} for an input of {ndim} axes")
    return tuple(found)


class Along:
    """A tensor with some of its samples' axes brought to the end, as one axis, and how to bring them back."""

    def __init__(self, x: Any, axes: Sequence[int]) -> None:
        shape = x.shape[1:]
        self._order = [*(axis for axis in range(len(shape)) if axis not in axes), *axes]
        self._moved = [shape[axis] for axis in self._order]
        last = ops.transpose(x, [0, *(axis + 1 for axis in self._order)])
        self.tensor = ops.reshape(
            last, (-1, *self._moved[: len(shape) - len(axes)], math.prod(shape[axis] for axis in axes))
        )

    def back(self, y: Any) -> Any:
        """A tensor of ``self.tensor``'s shape, with the axes where they were."""
        order = [self._order.index(axis) + 1 for axis in range(len(self._order))]
        return ops.transpose(ops.reshape(y, (-1, *self._moved)), [0, *order])


def _is_integer(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)
