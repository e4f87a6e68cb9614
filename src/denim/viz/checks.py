"""What the pictures ask of their arguments, and what a wrong one is told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def pictures(x: Any) -> np.ndarray:
    """``x`` as pictures: shape (rows, height, width), or with 3 or 4 colours as the last axis. Copies nothing.

    Raises:
        ValueError: it is neither pictures nor rows of square ones.
    """
    x = np.asarray(x)
    if x.ndim == 4 and x.shape[-1] == 1:
        x = x[..., 0]
    if x.ndim == 3 or (x.ndim == 4 and x.shape[-1] in (3, 4)):
        return x
    if x.ndim == 2 and (side := math.isqrt(x.shape[1])) and side * side == x.shape[1]:
        return x.reshape(len(x), side, side)
    raise ValueError(
        "`x` must be pictures of shape (rows, height, width), or flattened square ones. "
        f"Received: shape {x.shape}. Reshape it, as in x.reshape(-1, height, width)."
    )


def labels(y: Any, name: str, rows: int | None = None) -> np.ndarray:
    """``y`` as class numbers: int64, shape (rows,).

    Raises:
        ValueError: another shape or length, no integers, or a negative number.
    """
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        hint = f" Take the most probable class of each row: {name}.argmax(axis=1)." if y.ndim == 2 else ""
        raise ValueError(f"`{name}` must be class numbers of shape (rows,). Received: shape {y.shape}.{hint}")
    if rows is not None and len(y) != rows:
        raise ValueError(f"`{name}` must have as many rows as there are beside it, {rows}. Received: {len(y)}.")
    if not len(y):
        raise ValueError(f"`{name}` must have at least one row. Received: none.")
    if y.dtype.kind not in "iub":
        whole = y.astype(np.int64) if y.dtype.kind == "f" and np.isfinite(y).all() else None
        if whole is None or (whole != y).any():
            hint = f" Number the classes: names, {name} = np.unique({name}, return_inverse=True)."
            hint = hint if y.dtype.kind in "UTO" else ""
            raise ValueError(f"`{name}` must be whole class numbers. Received: dtype {y.dtype}.{hint}")
        y = whole
    y = y.astype(np.int64)
    if y.min() < 0:
        raise ValueError(f"`{name}` must be class numbers from 0. Received: {y.min()}.")
    return y


def names(class_names: Sequence[str] | None, classes: int) -> list[str]:
    """A name for each of at least ``classes`` classes; their numbers where ``class_names`` is None.

    Raises:
        ValueError: there are more classes than names.
    """
    if class_names is None:
        return [str(number) for number in range(classes)]
    if len(class_names) < classes:
        raise ValueError(
            f"`class_names` must name every class, and the highest class number is {classes - 1}. "
            f"Received: {len(class_names)} names."
        )
    return [str(name) for name in class_names]


def probabilities(values: Any, rows: int) -> np.ndarray:
    """``values`` as they are: shape (rows, classes), two classes or more.

    Raises:
        ValueError: another shape.
    """
    values = np.asarray(values)
    if values.ndim != 2 or len(values) != rows or values.shape[1] < 2:
        raise ValueError(
            f"`probabilities` must be of shape ({rows}, classes), as model.predict(x) gives them. "
            f"Received: shape {values.shape}."
        )
    return values


def count(value: int, name: str, least: int = 1) -> int:
    """``value``, which has to be at least ``least``.

    Raises:
        ValueError: it is not.
    """
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"`{name}` must be a whole number from {least}. Received: {value!r}.")
    return int(value)


def interval(limits: Any, name: str) -> tuple[float, float]:
    """``limits`` as two finite numbers, the smaller one first.

    Raises:
        ValueError: they are not.
    """
    try:
        low, high = (float(each) for each in limits)
    except (TypeError, ValueError):
        low = high = math.nan
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"`{name}` must be two numbers, the smaller one first. Received: {limits!r}.")
    return low, high


def named(given: Any, kind: str) -> dict[str, Any]:
    """One thing, or several in a list or in a dict by name, as a dict by name.

    Raises:
        ValueError: there is none, or two have one name.
    """
    if isinstance(given, Mapping):
        found = {str(name): each for name, each in given.items()}
        count = len(given)
    else:
        several = list(given) if isinstance(given, (list, tuple)) else [given]
        found = {_called(each): each for each in several}
        count = len(several)
    if not found:
        raise ValueError(f"`names` must have at least one {kind}. Received: none.")
    if len(found) < count:
        raise ValueError(
            f"Each {kind} in `names` must have a name of its own. Received: {given!r}. Give them names in a dict: "
            "names={'mine': ..., 'other': ...}."
        )
    return found


def _called(thing: Any) -> str:
    if isinstance(thing, str):
        return thing
    return str(getattr(thing, "__name__", "") or getattr(thing, "name", "") or type(thing).__name__)
