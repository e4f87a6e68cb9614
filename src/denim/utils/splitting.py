"""Data in two parts, and the parts of a batch."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

import numpy as np

from denim import tree


def split_dataset(
    dataset: Any,
    left_size: float | None = None,
    right_size: float | None = None,
    shuffle: bool = False,
    seed: int | None = None,
    preferred_backend: str | None = None,
) -> tuple[Any, Any]:
    """The first rows and the last: two of what ``dataset`` is, arrays instead of samples.

    Args:
        dataset: an array; a list or tuple of arrays of one length; or something to go through whose samples stack, such
            as a dataset of TensorFlow's or PyTorch's.
        left_size, right_size: how many rows, or which share of them; the rest if left out.
        shuffle: shuffle the rows before.
        seed: of the order.
        preferred_backend: as in Keras, but without effect: the parts are NumPy arrays.

    Raises:
        TypeError: for data or sizes of another type.
        ValueError: without a size; for sizes that are not positive, empty a part, or ask for more than there is; or for
            arrays of different lengths.

    Source: https://keras.io/api/utils/python_utils/
    """
    if left_size is None and right_size is None:
        raise ValueError(
            "At least one of the `left_size` or `right_size` must be specified. "
            "Received: left_size=None and right_size=None"
        )
    arrays = _arrays(dataset)
    count = _common_length(arrays)
    left, right = _counts(left_size, right_size, count)
    order = list(range(count))
    if shuffle:
        random.Random(seed).shuffle(order)
    return tuple(
        tree.map_structure(lambda array, rows=rows: array[rows], arrays)
        for rows in (order[:left], order[count - right :])
    )


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """What one batch is: ``(x, y, sample_weight)`` without what is None at the end; x by itself, in a tuple if it is
    a list."""
    if y is None:
        return (x,) if isinstance(x, (list, tuple, dict)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """``(x, y, sample_weight)`` of a batch, None for what it does not have.

    Raises:
        ValueError: for a batch of more than three parts.
    """
    if isinstance(data, list):
        data = tuple(data)
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError(
            "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, found: "
            f"{len(data)} parts"
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight


def _arrays(dataset: Any) -> Any:
    if isinstance(dataset, np.ndarray):
        return dataset
    if isinstance(dataset, (list, tuple)):
        if not dataset:
            raise ValueError("Received an empty list dataset. Please provide a non-empty list of arrays.")
        return type(dataset)(np.asarray(part) for part in dataset)
    if hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__") and not isinstance(dataset, (str, dict)):
        samples: list[Any] = [dataset[i] for i in range(len(dataset))]
    elif isinstance(dataset, Iterable) and not isinstance(dataset, (str, dict)):
        samples = list(dataset)
    else:
        raise TypeError(
            "The `dataset` argument must be an array, a list or tuple of arrays, or a dataset of samples. "
            f"Received: {type(dataset)}"
        )
    if not samples:
        raise ValueError("Received an empty dataset.")
    return tree.map_structure(lambda *parts: np.stack([np.asarray(part) for part in parts]), *samples)


def _common_length(arrays: Any) -> int:
    lengths = {len(array) if array.ndim else 0 for array in tree.flatten(arrays)}
    if len(lengths) > 1:
        raise ValueError(f"Received arrays with different lengths: {sorted(lengths)}.")
    return lengths.pop()


def _counts(left: Any, right: Any, total: int) -> tuple[int, int]:
    for name, size in (("left_size", left), ("right_size", right)):
        if size is not None and type(size) not in (int, float):
            raise TypeError(f"Invalid `{name}` Type. Expected: int or float or None. Received: {type(size)}")
        if size is not None and not 0 < size < (total if type(size) is int else 1):
            raise ValueError(
                f"`{name}` should be either a positive integer smaller than {total}, or a float within the range "
                f"`[0, 1]`. Received: {name}={size}"
            )
    if type(left) is type(right) is float and left + right > 1:
        raise ValueError("The sum of `left_size` and `right_size` is greater than 1. It must be at most 1.")
    first, last = (round(size * total) if type(size) is float else size for size in (left, right))
    first, last = (total - last if first is None else first), (total - first if last is None else last)
    if first + last > total or not first or not last:
        raise ValueError(
            f"With `dataset` of length={total}, `left_size`={left} and `right_size`={right}, the parts would have "
            f"{first} and {last} rows: neither may be empty, nor both together have more than there are."
        )
    return first, last
