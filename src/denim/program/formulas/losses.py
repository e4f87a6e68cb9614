"""Loss functions of (y_true, y_pred), their gradients by y_pred, and how their values become one number.

Forward and gradient stand side by side. The arithmetic is in ``y_pred``'s dtype; infinities make no warnings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from denim.program.formulas.activations import log_softmax, sigmoid, softmax, softplus
from denim.program.specs import Loss, Reduction

EPSILON = 1e-7
"""Probabilities are clipped to [EPSILON, 1 - EPSILON] before their logarithm is taken."""

_Formula = Callable[[np.ndarray, np.ndarray, Loss], np.ndarray]


@dataclass(frozen=True)
class LossFormula:
    """One loss: its Keras name, its values per sample and its gradient.

    ``labels`` says that y_true holds class numbers; ``takes_logits`` and ``takes_smoothing`` say which settings of
    ``specs.Loss`` the function knows.
    """

    name: str
    _values: _Formula
    _gradient: _Formula
    labels: bool = False
    takes_logits: bool = False
    takes_smoothing: bool = False

    def values(self, y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
        """The loss of each sample, of shape ``y_pred.shape[:-1]``.

        y_true has the shape of y_pred, or lacks a last axis of size 1; class numbers may have one or not.
        """
        with np.errstate(all="ignore"):
            return self._values(self._aligned(y_true, y_pred), y_pred, loss)

    def gradient(self, y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
        """The gradient of each sample's value by y_pred, of shape ``y_pred.shape``."""
        with np.errstate(all="ignore"):
            return self._gradient(self._aligned(y_true, y_pred), y_pred, loss)

    def _aligned(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        if self.labels:
            return class_numbers(y_true, y_pred)
        return numbers_like(y_true, y_pred)


def class_numbers(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """Labels as int64 of shape ``y_pred.shape[:-1]``, a last axis of size 1 dropped."""
    labels = np.asarray(y_true).astype(np.int64)
    if labels.ndim == y_pred.ndim and labels.shape[-1] == 1:
        labels = labels[..., 0]
    return labels


def numbers_like(y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    """y_true in y_pred's dtype; (N,) against (N, 1) becomes (N, 1)."""
    numbers = np.asarray(y_true).astype(y_pred.dtype)
    if numbers.ndim + 1 == y_pred.ndim and y_pred.shape[-1] == 1:
        numbers = numbers[..., np.newaxis]
    return numbers


def _one_hot(labels: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
    return (labels[..., np.newaxis] == np.arange(y_pred.shape[-1])).astype(y_pred.dtype)


def _smoothed_classes(y_true: np.ndarray, loss: Loss) -> np.ndarray:
    return y_true * (1.0 - loss.label_smoothing) + loss.label_smoothing / y_true.shape[-1]


def _categorical(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    if loss.from_logits:
        log_p = log_softmax(y_pred)
    else:
        p = y_pred / np.sum(y_pred, axis=-1, keepdims=True)
        log_p = np.log(np.clip(p, EPSILON, 1.0 - EPSILON))
    return -np.sum(_smoothed_classes(y_true, loss) * log_p, axis=-1)


def _categorical_gradient(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    t = _smoothed_classes(y_true, loss)
    if loss.from_logits:
        return softmax(y_pred) * np.sum(t, axis=-1, keepdims=True) - t
    total = np.sum(y_pred, axis=-1, keepdims=True)
    p = y_pred / total
    dp = np.where(_clipped(p), 0.0, -t / p)
    return (dp - np.sum(dp * p, axis=-1, keepdims=True)) / total


def _clipped(p: np.ndarray) -> np.ndarray:
    return (p < EPSILON) | (p > 1.0 - EPSILON)


def _sparse(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    return _categorical(_one_hot(y_true, y_pred), y_pred, loss)


def _sparse_gradient(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    return _categorical_gradient(_one_hot(y_true, y_pred), y_pred, loss)


def _smoothed_bits(y_true: np.ndarray, loss: Loss) -> np.ndarray:
    return y_true * (1.0 - loss.label_smoothing) + 0.5 * loss.label_smoothing


def _binary(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    t = _smoothed_bits(y_true, loss)
    if loss.from_logits:
        each = t * softplus(-y_pred) + (1.0 - t) * softplus(y_pred)
    else:
        p = np.clip(y_pred, EPSILON, 1.0 - EPSILON)
        each = -(t * np.log(p) + (1.0 - t) * np.log(1.0 - p))
    return np.mean(each, axis=-1)


def _binary_gradient(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    t = _smoothed_bits(y_true, loss)
    if loss.from_logits:
        each = sigmoid(y_pred) - t
    else:
        each = np.where(_clipped(y_pred), 0.0, (1.0 - t) / (1.0 - y_pred) - t / y_pred)
    return each / y_pred.shape[-1]


def _squared(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    return np.mean((y_true - y_pred) * (y_true - y_pred), axis=-1)


def _squared_gradient(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    return 2.0 * (y_pred - y_true) / y_pred.shape[-1]


def _absolute(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    return np.mean(np.abs(y_true - y_pred), axis=-1)


def _absolute_gradient(y_true: np.ndarray, y_pred: np.ndarray, loss: Loss) -> np.ndarray:
    return np.sign(y_pred - y_true) / y_pred.shape[-1]


LOSSES: dict[str, LossFormula] = {
    formula.name: formula
    for formula in (
        LossFormula("sparse_categorical_crossentropy", _sparse, _sparse_gradient, labels=True, takes_logits=True),
        LossFormula(
            "categorical_crossentropy", _categorical, _categorical_gradient, takes_logits=True, takes_smoothing=True
        ),
        LossFormula("binary_crossentropy", _binary, _binary_gradient, takes_logits=True, takes_smoothing=True),
        LossFormula("mean_squared_error", _squared, _squared_gradient),
        LossFormula("mean_absolute_error", _absolute, _absolute_gradient),
    )
}
"""By the name that ``program.specs.Loss.function`` holds."""


def per_value(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sample weights, of shape (rows,) or of more of values' leading axes, repeated to ``values.shape``."""
    spread = weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim))
    return np.broadcast_to(spread.astype(values.dtype), values.shape)


def reduce(
    values: np.ndarray, weights: np.ndarray | None, reduction: Reduction, counted: np.ndarray | None = None
) -> float:
    """A batch's loss values as one number.

    ``sum_over_batch_size`` and ``mean`` divide the weighted sum by the number of values, ``mean_with_sample_weight`` by
    the sum of the weights; a divisor of zero gives 0. ``counted`` says which values are divided by, if not all are.
    """
    with np.errstate(all="ignore"):
        weighted = values if weights is None else values * per_value(weights, values)
        return float(np.sum(weighted)) / (_divisor(values, weights, reduction, counted) or np.inf)


def reduction_factors(
    values: np.ndarray, weights: np.ndarray | None, reduction: Reduction, counted: np.ndarray | None = None
) -> np.ndarray:
    """The gradient of ``reduce`` by each value, of ``values.shape``."""
    each = np.ones_like(values) if weights is None else per_value(weights, values)
    return each / (_divisor(values, weights, reduction, counted) or np.inf)


def factor_of_batch(weights: np.ndarray | None, reduction: Reduction) -> float:
    """What a batch's one number is multiplied by: the mean of its samples' weights or, by the reduction, their sum."""
    if weights is None:
        return 1.0
    if reduction == "mean_with_sample_weight":
        return float(np.sum(weights) != 0.0)
    return float(np.sum(weights) if reduction == "sum" else np.mean(weights))


def _divisor(values: np.ndarray, weights: np.ndarray | None, reduction: Reduction, counted: np.ndarray | None) -> float:
    if reduction == "sum":
        return 1.0
    each = np.ones(values.shape) if counted is None else counted.reshape(values.shape).astype(np.float64)
    if reduction == "mean_with_sample_weight" and weights is not None:
        each = each * per_value(weights, values)
    return float(np.sum(each, dtype=np.float64))
