"""The layers before and after those that learn: from the data's scale, and to the target's."""

from __future__ import annotations

import numpy as np

from denim.data.moments import Moments, stretch
from denim.layers import Dense, Flatten, Normalization, Rescaling
from denim.layers.base import Layer
from denim.preparation.target import Target


def normalization(inputs: np.ndarray, measured: np.ndarray | None = None) -> Layer:
    """Features to mean 0 and variance 1, as the rows of ``inputs`` have them; those not ``measured`` as they are."""
    mean, deviation = _scale(inputs)
    if measured is not None:
        mean, deviation = np.where(measured, mean, 0.0), np.where(measured, deviation, 1.0)
    return Normalization(mean=mean.tolist(), variance=np.square(deviation).tolist(), name="scaling")


def flattened(inputs: np.ndarray) -> list[Layer]:
    """Rows of any shape as one axis of features, each to mean 0 and variance 1."""
    flat = inputs.reshape(len(inputs), -1)
    return [*([Flatten(name="flatten")] if inputs.ndim > 2 else []), normalization(flat)]


def pixels(shape: tuple[int, ...]) -> list[Layer]:
    """From 0 to 255 down to 0 to 1, as one axis."""
    return [Rescaling(1 / 255, name="scaling"), *([Flatten(name="flatten")] if len(shape) > 1 else [])]


def last_layers(target: Target, targets: np.ndarray) -> list[Layer]:
    """Probabilities of the classes; or numbers in the units of ``targets``."""
    if target.task == "binary":
        return [Dense(1, "sigmoid", name="output")]
    if target.task == "multiclass":
        return [Dense(len(target.classes), "softmax", name="output")]
    mean, deviation = _scale(targets.reshape(len(targets), -1))
    scale, offset = (each.tolist() if target.outputs > 1 else each.item() for each in (deviation, mean))
    return [Dense(target.outputs, name="output"), Rescaling(scale, offset, name="units")]


def _scale(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of each column, float64."""
    moments = Moments(per_feature=True)
    moments.add(table)
    return moments.mean, stretch(moments.mean, moments.variance, len(table), np.float64, np.float32)
