"""Class numbers as rows of 0 and 1 or of counts, by NumPy and as nodes."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import ops
from denim.layers.formula import emit_formula
from denim.program.builder import ProgramBuilder

SUMMED = ("multi_hot", "count", "tf_idf")
"""Modes in which the last axis is that of a sample's numbers, which make one row."""

OLDER_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


def mode_of(owner: str, output_mode: Any, modes: tuple[str, ...]) -> str:
    """One of these modes, by its present name.

    Raises:
        ValueError: for another.
    """
    mode = OLDER_MODES.get(output_mode, output_mode) if isinstance(output_mode, str) else output_mode
    if mode not in modes:
        raise ValueError(
            f"{owner}: `output_mode` must be one of {', '.join(map(repr, modes))}. "
            f"Received: output_mode={output_mode!r}"
        )
    return str(mode)


def check_dense(owner: str, sparse: Any) -> None:
    """Refuse sparse outputs.

    Raises:
        NotImplementedError: if they are asked for.
    """
    if sparse:
        raise NotImplementedError(f"{owner}: sparse=True is not supported; leave it out.")


def encoded_shape(shape: tuple[Any, ...], mode: str, depth: int) -> tuple[Any, ...]:
    """The shape of rows for class numbers of this shape."""
    if mode == "int":
        return shape
    last_is_one = mode == "one_hot" and len(shape) > 1 and shape[-1] == 1
    return (*(shape[:-1] if last_is_one or mode in SUMMED else shape), depth)


def encoded(numbers: np.ndarray, mode: str, depth: int, dtype: str) -> np.ndarray:
    """Rows for class numbers; one that is no class counts for nothing. Weights of "tf_idf" are not in it."""
    if mode == "int":
        return numbers
    if numbers.ndim == 0:
        numbers = numbers.reshape(1)
    shape = encoded_shape(numbers.shape, mode, depth)
    per_row = numbers.shape[-1] if mode in SUMMED else 1
    flat = numbers.reshape(-1)
    rows = np.zeros((flat.size // per_row if per_row else int(np.prod(shape[:-1])), depth), dtype)
    known = (flat >= 0) & (flat < depth)
    places = np.arange(flat.size)[known] // max(per_row, 1), flat[known]
    if mode in ("one_hot", "multi_hot"):
        rows[places] = 1
    else:
        np.add.at(rows, places, 1)
    return rows.reshape(shape)


def emit_encoded(builder: ProgramBuilder, node: int, mode: str, depth: int, weights: np.ndarray | None = None) -> int:
    """The node of the rows for the class numbers of a node, weighted for "tf_idf"."""
    if mode == "int":
        return node

    def formula(numbers: Any) -> Any:
        if mode == "one_hot" and numbers.ndim > 1 and numbers.shape[-1] == 1:
            numbers = ops.squeeze(numbers, -1)
        rows = ops.one_hot(numbers, depth, dtype=builder.dtype)
        if mode == "one_hot":
            return rows
        rows = ops.max(rows, -2) if mode == "multi_hot" else ops.sum(rows, -2)
        return rows if weights is None else rows * weights.astype(builder.dtype)

    return emit_formula(builder, formula, node)
