"""The ``axis`` argument of layers that work along the last axis."""

from __future__ import annotations

from typing import Any


def last_axis(owner: str, axis: Any, ndim: int) -> None:
    """Nothing, if ``axis`` is the last of ``ndim`` axes, the batch axis included.

    Args:
        owner: the layer's class, for errors.
        axis: an integer, or a list or tuple of one; counted from the end if negative.
        ndim: of the input.

    Raises:
        TypeError: for what is no integer.
        ValueError: for an axis that the input does not have.
        NotImplementedError: for another axis than the last.
    """
    single = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis
    if isinstance(single, (list, tuple)) and single and all(map(_is_integer, single)):
        raise NotImplementedError(_only_last(owner, axis))
    if not _is_integer(single):
        raise TypeError(f"{owner}: `axis` must be an integer. Received: axis={axis!r}")
    if not -ndim <= single < ndim:
        raise ValueError(
            f"{owner}: axis {single} is out of bounds for an input of {ndim} axes, the batch axis included. "
            f"Received: axis={axis!r}"
        )
    if single % ndim != ndim - 1:
        raise NotImplementedError(_only_last(owner, axis))


def _is_integer(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)


def _only_last(owner: str, axis: Any) -> str:
    return (
        f"{owner} works along the last axis only; leave `axis` at -1, and bring the axis to the end of the data, for "
        f"example with np.moveaxis(x, axis, -1). Received: axis={axis!r}"
    )
