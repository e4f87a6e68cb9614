"""Metric functions of (y_true, y_pred): the values whose running mean is the metric."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from denim.program.formulas.losses import LOSSES, class_numbers, numbers_like
from denim.program.specs import Loss, Metric

MetricFormula = Callable[[np.ndarray, np.ndarray, Metric], np.ndarray]
"""(y_true, y_pred, metric) to values: one for each sample, of shape ``y_pred.shape[:-1]``, in y_pred's dtype.

binary_accuracy alone gives one for each element, of shape ``y_pred.shape``, as Keras does; their mean is the same.
"""


def _binary_accuracy(y_true: np.ndarray, y_pred: np.ndarray, metric: Metric) -> np.ndarray:
    hit = numbers_like(y_true, y_pred) == (y_pred > metric.threshold)
    return hit.astype(y_pred.dtype)


def _categorical_accuracy(y_true: np.ndarray, y_pred: np.ndarray, metric: Metric) -> np.ndarray:
    hit = np.argmax(numbers_like(y_true, y_pred), axis=-1) == np.argmax(y_pred, axis=-1)
    return hit.astype(y_pred.dtype)


def _sparse_categorical_accuracy(y_true: np.ndarray, y_pred: np.ndarray, metric: Metric) -> np.ndarray:
    hit = class_numbers(y_true, y_pred) == np.argmax(y_pred, axis=-1)
    return hit.astype(y_pred.dtype)


def _of_loss(name: str) -> MetricFormula:
    def values(y_true: np.ndarray, y_pred: np.ndarray, metric: Metric) -> np.ndarray:
        return LOSSES[name].values(y_true, y_pred, Loss(name, metric.from_logits, metric.label_smoothing))

    return values


METRICS: dict[str, MetricFormula] = {
    "binary_accuracy": _binary_accuracy,
    "categorical_accuracy": _categorical_accuracy,
    "sparse_categorical_accuracy": _sparse_categorical_accuracy,
    **{name: _of_loss(name) for name in LOSSES},
}
"""By the name that ``program.specs.Metric.function`` holds."""

LABEL_METRICS = frozenset({"sparse_categorical_accuracy", "sparse_categorical_crossentropy"})
"""Metrics whose y_true holds class numbers."""
