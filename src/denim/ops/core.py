"""The few operations that all others are made of, on arrays and on traced tensors.

On arrays they are the formulas of ``denim.program.formulas`` in NumPy; on traced tensors (``denim.ops.tracing``) they
are the nodes that have those formulas.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np

from denim.ops import dtypes, tracing
from denim.ops.tensor import as_array, dtype_of, tensor
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.elementwise import ELEMENTWISE
from denim.program.formulas.reductions import REDUCTIONS

Kind = Literal["same", "float", "bool"]
Axis = int | Sequence[int] | None


def promoted(*xs: Any, kind: Kind = "same") -> str:
    """The dtype that these operands are brought to; ``kind`` "float" makes floats of whole numbers."""
    found = [dtype_of(x) for x in xs]
    return dtypes.result_type(*found, float) if kind == "float" else dtypes.result_type(*found)


def elementwise(function: str, *xs: Any, kind: Kind = "same") -> Any:
    """A function of ``formulas.elementwise`` of operands that are brought to one dtype and one shape.

    ``kind`` says what it gives: the operands' dtype, that as a float, or truth values.
    """
    dtype = promoted(*xs, kind="same" if kind == "bool" else kind)
    if tracing.is_traced(*xs):
        return tracing.elementwise(function, xs, dtype, "bool" if kind == "bool" else dtype)
    y = ELEMENTWISE[function].forward(*(as_array(x, dtype) for x in xs))
    return tensor(y, "bool" if kind == "bool" else dtype)


def where(condition: Any, x1: Any, x2: Any) -> Any:
    """x1 where the condition is true, else x2."""
    dtype = promoted(x1, x2)
    if tracing.is_traced(condition, x1, x2):
        return tracing.elementwise("where", (condition, x1, x2), dtype, dtype)
    return tensor(np.where(as_array(condition) != 0, as_array(x1, dtype), as_array(x2, dtype)), dtype)


def activation(function: str, x: Any, alpha: float | None = None) -> Any:
    """A function of ``formulas.activations``, in float64 where it is computed here."""
    dtype = promoted(x, kind="float")
    if tracing.is_traced(x):
        return tracing.activation(function, x, alpha, dtype)
    return tensor(ACTIVATIONS[function].forward(as_array(x, dtype).astype(np.float64), alpha), dtype)


def reduce(function: str, x: Any, axis: Axis = None, keepdims: bool = False, dtype: str | None = None) -> Any:
    """A function of ``formulas.reductions`` over some axes, all of them for None; ``dtype`` is what it gives.

    Numbers of elements (argmax, argmin) come from x as it is; for the others x is brought to the dtype first.
    """
    given = promoted(x)
    result = dtype or given
    if tracing.is_traced(x):
        return tracing.reduce(function, x, axis, keepdims, result)
    array = as_array(x, given if function.startswith("arg") else result)
    axes = normalized_axes(axis, array.ndim, function)
    rest = [i for i in range(array.ndim) if i not in axes]
    together = array.transpose(*rest, *axes).reshape(*(array.shape[i] for i in rest), -1)
    shape = [1 if i in axes else n for i, n in enumerate(array.shape) if keepdims or i not in axes]
    return tensor(REDUCTIONS[function].forward(together).reshape(shape), result)


def rearranged(x: Any, function: Callable[[np.ndarray], np.ndarray], name: str) -> Any:
    """What ``function``, which only moves, repeats or leaves out elements, makes of x. ``name`` is for errors."""
    if tracing.is_traced(x):
        return tracing.rearranged(x, function, name)
    return tensor(function(as_array(x)))


def concatenated(xs: Sequence[Any], axis: int) -> Any:
    """One after the other along ``axis``, in the dtype they have in common."""
    if not xs:
        raise ValueError("concatenate() needs at least one tensor. Received: none.")
    dtype = promoted(*xs)
    if tracing.is_traced(*xs):
        return tracing.concatenated(xs, axis, dtype)
    return tensor(np.concatenate([as_array(x, dtype) for x in xs], axis), dtype)


def product(x1: Any, x2: Any) -> Any:
    """The matrix product, by NumPy's rules for axes."""
    dtype = promoted(x1, x2)
    if tracing.is_traced(x1, x2):
        return tracing.product(x1, x2, dtype)
    return tensor(np.matmul(as_array(x1, dtype), as_array(x2, dtype)), dtype)


def cast(x: Any, dtype: str) -> Any:
    """The same numbers in another dtype; from floats to whole numbers what is behind the point is cut off."""
    if tracing.is_traced(x):
        return tracing.cast(x, dtype)
    return tensor(as_array(x, dtype))


def shape_of(x: Any) -> tuple[int | None, ...]:
    """The shape, with None for a traced tensor's batch axis."""
    shape = getattr(x, "shape", None)
    return np.shape(x) if shape is None else tuple(shape)


def on_arrays_only(name: str, *xs: Any, instead: str = "") -> None:
    """Refuse traced tensors: no node computes this.

    Raises:
        NotImplementedError: naming the operation.
    """
    if tracing.is_traced(*xs):
        raise NotImplementedError(
            f"ops.{name} works on arrays; within a layer, loss or metric that is trained it has no node."
            + (f" {instead}" if instead else " Write it with other operations of denim.ops.")
        )


def normalized_axes(axis: Axis, ndim: int, name: str) -> tuple[int, ...]:
    """The axes as numbers from 0, all of them for None.

    Raises:
        ValueError: for an axis that there is not, or is there twice.
    """
    if axis is None:
        return tuple(range(ndim))
    axes = list(axis) if isinstance(axis, Sequence) else [axis]
    for each in axes:
        if not -ndim <= each < ndim:
            raise ValueError(f"ops.{name}: axis {each} is out of bounds for a tensor of {ndim} axes.")
    found = tuple(int(each) % ndim for each in axes)
    if len(set(found)) < len(found):
        raise ValueError(f"ops.{name}: every axis must be there once. Received: axis={axis!r}")
    return found


def elements(shape: Sequence[int | None], axes: Sequence[int]) -> int | None:
    """How many elements these axes have, None if the batch axis is one of them."""
    sizes = [shape[i] for i in axes]
    return None if None in sizes else math.prod(sizes)  # type: ignore[arg-type]
