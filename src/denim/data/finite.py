"""Whether an array holds NaN or infinity, at the cost of one sum."""

from __future__ import annotations

import math

import numpy as np

_BLOCK_ELEMENTS = 1 << 20


def check_finite(array: np.ndarray, role: str) -> None:
    """Nothing if all numbers are finite.

    The sum of finite numbers is finite unless it overflows, so that one pass without a temporary array settles nearly
    every case; only where the sum is not finite each number is looked at.

    Args:
        array: samples along the first axis; integers are always finite.
        role: what it is called in errors, such as "x".

    Raises:
        ValueError: naming how many rows are not finite and the first of them.
    """
    if array.dtype.kind != "f":
        return
    with np.errstate(all="ignore"):
        total = array.sum()
    if math.isfinite(total):
        return
    size = max(1, _BLOCK_ELEMENTS // max(1, math.prod(array.shape[1:])))
    bad = np.concatenate([_not_finite(array[start : start + size]) for start in range(0, len(array), size)])
    if not bad.any():
        return
    row = int(np.argmax(bad))
    at = np.unravel_index(int(np.argmin(np.isfinite(array[row]))), array.shape[1:])
    value = "NaN" if np.isnan(array[row][at]) else "infinity"
    raise ValueError(
        f"`{role}` must hold finite numbers. Received: {value} at row {row}{_place(tuple(map(int, at)))}; "
        f"{int(bad.sum())} of {len(array)} rows are not finite. {_remedy(role, array.ndim)}"
    )


def _not_finite(block: np.ndarray) -> np.ndarray:
    """Which rows hold a number that is not finite."""
    return ~np.isfinite(block).reshape(len(block), -1).all(axis=1)


def _place(at: tuple[int, ...]) -> str:
    if not at:
        return ""
    return f", column {at[0]}" if len(at) == 1 else f", position {at}"


def _remedy(role: str, ndim: int) -> str:
    axes = {1: "", 2: ".all(axis=1)"}.get(ndim, f".all(axis={tuple(range(1, ndim))})")
    return (
        f"Keep the rows where np.isfinite({role}){axes} is true, or fill in the gaps, for example with "
        f"np.nan_to_num({role})."
    )
