"""Sizes that are None until there are data, such as the length of sequences."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from denim.layers.symbolic import BatchShape
from denim.program.nodes import Shape

_TRIED = (12, 24)
"""Sizes that stand for None where only a trial shows what becomes of it: an axis that differs between them is None."""


def is_open(shape: BatchShape) -> bool:
    """Whether a size is None beside that of the batch."""
    return None in shape[1:]


def samples_made(shapes: Sequence[BatchShape], make: Callable[[list[Shape]], list[Shape]]) -> list[BatchShape]:
    """What ``make`` makes of samples of these shapes, whose batch axis is left out; None for what is not known.

    Raises:
        ValueError: for what can be made of one size only.
    """
    first, *others = _TRIED if any(map(is_open, shapes)) else _TRIED[:1]
    made: list[BatchShape] = list(make([_with(shape, first) for shape in shapes]))
    for size in others:
        try:
            again = make([_with(shape, size) for shape in shapes])
        except ValueError as error:
            raise ValueError(
                f"What is computed from inputs of shape {', '.join(map(str, shapes))} depends on a size that is None. "
                f"Give the Input that size, or reduce the axis, as GlobalAveragePooling1D does. ({error})"
            ) from error
        made = [
            tuple(a if a == b else None for a, b in zip(one, other, strict=True))
            for one, other in zip(made, again, strict=True)
        ]
    return made


def _with(shape: BatchShape, size: int) -> Shape:
    return tuple(size if each is None else each for each in shape[1:])
