"""What every engine asks of a call before anything changes: that feed and state fit the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from denim.program.formulas.metrics import LABEL_METRICS
from denim.program.nodes import Concatenate, Embedding, Input, Rearrange, Reshape

if TYPE_CHECKING:
    from denim.data.feed import Feed
    from denim.engines.protocol import State, Steps
    from denim.program.program import Program
    from denim.program.specs import Head


_ONE_UNIT = (
    "One unit cannot tell {classes} classes apart: end the model with Dense({classes}, activation='softmax') and keep "
    "loss='sparse_categorical_crossentropy'.",
    "For two classes end the model with Dense(1, activation='sigmoid') and use loss='binary_crossentropy', or with "
    "Dense(2, activation='softmax') and keep the loss.",
)
"""For three classes and more, and for two."""


def check_training(program: Program) -> None:
    """The program says how to train.

    Raises:
        ValueError: without an optimizer, or without a loss on any head.
    """
    without = not program.added and all(head.loss is None for head in program.heads)
    if program.optimizer is None or without:
        raise ValueError(
            "A program that trains needs an optimizer and a head with a loss. "
            f"Received: optimizer {program.optimizer!r} and {len(program.heads)} heads. Compile it with both."
        )


def check_feed(program: Program, feed: Feed) -> None:
    """Everything that training and evaluating ask of a feed: ``check_arrays`` and ``check_labels``."""
    check_arrays(program, feed)
    check_labels(program, feed)


def check_arrays(program: Program, feed: Feed, *, targets: bool = True) -> None:
    """Numbers, row counts, shapes and dtypes of the arrays; no element is read.

    ``targets`` False asks for inputs only, as for predicting.

    Raises:
        TypeError: for an array of no real dtype, or for labels that are no integers.
        ValueError: for a wrong number of arrays, of rows, or a wrong shape.
    """
    _check_count("input", len(feed.inputs), len(program.inputs))
    for index, array in zip(program.inputs, feed.inputs, strict=True):
        _check_array(array, feed.rows, program.shapes[index], f"input {program.nodes[index].name!r}")
    if not targets:
        return
    _check_count("target", len(feed.targets), len(program.heads))
    if feed.weights:
        _check_count("sample weight", len(feed.weights), len(program.heads))
    for i, (head, target) in enumerate(zip(program.heads, feed.targets, strict=True)):
        name = program.nodes[head.output].name
        _check_array(target, feed.rows, head.target_shape, f"target of {name!r}")
        if takes_labels(head) and target.dtype.kind not in "biu":
            raise TypeError(
                f"The labels of {name!r} must be integers. Received: an array of dtype {target.dtype}. "
                f"Convert it: y.astype('int64')."
            )
        weights = feed.weights[i] if feed.weights else None
        if weights is not None:
            _check_array(weights, feed.rows, (), f"sample weight of {name!r}")


def check_labels(program: Program, feed: Feed) -> None:
    """Every class number lies in the range of its head's output.

    Labels that were checked before and cannot change are not read again: an engine is called for each step where
    callbacks look at every batch.

    Raises:
        ValueError: naming the first row of a label outside.
    """
    checked = feed.classes or (None,) * len(feed.targets)
    for head, target, known in zip(program.heads, feed.targets, checked, strict=True):
        classes = program.shapes[head.output][-1]
        if not takes_labels(head) or target.size == 0 or (known == classes and not target.flags.writeable):
            continue
        if int(target.min()) < 0 or int(target.max()) >= classes:
            layer = program.nodes[head.output].name.partition("/")[0]
            raise ValueError(_outside(layer, target, classes, feed.first_row))


def check_indices(program: Program, feed: Feed) -> None:
    """Every number that an Embedding reads straight from an input is that of a row.

    Raises:
        ValueError: naming the first row of a number outside.
    """
    for index, array in zip(program.inputs, feed.inputs, strict=True):
        for node in program.nodes:
            if not isinstance(node, Embedding) or index not in _fed_by(program, node.input) or not array.size:
                continue
            rows = program.parameters[node.table].shape[0]
            if not (float(array.min()) > -1.0 and float(array.max()) < rows):
                raise ValueError(_no_row(program.nodes[index].name, node, array, rows, feed.first_row))


def _fed_by(program: Program, index: int) -> set[int]:
    """The inputs whose very numbers a node's tensor holds."""
    node = program.nodes[index]
    if isinstance(node, Input):
        return {index}
    moved = isinstance(node, (Reshape, Rearrange, Concatenate)) or getattr(node, "function", "") == "trunc"
    return set().union(*(_fed_by(program, each) for each in node.inputs)) if moved else set()


def _no_row(name: str, node: Embedding, array: np.ndarray, rows: int, first_row: int) -> str:
    flat = array.reshape(len(array), -1)
    bad = ~((flat > -1) & (flat < rows))
    row = int(np.argmax(bad.any(axis=1)))
    low, high = float(array.min()), float(array.max())
    if low <= -1:
        hint = "Are missing values marked by negative numbers? Give them a number of their own."
    elif high == rows:
        hint = f"Are they counted from 1? Then subtract 1, or make the table one row larger: input_dim={rows + 1}."
    else:
        hint = f"The table would need input_dim={int(high) + 1}." if np.isfinite(high) else "Fill in the gaps."
    return (
        f"The numbers of input {name!r} must be from 0 to {rows - 1}, because the table of {node.name!r} has {rows} "
        f"rows. Received: {flat[row][bad[row]][0]} at row {first_row + row}. {hint}"
    )


def check_state(program: Program, state: State, *, slots: bool = True) -> None:
    """The buffers have the program's layout and dtype.

    ``slots`` False leaves the optimizer's out, as for evaluating and predicting.

    Raises:
        ValueError: for a buffer of another length or dtype, or another number of slots.
    """
    buffers = [("parameters", state.parameters)]
    if slots:
        names = program.optimizer.slots if program.optimizer is not None else ()
        if len(state.slots) != len(names):
            raise ValueError(
                f"The state must have one buffer for each of the optimizer's {len(names)} slots {names}. "
                f"Received: {len(state.slots)}. Begin with initial_slots(optimizer, program)."
            )
        buffers += zip(names, state.slots, strict=True)
    for name, buffer in buffers:
        if buffer.shape != (program.size,) or buffer.dtype != program.dtype:
            raise ValueError(
                f"The state's {name} must be a flat buffer of {program.size} elements of {program.dtype}. "
                f"Received: shape {buffer.shape} and dtype {buffer.dtype}. Make it with flat_buffer(program)."
            )


def check_learning_rates(learning_rates: np.ndarray | None, steps: Steps) -> None:
    """None, or one real number for each step of the call.

    Raises:
        ValueError: for an array of another shape or dtype.
    """
    if learning_rates is None:
        return
    count = max(steps.stop - steps.first, 0)
    if learning_rates.shape != (count,) or learning_rates.dtype.kind != "f":
        raise ValueError(
            f"The learning rates must be one float for each of the call's steps, shape {(count,)}. "
            f"Received: shape {learning_rates.shape} and dtype {learning_rates.dtype}."
        )


def check_captured(program: Program, captured: Sequence[np.ndarray] | None, steps: Steps) -> None:
    """None, or one array for each output with the rows of the call's steps.

    Raises:
        ValueError: for another number of arrays, another shape, dtype or order in memory.
    """
    if captured is None:
        return
    _check_count("captured", len(captured), len(program.outputs))
    rows = max(min(steps.stop * steps.batch_size, steps.rows) - steps.first * steps.batch_size, 0)
    for index, array in zip(program.outputs, captured, strict=True):
        right = (rows, *program.shapes[index])
        if array.shape != right or array.dtype != program.dtype or not array.flags.c_contiguous:
            raise ValueError(
                f"A captured output must be a contiguous array of shape {right} and dtype {program.dtype}. "
                f"Received: shape {array.shape} and dtype {array.dtype}."
            )


def takes_labels(head: Head) -> bool:
    """Whether the head's targets are class numbers."""
    return (head.loss is not None and head.loss.function in LABEL_METRICS) or any(
        metric.function in LABEL_METRICS for metric in head.metrics
    )


def _check_count(what: str, received: int, right: int) -> None:
    if received != right:
        raise ValueError(
            f"The feed must hold one {what} array for each {what} of the program, {right} in all. Received: {received}."
        )


def _check_array(array: np.ndarray, rows: int, shape: tuple[int, ...], what: str) -> None:
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"The {what} must hold real numbers. Received: an array of dtype {array.dtype}. "
            f"Convert it: np.asarray(a, 'float32')."
        )
    if array.shape != (rows, *shape):
        raise ValueError(
            f"The {what} must have shape {(rows, *shape)}: {rows} rows of shape {shape}. "
            f"Received: an array of shape {array.shape}."
        )


def _outside(name: str, target: np.ndarray, classes: int, first_row: int) -> str:
    low, high = int(target.min()), int(target.max())
    flat = target.reshape(len(target), -1)
    bad = (flat < 0) | (flat >= classes)
    row = int(np.argmax(bad.any(axis=1)))
    value = int(flat[row][bad[row]][0])
    if classes == 1 and low >= 0:
        hint = _ONE_UNIT[high < 2].format(classes=high + 1)
    elif low >= 1 and high == classes:
        hint = "Are the labels counted from 1? Then subtract 1."
    elif low < 0:
        hint = "Are missing labels marked by negative numbers? Then leave these rows out."
    else:
        hint = f"Is the output too narrow? It would need {high + 1} units."
    return (
        f"The labels of {name!r} must be integers from 0 to {classes - 1}, because its output has {classes} "
        f"class{'' if classes == 1 else 'es'}. Received: {value} at row {first_row + row}. {hint}"
    )
