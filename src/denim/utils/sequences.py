"""Sequences of several lengths as one array."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.suggest import did_you_mean

_ENDS = ("pre", "post")


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """An array with one sequence a row, shape (n, maxlen, ...).

    Args:
        sequences: lists or arrays of several lengths.
        maxlen: the length that all get; that of the longest if left out.
        dtype: of the result; ``object`` for strings.
        padding: where ``value`` is put into shorter ones, "pre" or "post".
        truncating: where longer ones are cut, "pre" or "post".
        value: what is put there.

    Raises:
        ValueError: for what is no list of sequences, or has none; sequences whose elements differ in shape; a string as
            value for another dtype; or another word for an end.

    Source: https://keras.io/api/data_loading/timeseries/
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"`sequences` must be iterable: a list of lists. Received: {sequences!r}")
    for name, end in (("Truncating", truncating), ("Padding", padding)):
        if end not in _ENDS:
            raise ValueError(f'{name} type "{end}" not understood.{did_you_mean(end, _ENDS)} Use "pre" or "post".')
    if isinstance(value, str) and dtype is not object and not np.issubdtype(dtype, np.character):
        raise ValueError(
            f"`dtype` {dtype} is not compatible with `value`'s type: {type(value)}. You should set `dtype=object` for "
            "variable length strings."
        )
    for one in sequences:
        if not hasattr(one, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {one}")
    length = max(map(len, sequences), default=0) if maxlen is None else maxlen
    if not len(sequences) or length < 0 or (maxlen is not None and length == 0):
        raise ValueError(
            "`sequences` must hold at least one sequence, and `maxlen` must be positive. "
            f"Received: {len(sequences)} sequences, maxlen={maxlen}"
        )
    shape = next((np.asarray(one).shape[1:] for one in sequences if len(one)), ())
    rows = np.full((len(sequences), length, *shape), value, dtype=dtype)
    for i, one in enumerate(sequences):
        if not len(one):
            continue
        kept = np.asarray(one[-length:] if truncating == "pre" else one[:length], dtype=dtype)
        if kept.shape[1:] != shape:
            raise ValueError(
                f"Shape of sample {kept.shape[1:]} of sequence at position {i} is different from expected shape {shape}"
            )
        rows[i, slice(length - len(kept), None) if padding == "pre" else slice(len(kept))] = kept
    return rows
