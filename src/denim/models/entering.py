"""From a model's inputs to what its Program is fed with, where layers read them as they were handed over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from denim.data.columns import Column, Columns
from denim.data.feeding import shaped
from denim.data.stored import WINDOW_BYTES, Stored
from denim.layers.raw import Entry


def entering(model: Any, columns: Columns) -> Columns:
    """The same rows as the model's Program reads them; the model is built for them if it has not been.

    Raises:
        ValueError: for inputs of another shape, or that a layer cannot read.
    """
    if not model.prepares_inputs:
        return columns
    if not model.built:
        model.build_from(columns.inputs[0].shape)
    entries = model.entries
    inputs = tuple(
        each if isinstance(each, Stored) else shaped(each, tensor.shape[1:], tensor.name)
        for each, tensor in zip(columns.inputs, model.inputs, strict=True)
    )
    return replace(columns, inputs=tuple(_entered(entry, inputs) for entry in entries))


def entered(entries: Sequence[Entry], arrays: Sequence[np.ndarray]) -> tuple[np.ndarray, ...]:
    """The arrays that a Program is fed with, all in memory."""
    made = (_entered(entry, arrays) for entry in entries)
    return tuple(each.whole() if isinstance(each, Stored) else each for each in made)


def _entered(entry: Entry, inputs: Sequence[Column]) -> Column:
    sources = [inputs[i] for i in entry.sources]
    if entry.prepare is None:
        return sources[0]
    largest = max((each.nbytes for each in sources if isinstance(each, Stored)), default=0)
    if not largest:
        return _as_column(entry.prepare(*sources))
    rows = len(sources[0])
    step = max(1, WINDOW_BYTES * rows // largest)
    parts = [entry.prepare(*(each[start : start + step] for each in sources)) for start in range(0, rows, step)]
    return np.concatenate(parts) if parts else entry.prepare(*(each[:0] for each in sources))


def _as_column(made: Any) -> Column:
    stored = Stored.of(made, "x")
    return made if stored is None else stored
