"""What ``fit`` says about a model or its data that Keras would accept in silence, and that rarely is what was meant."""

from __future__ import annotations

import math

import numpy as np

from denim.data.feed import Feed
from denim.data.layout import Layout
from denim.program.nodes import Activation, AffineScaling, BatchNormalization, Dense, LayerNormalization
from denim.program.program import Program
from denim.program.specs import Head

_SCALING = (AffineScaling, BatchNormalization, LayerNormalization)
_ERRORS = ("mean_squared_error", "mean_absolute_error")
_ROWS_LOOKED_AT = 256
_LARGE_FOR_A_PIXEL = 50
_LARGEST_PIXEL = 255


def before_the_first_fit(program: Program, feed: Feed) -> list[str]:
    """Hints on the model and the training data, each a line."""
    hints = []
    for head in program.heads:
        node = program.nodes[head.output]
        if isinstance(node, Activation) and node.function == "softmax" and program.shapes[head.output][-1] == 1:
            hints.append(
                f"Hint: the softmax of {node.name.partition('/')[0]!r} has one unit, so its output is always 1.0 and "
                "nothing can be learnt. For two classes use Dense(1, activation='sigmoid') and "
                "loss='binary_crossentropy'; for more, one unit for each class."
            )
    hints.extend(
        _out_of_reach(program.nodes[head.output].name, target[:_ROWS_LOOKED_AT])
        for head, target in zip(program.heads, feed.targets, strict=True)
        if head.loss is not None and head.loss.function in _ERRORS and _exceeds_a_sigmoid(program, head, target)
    )
    if not _scales_its_input(program):
        hints.extend(
            f"Hint: {'x' if len(feed.inputs) == 1 else repr(program.nodes[index].name)} holds whole numbers from 0 to "
            f"{_LARGEST_PIXEL}, like pixels that were never scaled. Networks learn better from numbers between 0 and "
            "1: divide by 255.0 wherever data are passed, or begin the model with layers.Rescaling(1 / 255)."
            for index, array in zip(program.inputs, feed.inputs, strict=True)
            if _looks_like_pixels(array[:_ROWS_LOOKED_AT])
        )
    return hints


def on_chunks(layout: Layout) -> list[str]:
    """A hint where chunks of a file are read again and again."""
    if layout.chunk <= layout.window:
        return []
    return [
        f"Hint: the HDF5 file keeps {layout.chunk} rows in one chunk, and {layout.window} of them are in memory at a "
        f"time, so each chunk is unpacked about {-(-layout.chunk // layout.window) + 1} times an epoch. Write the file "
        "with chunks of few rows and all columns, for example create_dataset(..., chunks=(256, *x.shape[1:])).",
    ]


def after_a_lost_loss(loss: float, epoch: int, learning_rate: float, program: Program, feed: Feed) -> str:
    """A hint on the likely cause, once the loss of an epoch (the first is 1) is NaN or infinite."""
    text = f"Hint: the loss became {'NaN' if math.isnan(loss) else 'infinite'} in epoch {epoch}."
    largest = max(float(np.max(np.abs(array[:_ROWS_LOOKED_AT].astype(np.float64)))) for array in feed.inputs)
    if largest > _LARGE_FOR_A_PIXEL and not _scales_its_input(program):
        text += (
            f" x has values up to {largest:g}: scale it, for example with a layers.Normalization that has been adapted "
            "to it."
        )
    rule = program.optimizer
    clipped = rule is not None and any((rule.clipnorm, rule.clipvalue, rule.global_clipnorm))
    return (
        f"{text} The learning rate, {learning_rate:g} now, may be too high: try a tenth of it"
        f"{'' if clipped else ', or an optimizer with clipnorm=1.0'}. The weights are lost: build the model again."
    )


def _exceeds_a_sigmoid(program: Program, head: Head, target: np.ndarray) -> bool:
    node, some = program.nodes[head.output], target[:_ROWS_LOOKED_AT]
    if not isinstance(node, Activation) or node.function != "sigmoid":
        return False
    return bool(some.min() < 0 or some.max() > 1)


def _out_of_reach(output: str, target: np.ndarray) -> str:
    low, high = float(target.min()), float(target.max())
    classes = ""
    if low >= 0 and np.all(np.floor(target) == target):
        classes = (
            f"For the classes 0 to {high:g} use Dense({high + 1:g}, activation='softmax') and "
            "loss='sparse_categorical_crossentropy'; for measured numbers"
        )
    return (
        f"Hint: y has values from {low:g} to {high:g}, but the sigmoid of {output.partition('/')[0]!r} stays between 0 "
        f"and 1. {classes or 'For measured numbers'} use Dense without an activation."
    )


def _scales_its_input(program: Program) -> bool:
    """Whether a layer that scales stands before the first Dense."""
    for node in program.nodes:
        if isinstance(node, Dense):
            return False
        if isinstance(node, _SCALING):
            return True
    return False


def _looks_like_pixels(array: np.ndarray) -> bool:
    largest, smallest = float(array.max()), float(array.min())
    if not (smallest >= 0 and _LARGE_FOR_A_PIXEL < largest <= _LARGEST_PIXEL):
        return False
    return array.dtype.kind != "f" or bool(np.all(np.floor(array) == array))
