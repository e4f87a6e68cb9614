"""Metric functions: one value a sample."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from denim.losses import FUNCTIONS as LOSS_FUNCTIONS
from denim.losses import matched
from denim.program import specs
from denim.program.formulas.metrics import METRICS


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> np.ndarray:
    """1 where y_true (0 or 1) says whether y_pred is above the threshold, else 0: shape ``y_pred.shape``."""
    return metric_values(specs.Metric("binary_accuracy", "", threshold=threshold), y_true, y_pred)


def categorical_accuracy(y_true: Any, y_pred: Any) -> np.ndarray:
    """1 where the largest of y_pred is at the one of one-hot y_true, else 0: shape ``y_pred.shape[:-1]``."""
    return metric_values(specs.Metric("categorical_accuracy", ""), y_true, y_pred)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> np.ndarray:
    """1 where the largest of y_pred is at the class number y_true, else 0: shape ``y_pred.shape[:-1]``."""
    return metric_values(specs.Metric("sparse_categorical_accuracy", ""), y_true, y_pred)


def metric_values(spec: specs.Metric, y_true: Any, y_pred: Any) -> np.ndarray:
    """A formula's values.

    Raises:
        ValueError: for shapes that do not go together, or a class number without a class.
    """
    return METRICS[spec.function](*matched(spec.function, y_true, y_pred), spec)


FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    **LOSS_FUNCTIONS,
    **{f.__name__: f for f in (binary_accuracy, categorical_accuracy, sparse_categorical_accuracy)},
}
"""Every metric function by its name, which is also that of its formula."""
