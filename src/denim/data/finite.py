"""Whether an array holds NaN, infinity, or what the arithmetic would make infinity of, at the cost of one pass."""

from __future__ import annotations

import math

import numpy as np

_BLOCK_ELEMENTS = 1 << 16
"""Elements looked at a time: half a megabyte of float64, so that a second look at them finds them in the cache."""
_HALF_EXPONENT = 0x7C00


def check_finite(array: np.ndarray, role: str, dtype: str = "float32", first_row: int | None = None) -> None:
    """Nothing if all numbers are finite, also as ``dtype``.

    The sum of finite numbers is finite unless it overflows, so that one pass without a temporary array settles nearly
    every case; numbers wider than ``dtype`` are compared with its limits block by block, and those of half precision,
    whose sums overflow soon, are looked at as bits. Only where that fails each number is looked at.

    Args:
        array: samples along the first axis; integers are always finite.
        role: what it is called in errors, such as "x".
        dtype: what the arithmetic is done in.
        first_row: for a run of rows out of more, the number of its first one there.

    Raises:
        ValueError: naming how many rows are not finite, or too large, and the first of them.
    """
    if array.dtype.kind != "f" or not array.size:
        return
    size = max(1, _BLOCK_ELEMENTS // max(1, math.prod(array.shape[1:])))
    blocks = [array[start : start + size] for start in range(0, len(array), size)]
    limit = float(np.finfo(dtype).max)
    wide = array.dtype.itemsize > np.dtype(dtype).itemsize
    with np.errstate(all="ignore"):
        if wide:
            if all(-limit <= block.min() and block.max() <= limit for block in blocks):
                return
        elif array.dtype.itemsize == 2:
            if all(map(_halves_are_finite, blocks)):
                return
        elif math.isfinite(array.sum()):
            return
    bad = np.concatenate([_any_in_row(~np.isfinite(block)) for block in blocks])
    if bad.any():
        _refuse_not_finite(array, bad, role, first_row)
    if wide:
        bad = np.concatenate([_any_in_row(np.abs(block) > limit) for block in blocks])
        _refuse_too_large(array, bad, limit, role, dtype, first_row)


def _refuse_not_finite(array: np.ndarray, bad: np.ndarray, role: str, first_row: int | None) -> None:
    row = int(np.argmax(bad))
    at = np.unravel_index(int(np.argmin(np.isfinite(array[row]))), array.shape[1:])
    value = "NaN" if np.isnan(array[row][at]) else "infinity"
    raise ValueError(
        f"`{role}` must hold finite numbers. Received: {value} at row {row + (first_row or 0)}"
        f"{_place(tuple(map(int, at)))}; {_share(bad, first_row)} are not finite. {_remedy(role, array.ndim)}"
    )


def _refuse_too_large(
    array: np.ndarray, bad: np.ndarray, limit: float, role: str, dtype: str, first_row: int | None
) -> None:
    row = int(np.argmax(bad))
    at = np.unravel_index(int(np.argmax(np.abs(array[row]) > limit)), array.shape[1:])
    raise ValueError(
        f"`{role}` must hold numbers that are not too large for {dtype}, at most {limit:.1e}. Received: "
        f"{float(array[row][at]):g} at row {row + (first_row or 0)}{_place(tuple(map(int, at)))}; "
        f"{_share(bad, first_row)} are too large. Scale it, for example {role} / np.abs({role}).max()."
    )


def _share(bad: np.ndarray, first_row: int | None) -> str:
    """How many rows are bad, of which."""
    where = "" if first_row is None else f" from row {first_row} on"
    return f"{int(bad.sum())} of {'' if first_row is None else 'the '}{len(bad)} rows{where}"


def _halves_are_finite(block: np.ndarray) -> bool:
    """Whether no exponent has all bits set."""
    exponents = block.view(block.dtype.str.replace("f", "u")) & _HALF_EXPONENT
    return bool(exponents.max() < _HALF_EXPONENT)


def _any_in_row(block: np.ndarray) -> np.ndarray:
    return np.asarray(block.reshape(len(block), -1).any(axis=1))


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
