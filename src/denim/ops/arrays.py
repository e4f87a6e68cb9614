"""Operations on arrays alone: what they give depends on the order of values, and no node computes it."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.ops import core, dtypes
from denim.ops.tensor import as_array, tensor

__all__ = [
    "allclose",
    "arccos",
    "arcsin",
    "arctan",
    "arctan2",
    "argsort",
    "bincount",
    "cumprod",
    "diff",
    "histogram",
    "in_top_k",
    "median",
    "nonzero",
    "quantile",
    "searchsorted",
    "sort",
    "take_along_axis",
    "top_k",
]


def top_k(x: Any, k: int, sorted: bool = True) -> tuple[Any, Any]:
    """The k largest elements of the last axis, the largest first, and their numbers."""
    core.on_arrays_only("top_k", x)
    values = as_array(x)
    places = np.argsort(-values.astype(np.float64), axis=-1, kind="stable")[..., :k]
    return tensor(np.take_along_axis(values, places, -1)), tensor(places, "int32")


def in_top_k(targets: Any, predictions: Any, k: int) -> Any:
    """Whether each target's prediction is among the k largest of its row; equal ones count as one place."""
    core.on_arrays_only("in_top_k", targets, predictions)
    rows, classes = as_array(predictions), as_array(targets).astype(np.int64)
    inside = (classes >= 0) & (classes < rows.shape[-1])
    chosen = np.take_along_axis(rows, np.where(inside, classes, 0)[..., np.newaxis], -1)
    return tensor(inside & np.isfinite(chosen[..., 0]) & ((rows > chosen).sum(-1) < k))


def sort(x: Any, axis: int = -1) -> Any:
    """The elements along an axis in rising order."""
    core.on_arrays_only("sort", x)
    return tensor(np.sort(as_array(x), axis))


def argsort(x: Any, axis: int | None = -1) -> Any:
    """The numbers of the elements in rising order."""
    core.on_arrays_only("argsort", x)
    return tensor(np.argsort(as_array(x), axis, kind="stable"), "int32")


def searchsorted(sorted_sequence: Any, values: Any, side: str = "left") -> Any:
    """Where each value belongs in a sorted sequence."""
    core.on_arrays_only("searchsorted", sorted_sequence, values)
    return tensor(np.searchsorted(as_array(sorted_sequence), as_array(values), side), "int32")  # type: ignore[call-overload]


def nonzero(x: Any) -> tuple[Any, ...]:
    """The indices of what is not 0, for each axis."""
    core.on_arrays_only("nonzero", x)
    return tuple(tensor(each, "int32") for each in np.nonzero(as_array(x)))


def median(x: Any, axis: Any = None, keepdims: bool = False) -> Any:
    """The element in the middle, or the mean of both."""
    return quantile(x, 0.5, axis, keepdims=keepdims)


def quantile(x: Any, q: Any, axis: Any = None, method: str = "linear", keepdims: bool = False) -> Any:
    """The number that a part q of the elements lies below."""
    core.on_arrays_only("quantile", x)
    dtype = core.promoted(x, kind="float")
    found = np.quantile(as_array(x, dtype), as_array(q), axis, method=method, keepdims=keepdims)  # type: ignore[call-overload]
    return tensor(found, dtype)


def take_along_axis(x: Any, indices: Any, axis: int | None = None) -> Any:
    """For each index the element of that number along the axis."""
    core.on_arrays_only(
        "take_along_axis", x, indices, instead="Multiply by ops.one_hot(indices, classes) and sum over the last axis."
    )
    return tensor(np.take_along_axis(as_array(x), as_array(indices).astype(np.int64), axis))


def cumprod(x: Any, axis: int | None = None, dtype: Any = None) -> Any:
    """The products of all elements up to each one."""
    core.on_arrays_only("cumprod", x, instead="ops.exp(ops.cumsum(ops.log(x))) is the same for positive numbers.")
    name = dtypes.result_type(core.promoted(x), int) if dtype is None else dtypes.standard(dtype)
    return tensor(np.cumprod(as_array(x, name), axis), name)


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """The differences of neighbours."""
    core.on_arrays_only("diff", a, instead="Write x[:, 1:] - x[:, :-1].")
    return tensor(np.diff(as_array(a), n, axis))


def bincount(x: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often each whole number from 0 on is there."""
    core.on_arrays_only("bincount", x, instead="ops.sum(ops.one_hot(x, classes), axis=1) counts in each sample.")
    values = as_array(x).astype(np.int64)
    if weights is None:
        return tensor(np.bincount(values, minlength=minlength), "int32")
    return tensor(np.bincount(values, as_array(weights), minlength), core.promoted(weights, kind="float"))


def histogram(x: Any, bins: int = 10, range: Any = None) -> tuple[Any, Any]:
    """How many elements fall into each of some bins of equal width, and the bins' ends."""
    core.on_arrays_only("histogram", x)
    counts, edges = np.histogram(as_array(x), bins, range)
    return tensor(counts, "int32"), tensor(edges, dtypes.standard(None))


def allclose(x1: Any, x2: Any, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Any:
    """Whether all elements are as close as ``isclose`` asks."""
    core.on_arrays_only("allclose", x1, x2, instead="Write ops.all(ops.isclose(x1, x2), axis=-1).")
    return tensor(np.allclose(as_array(x1), as_array(x2), rtol, atol, equal_nan))


def arctan(x: Any) -> Any:
    """The angle of this tangent."""
    return _computed("arctan", np.arctan, x)


def arcsin(x: Any) -> Any:
    """The angle of this sine."""
    return _computed("arcsin", np.arcsin, x)


def arccos(x: Any) -> Any:
    """The angle of this cosine."""
    return _computed("arccos", np.arccos, x)


def arctan2(x1: Any, x2: Any) -> Any:
    """The angle of the point (x2, x1)."""
    return _computed("arctan2", np.arctan2, x1, x2)


def _computed(name: str, function: Any, *xs: Any) -> Any:
    core.on_arrays_only(name, *xs)
    dtype = core.promoted(*xs, kind="float")
    with np.errstate(all="ignore"):
        return tensor(function(*(as_array(x, dtype) for x in xs)), dtype)
