"""Normalization by mean and variance, and its gradients, and scaling by constants.

Forward and gradient stand side by side. Arrays keep their dtype. Statistics keep the axes they are taken over, with
size 1.
"""

from __future__ import annotations

import numpy as np

Axes = tuple[int, ...]
FEATURES: Axes = (-1,)
"""What layer normalization takes its statistics over."""


def batch_axes(x: np.ndarray) -> Axes:
    """What batch normalization takes its statistics over: all axes but the last."""
    return tuple(range(x.ndim - 1))


def statistics(x: np.ndarray, axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    """Mean and biased variance over ``axes``."""
    mean = np.mean(x, axis=axes, keepdims=True)
    return mean, np.mean((x - mean) * (x - mean), axis=axes, keepdims=True)


def normalize(
    x: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
    gamma: np.ndarray | None = None,
    beta: np.ndarray | None = None,
) -> np.ndarray:
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta``; without gamma and beta these are 1 and 0."""
    y = (x - mean) / np.sqrt(variance + epsilon)
    if gamma is not None:
        y = y * gamma
    return y if beta is None else y + beta


def normalize_gradients(
    x: np.ndarray,
    dy: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    epsilon: float,
    gamma: np.ndarray | None = None,
    axes: Axes | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The loss's gradients by x, gamma and beta, given its gradient by the output.

    ``axes`` are those that mean and variance were taken over, so that they follow x; None where they are constants.
    """
    inverse = 1.0 / np.sqrt(variance + epsilon)
    normal = (x - mean) * inverse
    d_gamma, d_beta = np.sum(dy * normal, axis=batch_axes(x)), np.sum(dy, axis=batch_axes(x))
    d_normal = dy if gamma is None else dy * gamma
    if axes is not None:
        through_mean = np.mean(d_normal, axis=axes, keepdims=True)
        through_variance = normal * np.mean(d_normal * normal, axis=axes, keepdims=True)
        d_normal = d_normal - through_mean - through_variance
    return inverse * d_normal, d_gamma, d_beta


def moved(moving: np.ndarray, batch: np.ndarray, momentum: float) -> np.ndarray:
    """A moving statistic after one more batch."""
    return momentum * moving + (1.0 - momentum) * batch.reshape(moving.shape)


def scale(x: np.ndarray, shift: np.ndarray, factor: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """``(x - shift) * factor + offset``."""
    return (x - shift) * factor + offset


def scale_gradient(dy: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """The loss's gradient by what ``scale`` was given."""
    return dy * factor
