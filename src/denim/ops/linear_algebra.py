"""Products of vectors, matrices and tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from denim.ops import core, elementwise, reductions, shaping
from denim.ops.dispatch import operation

__all__ = ["dot", "einsum", "inner", "matmul", "outer", "tensordot", "vdot"]


@operation
def matmul(x1: Any, x2: Any) -> Any:
    """The matrix product, by NumPy's rules for axes."""
    return core.product(x1, x2)


@operation
def dot(x1: Any, x2: Any) -> Any:
    """Products summed over the last axis of x1 and the last but one of x2; plain products with a single number."""
    first, second = len(core.shape_of(x1)), len(core.shape_of(x2))
    if not first or not second:
        return elementwise.multiply(x1, x2)
    if second <= 2:
        return core.product(x1, x2)
    return tensordot(x1, x2, axes=([first - 1], [second - 2]))


@operation
def inner(x1: Any, x2: Any) -> Any:
    """Products summed over the last axis of both."""
    return tensordot(x1, x2, axes=([-1], [-1]))


@operation
def vdot(x1: Any, x2: Any) -> Any:
    """The sum of the products of all elements."""
    return reductions.sum(elementwise.multiply(shaping.ravel(x1), shaping.ravel(x2)))


@operation
def outer(x1: Any, x2: Any) -> Any:
    """Every product of an element of x1 and one of x2."""
    return elementwise.multiply(shaping.reshape(x1, (-1, 1)), shaping.reshape(x2, (1, -1)))


@operation
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Products summed over the last ``axes`` axes of x1 and the first of x2, or over two lists of axes."""
    first, second = core.shape_of(x1), core.shape_of(x2)
    if hasattr(axes, "__index__"):
        mine, other = list(range(len(first) - axes, len(first))), list(range(axes))
    else:
        mine, other = ([each] if hasattr(each, "__index__") else list(each) for each in axes)
    mine = list(core.normalized_axes(mine, len(first), "tensordot"))
    other = list(core.normalized_axes(other, len(second), "tensordot"))
    rest = [i for i in range(len(first)) if i not in mine]
    others = [i for i in range(len(second)) if i not in other]
    size = core.elements(second, other)
    if size is None or core.elements(first, mine) is None:
        raise NotImplementedError("ops.tensordot: the batch axis cannot be summed over. Choose other axes.")
    kept, added = [first[i] for i in rest], [second[i] for i in others]
    left = shaping.transpose(x1, [*rest, *mine])
    right = shaping.reshape(shaping.transpose(x2, [*other, *others]), (size, math.prod(added)))  # type: ignore[arg-type]
    product = core.product(shaping.reshape(left, [*kept, size]), right)
    return shaping.reshape(product, [*kept, *added])


@operation
def einsum(subscripts: str, *operands: Any, **kwargs: Any) -> Any:
    """Products summed over the letters that the result does not have, such as "bi,ij->bj"; "..." is not taken.

    Raises:
        ValueError: for subscripts that do not fit the operands.
    """
    inputs, _, output = subscripts.replace(" ", "").partition("->")
    names = inputs.split(",")
    if "..." in subscripts or len(names) != len(operands):
        raise ValueError(
            f"ops.einsum takes one group of letters for each tensor, without '...'. Received: {subscripts!r} and "
            f"{len(operands)} tensors"
        )
    if "->" not in subscripts:
        output = "".join(sorted(c for c in set(inputs) - {","} if inputs.count(c) == 1))
    if len(operands) == 2:
        contracted = [c for c in names[0] if c in names[1] and c not in output]
        free = [c for c in names[0] if c not in contracted]
        if not set(free) & set(names[1]) and output == "".join(free) + "".join(
            c for c in names[1] if c not in contracted
        ):
            axes = ([names[0].index(c) for c in contracted], [names[1].index(c) for c in contracted])
            if _distinct(names):
                return tensordot(*operands, axes=axes)
    if not _distinct(names):
        raise NotImplementedError(
            f"ops.einsum: a letter twice in one tensor is not supported. Received: {subscripts!r}"
        )
    letters = output + "".join(sorted(set(inputs) - {","} - set(output)))
    spread = [_aligned(operand, name, letters) for operand, name in zip(operands, names, strict=True)]
    found = spread[0]
    for each in spread[1:]:
        found = elementwise.multiply(found, each)
    summed = tuple(range(len(output), len(letters)))
    return reductions.sum(found, summed) if summed else found


def _distinct(names: Sequence[str]) -> bool:
    return all(len(set(name)) == len(name) for name in names)


def _aligned(x: Any, name: str, letters: str) -> Any:
    """x with its axes in the order of ``letters``, and axes of size 1 for those that it lacks."""
    order = [name.index(c) for c in letters if c in name]
    missing = [i for i, c in enumerate(letters) if c not in name]
    x = shaping.transpose(x, order)
    return shaping.expand_dims(x, missing) if missing else x
