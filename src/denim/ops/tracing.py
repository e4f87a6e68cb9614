"""Operations on traced tensors: each adds the nodes that compute it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from denim.ops import dtypes
from denim.ops.tensor import as_array, dtype_of
from denim.ops.traced import OverBatch, Product, Traced, Untraceable
from denim.program import nodes
from denim.program.builder import ProgramBuilder
from denim.program.formulas.reductions import BATCH_REDUCTIONS
from denim.program.nodes import Shape
from denim.variables import Variable

_BATCH = 3
"""Samples of the trial batch that shows where a rearrangement puts each element."""

_building: ContextVar[ProgramBuilder | None] = ContextVar("_building", default=None)


@contextmanager
def building(builder: ProgramBuilder | None) -> Iterator[None]:
    """Within, operations on variables alone add nodes to this builder too, and compute nothing; None ends that."""
    token = _building.set(builder)
    try:
        yield
    finally:
        _building.reset(token)


def current_builder() -> ProgramBuilder | None:
    """The builder that a user's function is being traced into."""
    return _building.get()


def is_traced(*xs: Any) -> bool:
    """Whether one of these is a traced tensor, or a variable while something is traced."""
    return any(isinstance(x, Traced) for x in xs) or (
        _building.get() is not None and any(isinstance(x, Variable) for x in xs)
    )


def builder_of(*xs: Any) -> ProgramBuilder:
    """The builder that these operands' nodes belong to.

    Raises:
        Untraceable: if they belong to several.
    """
    builders = {id(x.builder): x.builder for x in xs if isinstance(x, Traced)}
    if len(builders) > 1:
        raise Untraceable(
            "A traced tensor was kept from an earlier call, in an attribute or a global variable: it belongs to "
            "that call "
            "alone. Compute it anew, or pass it as an argument."
        )
    builder = next(iter(builders.values()), None) or _building.get()
    assert builder is not None
    return builder


# Operands


def traced(builder: ProgramBuilder, x: Any, dtype: str | None = None) -> Traced:
    """A traced tensor as it is, a variable as a Weight, an array or a number as a Constant."""
    if isinstance(x, Traced):
        return x
    if isinstance(x, Variable):
        if x.dtype == builder.dtype:
            weight = nodes.Weight(x.name, builder.parameter(x), x.shape)
            return Traced(builder, builder.add(weight), x.dtype)
        if x.trainable:
            raise Untraceable(
                f"All weights of a model are of its dtype, {builder.dtype}. Received: {x.path!r} of dtype {x.dtype}."
            )
    return constant(builder, as_array(x, dtype), dtype or dtypes.result_type(dtype_of(x)))


def constant(builder: ProgramBuilder, values: np.ndarray, dtype: str) -> Traced:
    """These numbers as a node."""
    numbers = tuple(values.astype(np.float64).ravel().tolist())
    return Traced(builder, builder.add(nodes.Constant("constant", numbers, values.shape)), dtype)


def _is_constant(x: Any) -> bool:
    return not isinstance(x, (Traced, Variable))


def _result(like: Traced, node: int, dtype: str | None = None) -> Traced:
    return Traced(like.builder, node, dtype or like.dtype)


# Elementwise


def elementwise(function: str, xs: Sequence[Any], dtype: str, result: str) -> Any:
    """A function of ``formulas.elementwise``; ``dtype`` is the operands', ``result`` what comes out."""
    if any(isinstance(x, OverBatch) for x in xs):
        linear = _still_over_batch(function, xs, dtype, result)
        if linear is not None:
            return linear
    if dtype == "bool" and function in ("add", "multiply"):
        function = {"add": "logical_or", "multiply": "logical_and"}[function]
    builder = builder_of(*xs)
    short = _with_bias(function, xs, result)
    if short is None:
        short = _scaled(function, xs, result)
    if short is not None:
        return short
    operands = _broadcast(builder, [_as_operand(builder, x, dtype, function, i) for i, x in enumerate(xs)], function)
    node = nodes.Elementwise(function, tuple(x.node for x in operands), function)
    return Traced(builder, builder.add(node), result)


def _as_operand(builder: ProgramBuilder, x: Any, dtype: str, function: str, place: int) -> Any:
    """Constants stay arrays until their shape is known."""
    if _is_constant(x):
        return as_array(x) if function == "where" and place == 0 else as_array(x, dtype)
    return traced(builder, x)


def _with_bias(function: str, xs: Sequence[Any], result: str) -> Traced | None:
    if function != "add":
        return None
    for product, bias in (xs, xs[::-1]):
        if isinstance(product, Product) and isinstance(bias, Variable) and bias.dtype == product.builder.dtype:
            return product.plus(bias, result)
    return None


def _scaled(function: str, xs: Sequence[Any], result: str) -> Traced | None:
    """Arithmetic of samples with one number, or one for each element of the last axis, is an AffineScaling."""
    if function not in ("add", "subtract", "multiply", "divide"):
        return None
    swapped = _is_constant(xs[0])
    x, other = xs[::-1] if swapped else xs
    if not isinstance(x, Traced) or x.shared or not _is_constant(other) or (swapped and function == "divide"):
        return None
    values = as_array(other, "float64")
    along = x.sample[-1:] == values.shape or (values.ndim and x.sample[-1:] == values.shape[-1:] == (values.size,))
    if values.ndim > x.ndim or not (values.size == 1 or (along and values.size > 1)):
        return None
    if function == "divide":
        with np.errstate(all="ignore"):
            values = 1.0 / values
    if not np.isfinite(values).all():
        return None
    number: Any = float(values.reshape(())) if values.size == 1 else tuple(values.ravel().tolist())
    if function in ("multiply", "divide"):
        settings = {"scale": number}
    elif function == "add":
        settings = {"offset": number}
    else:
        settings = {"scale": -1.0, "offset": number} if swapped else {"shift": number}
    return _result(x, x.builder.add(nodes.AffineScaling(function, x.node, **settings)), result)


def _broadcast(builder: ProgramBuilder, operands: Sequence[Any], function: str) -> list[Traced]:
    """All of one sample shape, by NumPy's rules, in which the batch axis is the first."""
    shape = common_shape([(tuple(x.shape), isinstance(x, Traced) and not x.shared) for x in operands], function)
    return [_spread_operand(builder, x, shape) for x in operands]


def common_shape(shapes: Sequence[tuple[tuple[Any, ...], bool]], function: str) -> Shape:
    """The sample shape of what operands give: each has its shape, and whether its first axis is the batch.

    Raises:
        ValueError: if they do not go together.
    """
    ranks = {len(shape) for shape, batched in shapes if batched}
    rank = max(len(shape) for shape, _ in shapes)
    samples = []
    for shape, batched in shapes:
        drop = batched or (bool(ranks) and len(shape) == rank)
        if ranks and (ranks != {rank} or (drop and shape[0] not in (None, 1))):
            raise ValueError(_unfit(function, shapes))
        samples.append(shape[1:] if drop else shape)
    try:
        return tuple(np.broadcast_shapes(*samples))
    except ValueError:
        raise ValueError(_unfit(function, shapes)) from None


def _unfit(function: str, shapes: Sequence[tuple[tuple[Any, ...], bool]]) -> str:
    received = " and ".join(str(shape) for shape, _ in shapes)
    text = f"ops.{function}: the shapes do not go together. Received: {received}."
    if len({len(shape) for shape, batched in shapes if batched}) > 1:
        text += " Both have the batch as their first axis: give them equally many axes, with ops.expand_dims(x, -1)."
    return text


def _spread_operand(builder: ProgramBuilder, x: Any, shape: Shape) -> Traced:
    if isinstance(x, Traced):
        return spread_sample(x, shape)
    # Of a rank above the samples' only with an axis of size 1 in the batch's place.
    values = x.reshape(x.shape[1:]) if x.ndim > len(shape) else x
    return constant(builder, np.broadcast_to(values, shape), x.dtype.name)


def spread_sample(x: Traced, shape: Shape) -> Traced:
    """x with its samples spread to a shape."""
    if x.sample == shape:
        return x
    sample = x.sample[1:] if len(x.sample) > len(shape) else x.sample
    if math.prod(sample) == math.prod(shape):
        return _result(x, x.builder.add(nodes.Reshape("expand", x.node, shape)))
    places = np.broadcast_to(np.arange(math.prod(sample)).reshape(sample), shape)
    return _rearrange(x, places, "broadcast")


def activation(function: str, x: Any, alpha: float | None, dtype: str) -> Traced:
    """An Activation node."""
    x = traced(builder_of(x), x)
    if function.endswith("softmax") and not x.sample:
        raise ValueError(f"ops.{function} needs an axis beside the batch. Received: {x!r}.")
    return _result(x, x.builder.add(nodes.Activation(function, x.node, function, alpha)), dtype)


def cast(x: Any, dtype: str) -> Any:
    """In another dtype: a node only where the numbers change."""
    x = traced(builder_of(x), x)
    if dtype == x.dtype:
        return x
    if dtype == "bool":
        return elementwise("not_equal", (x, 0), x.dtype, "bool")
    if not dtypes.is_float(dtype) and dtypes.is_float(x.dtype):
        return elementwise("trunc", (x,), x.dtype, dtype)
    return _result(x, x.node, dtype)


# What the batch has in common


def _still_over_batch(function: str, xs: Sequence[Any], dtype: str, result: str) -> OverBatch | None:
    """Sums of means, and products with constants and weights, as one mean of what the samples give; likewise sums.

    None where it is none of these, or where one of them is a node that is read anyway.
    """
    given = [x for x in xs if isinstance(x, OverBatch)]
    others = [x for x in xs if not isinstance(x, OverBatch)]
    kind, rank = given[0].function, given[0].ndim
    if kind not in ("mean", "sum") or any(x.is_read or x.function != kind or x.ndim != rank for x in given):
        return None
    if any((isinstance(x, Traced) and x.fed) or len(np.shape(x)) > rank for x in others):
        return None
    linear = {
        "negative": True,
        "add": kind == "mean" or not others,
        "subtract": kind == "mean" or not others,
        "multiply": len(given) == 1,
        "divide": len(given) == 1 and xs[0] is given[0],
    }
    if not linear.get(function):
        return None
    samples = [x.samples if isinstance(x, OverBatch) else x for x in xs]
    return OverBatch(elementwise(function, samples, dtype, result), kind, result)


def batch_size(x: Traced) -> OverBatch:
    """The number of samples that x has."""
    one = constant(x.builder, np.ones(()), x.builder.dtype)
    return OverBatch(_for_each_sample(one, x), "sum", x.builder.dtype)


# Reductions


def reduce(function: str, x: Any, axis: Any, keepdims: bool, dtype: str) -> Any:
    """Reduce nodes over axes of a sample, and BatchReduce nodes over the batch."""
    from denim.ops.core import normalized_axes

    axes = normalized_axes(axis, x.ndim, function)
    x = traced(builder_of(x), x)
    if x.shared:
        return reduce_sample(function, x, axes, keepdims, dtype)
    inner = tuple(i - 1 for i in axes if i)
    if 0 not in axes:
        return reduce_sample(function, x, inner, keepdims, dtype)
    if function not in BATCH_REDUCTIONS:
        raise Untraceable(
            f"ops.{function} over the batch axis is no node: {', '.join(BATCH_REDUCTIONS)} are. Reduce within each "
            f"sample, with axis=-1. Received: {x!r}, axis={axis!r}"
        )
    whole = OverBatch(reduce_sample(function, x, inner, keepdims, dtype), function, dtype)
    return _reshape(whole, (1, *whole.sample)) if keepdims else whole


def reduce_sample(function: str, x: Traced, axes: tuple[int, ...], keepdims: bool, dtype: str) -> Traced:
    """Over these axes of a sample."""
    shape = tuple(1 if i in axes else n for i, n in enumerate(x.sample) if keepdims or i not in axes)
    if not axes:
        return _result(x, x.node, dtype)
    rest = [i for i in range(len(x.sample)) if i not in axes]
    size = math.prod(x.sample[i] for i in axes)
    places = np.arange(math.prod(x.sample)).reshape(x.sample).transpose(*rest, *axes)
    together = _rearrange(x, places.reshape(*(x.sample[i] for i in rest), size), "gather")
    node = x.builder.add(nodes.Reduce(function, together.node, function))
    return _reshape(_result(x, node, dtype), shape)


# Places


def rearranged(x: Any, function: Callable[[np.ndarray], np.ndarray], name: str) -> Traced:
    """What ``function`` does to the places of elements.

    Raises:
        Untraceable: if it moves, repeats or drops samples.
    """
    x = traced(builder_of(x), x)
    size = math.prod(x.sample)
    if x.shared:
        return _rearrange(x, function(np.arange(size).reshape(x.sample)), name)
    places = function(np.arange(_BATCH * size).reshape(_BATCH, *x.sample))
    first = places[:1]
    if (
        places.ndim == 0
        or len(places) != _BATCH
        or not all(np.array_equal(places[i], first[0] + i * size) for i in range(_BATCH))
    ):
        raise _moves_samples(name, x)
    return _rearrange(x, first[0], name)


def _moves_samples(name: str, x: Traced) -> Untraceable:
    return Untraceable(
        f"ops.{name} would move, repeat or leave out samples, which are computed one by one: the batch axis has to "
        f"stay the "
        f"first, as it is. Name another axis, such as axis=1 or axis=-1. Received: {x!r}"
    )


def _rearrange(x: Traced, places: np.ndarray, name: str) -> Traced:
    """x's elements at these places; no node where nothing moves."""
    indices = np.asarray(places).ravel()
    if indices.size == math.prod(x.sample) and np.array_equal(indices, np.arange(indices.size)):
        return _reshape(x, places.shape)
    node = nodes.Rearrange(name, x.node, tuple(places.shape), tuple(indices.tolist()))
    return _result(x, x.builder.add(node))


def _reshape(x: Traced, shape: Shape) -> Traced:
    return x if shape == x.sample else _result(x, x.builder.add(nodes.Reshape("reshape", x.node, tuple(shape))))


def reshaped(x: Any, shape: Sequence[Any]) -> Traced:
    """The same elements under another shape, whose first axis stays the batch.

    Raises:
        Untraceable: if samples would be mixed.
        ValueError: if the number of elements differs.
    """
    x = traced(builder_of(x), x)
    if x.shared:
        return _reshape(x, np.empty(x.sample, bool).reshape([int(n) for n in shape]).shape)
    sizes = [-1 if n is None else int(n) for n in shape]
    elements = math.prod(x.sample)
    if not sizes or sizes[0] != -1:
        raise Untraceable(
            f"ops.reshape keeps the batch as the first axis: begin the shape with -1 or ops.shape(x)[0]. Received: "
            f"{x!r}, "
            f"newshape={tuple(shape)}"
        )
    rest = sizes[1:]
    known = math.prod(n for n in rest if n != -1)
    if rest.count(-1) == 1 and known and elements % known == 0:
        rest[rest.index(-1)] = elements // known
    if -1 in rest or math.prod(rest) != elements:
        raise ValueError(
            f"ops.reshape keeps the {elements} elements of each sample. Received: {x!r}, newshape={tuple(shape)}. "
            f"(-1, {elements}) would fit."
        )
    return _reshape(x, tuple(rest))


def spread(x: Any, shape: Sequence[int | None]) -> Traced:
    """To a shape whose first axis is None, or, for what is the same for all samples, to any."""
    x = traced(builder_of(x), x)
    if not x.shared and (not shape or shape[0] is not None or len(shape) < x.ndim):
        raise _moves_samples("broadcast_to", x)
    sample = tuple(int(n) for n in shape if n is not None)
    common = np.broadcast_shapes(x.sample, sample)
    if common != sample:
        raise ValueError(f"ops.broadcast_to: {x!r} does not fit the shape {tuple(shape)}.")
    return spread_sample(x, sample)


def item(x: Any, key: Any) -> Traced:
    """``x[key]`` with constant keys, the batch axis whole.

    Raises:
        Untraceable: for another part of the batch, or a traced key.
    """
    x = traced(builder_of(x), x)
    keys = key if isinstance(key, tuple) else (key,)
    if is_traced(*keys):
        raise Untraceable(
            f"x[key] takes constant keys, and this one is traced. Write ops.where(condition, x1, x2), or multiply by "
            f"ops.one_hot(index, n) and sum. Received: key={key!r}"
        )
    if not x.shared:
        taken = sum(each is not None and each is not Ellipsis for each in keys)
        whole = (isinstance(keys[0], slice) and keys[0] == slice(None)) or (keys[0] is Ellipsis and taken < x.ndim)
        if not whole:
            raise Untraceable(
                f"x[key] takes parts of each sample, not some samples of the batch: write x[:, ...]. Received: {x!r}, "
                f"key={key!r}"
            )
    return rearranged(x, lambda places: np.asarray(places[key]), "get_item")


def concatenated(xs: Sequence[Any], axis: int, dtype: str) -> Traced:
    """A Concatenate node along an axis of a sample."""
    from denim.ops.core import normalized_axes, shape_of

    builder = builder_of(*xs)
    given = [x if _is_constant(x) else traced(builder, x) for x in xs]
    rank = max(len(shape_of(x)) for x in given)
    batched = [isinstance(x, Traced) and not x.shared for x in given]
    (place,) = normalized_axes(axis, rank, "concatenate")
    if not any(batched):
        operands = [x if isinstance(x, Traced) else constant(builder, as_array(x, dtype), dtype) for x in given]
        return Traced(
            builder, builder.add(nodes.Concatenate("concatenate", tuple(x.node for x in operands), place)), dtype
        )
    if place == 0:
        raise _moves_samples("concatenate", next(x for x, own in zip(given, batched, strict=True) if own))
    samples = []
    for x, own in zip(given, batched, strict=True):
        shape = shape_of(x)
        if len(shape) != rank or (not own and shape[0] != 1):
            raise ValueError(
                "ops.concatenate: all tensors need equally many axes, and the same batch. Received: "
                + " and ".join(str(shape_of(each)) for each in given)
            )
        sample = tuple(int(n) for n in shape[1:] if n is not None)
        operand = _spread_operand(builder, x if isinstance(x, Traced) else as_array(x, dtype), sample)
        fed = next(x for x, own in zip(given, batched, strict=True) if own)
        samples.append(operand if own else _for_each_sample(operand, fed))
    node = nodes.Concatenate("concatenate", tuple(x.node for x in samples), place - 1)
    shapes = {(*x.sample[: place - 1], *x.sample[place:]) for x in samples}
    if len(shapes) > 1:
        raise ValueError(
            f"ops.concatenate: sizes may differ along axis {axis} alone. Received: "
            + " and ".join(str(shape_of(each)) for each in given)
        )
    return Traced(builder, builder.add(node), dtype)


def looked_up(x: Any, indices: Any, axis: int | None) -> Traced:
    """Rows of a weight of two axes by traced numbers: an Embedding node.

    Raises:
        Untraceable: for anything else.
    """
    rows = traced(builder_of(indices), indices)
    if not isinstance(x, Variable) or x.ndim != 2 or axis != 0 or x.dtype != rows.builder.dtype:
        raise Untraceable(
            "ops.take with traced indices takes rows of a weight, ops.take(weight, indices, axis=0). Elsewhere "
            "multiply by "
            "ops.one_hot(indices, n) and sum."
        )
    parameter = rows.builder.parameter(x)
    return _result(rows, rows.builder.add(nodes.Embedding("take", rows.node, parameter, x.shape[1])), x.dtype)


# Products


def product(x1: Any, x2: Any, dtype: str) -> Traced:
    """Dense nodes for weights, MatMul nodes for other matrices, sample by sample.

    Raises:
        ValueError: for shapes that do not go together.
        Untraceable: if the batch would be summed over.
    """
    builder = builder_of(x1, x2)
    first = x1 if isinstance(x1, Traced) else traced(builder, x1, dtype)
    weighs = isinstance(x2, Variable) and x2.ndim == 2 and x2.dtype == builder.dtype
    if weighs and not first.shared and first.sample[-1:] == x2.shape[:1]:
        return Product(first, x2, dtype)
    second = x2 if isinstance(x2, Traced) else traced(builder, x2, dtype)
    by_constant = _with_constant(first, second, x1, x2)
    if by_constant is not None:
        return by_constant
    first, second = _matched(first, second)
    row, column = len(first.sample) == 1, len(second.sample) == 1
    left = _reshape(first, (1, *first.sample)) if row else first
    right = _reshape(second, (*second.sample, 1)) if column else second
    if left.sample[-1] != right.sample[-2]:
        raise _unfit_product(first, second)
    if len(right.sample) == 2 and len(left.sample) > 2:
        # One matrix for all: the rows of the leading axes stand below each other.
        flat = _reshape(left, (math.prod(left.sample[:-1]), left.sample[-1]))
        y = _reshape(_multiplied(flat, right, dtype), (*left.sample[:-1], right.sample[-1]))
    else:
        leading = np.broadcast_shapes(left.sample[:-2], right.sample[:-2])
        left = spread_sample(left, (*leading, *left.sample[-2:]))
        right = spread_sample(right, (*leading, *right.sample[-2:]))
        y = _multiplied(left, right, dtype)
    rows = y.sample[-2:-1] if not row else ()
    return _reshape(y, (*y.sample[:-2], *rows, *(() if column else y.sample[-1:])))


def _matched(first: Traced, second: Traced) -> tuple[Traced, Traced]:
    """Both, so that their samples are to be multiplied.

    Raises:
        ValueError: for shapes that do not go together.
        Untraceable: if the batch would be summed over.
    """
    if not first.ndim or not second.ndim:
        raise _unfit_product(first, second)
    if (not first.shared and first.ndim < 2) or (not second.shared and second.ndim < 3):
        raise _sums_the_batch(first, second)
    if first.shared and second.shared:
        return first, second
    if not first.shared and not second.shared:
        if first.ndim != second.ndim:
            raise _sums_the_batch(first, second) if first.ndim < 3 else _unfit_product(first, second)
        return first, second
    same, fed = (first, second) if first.shared else (second, first)
    if same.ndim > 2 and same.ndim >= fed.ndim:
        if same.ndim > fed.ndim or same.sample[0] != 1:
            raise _unfit_product(first, second)
        same = _reshape(same, same.sample[1:])
    return (same, fed) if first.shared else (fed, same)


def _unfit_product(first: Traced, second: Traced) -> ValueError:
    return ValueError(f"ops.matmul: the shapes do not go together. Received: {first!r} and {second!r}.")


def _with_constant(first: Traced, second: Traced, x1: Any, x2: Any) -> Traced | None:
    """Data times a constant matrix: a Dense node, whose kernel is a parameter that nothing trains."""
    if _is_constant(x2) and len(second.sample) == 2 and not first.shared and first.sample[-1:] == second.sample[:1]:
        kernel = Variable(
            as_array(x2, first.builder.dtype), name="constant", trainable=False, dtype=first.builder.dtype
        )
        return Product(first, kernel, first.dtype)
    if _is_constant(x1) and len(first.sample) == 2 and not second.shared and second.sample[-2:-1] == first.sample[1:]:
        turned = _with_constant(_turned(second), _turned(first), None, as_array(x1).T)
        return None if turned is None else _turned(turned)
    return None


def _turned(x: Traced) -> Traced:
    """With the last two axes in each other's place."""
    places = np.arange(math.prod(x.sample)).reshape(x.sample)
    return _rearrange(x, places.swapaxes(-1, -2), "transpose")


def _for_each_sample(x: Traced, fed: Traced) -> Traced:
    """What is the same for all samples, once for each of those of ``fed``."""
    if not x.shared:
        return x
    known = fed.builder.add(nodes.Elementwise("isfinite", (fed.node,), "isfinite"))
    zero = _result(fed, fed.builder.add(nodes.Elementwise("isnan", (known,), "isnan")), x.dtype)
    zeros = _rearrange(zero, np.zeros(x.sample, int), "broadcast")
    return _result(x, x.builder.add(nodes.Elementwise("add", (zeros.node, x.node), "add")))


def _multiplied(left: Traced, right: Traced, dtype: str) -> Traced:
    if left.shared is not right.shared:
        left, right = _for_each_sample(left, right), _for_each_sample(right, left)
    return Traced(left.builder, left.builder.add(nodes.MatMul("matmul", (left.node, right.node))), dtype)


def _sums_the_batch(first: Traced, second: Traced) -> Untraceable:
    return Untraceable(
        f"ops.matmul of {first!r} and {second!r} would sum over the batch, whose samples are computed one by one. "
        f"Multiply "
        "by a weight, or give every sample a matrix of its own with ops.expand_dims."
    )
