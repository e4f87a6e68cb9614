"""From samples to the feed of one program: shapes checked against it, arrays in a form that engines read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from denim.data.arrays import fed
from denim.data.feed import Feed
from denim.data.finite import check_finite
from denim.data.samples import Samples
from denim.data.targets import check_probabilities, labels, numbers
from denim.engines.checks import check_arrays, check_indices, check_labels, takes_labels
from denim.program.program import Program

Shape = tuple[int, ...]


def feed_inputs(program: Program, samples: Samples) -> Feed:
    """The inputs alone, for predicting.

    Raises:
        ValueError: for an array of another shape than the program's input, or a number without a row in an Embedding.
    """
    inputs = tuple(
        fed(shaped(array, program.shapes[index], program.nodes[index].name, samples.targets))
        for index, array in zip(program.inputs, samples.inputs, strict=True)
    )
    feed = Feed(samples.rows, inputs, first_row=samples.first_row or 0)
    check_indices(program, feed)
    return feed


def feed_samples(program: Program, samples: Samples, inputs: Feed) -> Feed:
    """Inputs, targets and weights, for training and evaluating.

    Args:
        program: the model with its heads.
        samples: what the user handed over.
        inputs: what ``feed_inputs`` made of them.

    Raises:
        ValueError: for no samples, targets whose shape does not fit, a number that is not finite, a class number
            without a class, or a target of binary_crossentropy outside of [0, 1].
    """
    if not samples.rows:
        raise ValueError(f"There are no samples: x has shape {samples.inputs[0].shape}.")
    feed = replace(feed_judged(program, samples), inputs=inputs.inputs)
    check_arrays(program, feed)
    for index, x in zip(program.inputs, samples.inputs, strict=True):
        name = "x" if len(samples.inputs) == 1 else program.nodes[index].name
        check_finite(x, name, program.dtype, samples.first_row)
    return feed


def feed_judged(program: Program, samples: Samples) -> Feed:
    """Targets and weights alone.

    Raises:
        ValueError: as of ``feed_samples``.
    """
    first = samples.first_row
    for head, y in zip(program.heads, samples.targets, strict=True):
        name = "y" if len(samples.targets) == 1 else program.nodes[head.output].name.partition("/")[0]
        check_finite(y, name, program.dtype, first)
    rows = len(samples.targets[0]) if samples.targets else samples.rows
    targets = tuple(
        (_own_labels(y, first or 0) if takes_labels(head) else numbers(y)).reshape(rows, *head.target_shape)
        for head, y in zip(program.heads, samples.targets, strict=True)
    )
    feed = Feed(rows, (), targets, first_row=first or 0)
    check_labels(program, feed)
    for head, array in zip(program.heads, targets, strict=True):
        if head.loss is not None and head.loss.function == "binary_crossentropy":
            check_probabilities(array, program.nodes[head.output].name.partition("/")[0], first or 0)
    converted = {id(a): _weights(a, program.dtype, first) for a in samples.weights if a is not None}
    weights = tuple(a if a is None else converted[id(a)] for a in samples.weights)
    classes = tuple(program.shapes[h.output][-1] if takes_labels(h) else None for h in program.heads)
    return replace(feed, weights=weights, classes=classes)


def _weights(array: np.ndarray, dtype: str, first_row: int | None) -> np.ndarray:
    check_finite(array, "sample_weight", dtype, first_row)
    return array.astype(dtype, copy=False)


def _own_labels(y: np.ndarray, first_row: int) -> np.ndarray:
    """A copy that nobody can change once it has been checked: engines index with class numbers."""
    own = labels(y, first_row).copy()
    own.flags.writeable = False
    return own


def shaped(array: np.ndarray, shape: Shape, name: str, targets: Sequence[np.ndarray] = ()) -> np.ndarray:
    """The array with samples of this shape; an axis of size 1 at its end is added or taken away.

    Raises:
        ValueError: for samples of another shape; ``name`` is the input's.
    """
    received = array.shape[1:]
    if received == shape:
        return array
    if (*received, 1) == shape or received == (*shape, 1):
        return array.reshape(len(array), *shape)
    text = _misfit(array.shape, shape, name)
    if shape != received and any(target.shape[1:] == shape for target in targets):
        text += " y has the shape that x should have: were x and y swapped? x comes first."
    raise ValueError(text)


def _misfit(full: Shape, shape: Shape, name: str) -> str:
    received = full[1:]
    rule = f"expected shape {(None, *shape)}"
    if len(received) == len(shape) or (received and received[-1] != shape[-1]):
        axis = next(a for a in range(-1, -len(shape) - 1, -1) if received[a] != shape[a])
        rule = f"expected axis {axis} of input shape to have value {shape[axis]}"
    text = f"Input {name!r} of the model is incompatible with x: {rule}, but received input with shape {full}."
    return text + shape_advice(full, shape)


def shape_advice(full: tuple[int | None, ...], shape: tuple[int | None, ...]) -> str:
    """What to do with an x of shape ``full`` where a sample must have ``shape``; empty where nothing is near."""
    received = full[1:]
    if full == shape:
        return " This is one sample without the axis of samples: pass x[None]."
    if None in received or None in shape or received == shape:
        return ""
    if received and _elements(received) == _elements(shape):
        flat = f", or begin the model with Input(shape={received}) and Flatten()" if len(shape) == 1 else ""
        reshaped = f"x.reshape(-1, {', '.join(map(str, shape))})"
        return f" Each row has the right number of elements in another shape: pass {reshaped}{flat}."
    return ""


def _elements(shape: tuple[int | None, ...]) -> int:
    return math.prod(size for size in shape if size is not None)
