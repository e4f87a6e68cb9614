"""How often predictions are right. Source: https://keras.io/api/metrics/accuracy_metrics/"""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import config, ops
from denim.losses.probabilistic import one_hot
from denim.losses.shapes import alike, check_classes, classes_and_scores
from denim.metrics.reductions import SettledMean


def accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where y_true and y_pred are equal, else 0: shape ``y_pred.shape``."""
    true, pred = alike("accuracy", y_true, y_pred)
    return _hits(ops.equal(true, pred))


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """1 where y_true (0 or 1) says whether y_pred is above the threshold, else 0: shape ``y_pred.shape``."""
    true, pred = alike("binary_accuracy", y_true, y_pred)
    return _hits(ops.equal(true, ops.cast(pred > threshold, pred.dtype)))


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest of y_pred is at the one of one-hot y_true, else 0: shape ``y_pred.shape[:-1]``."""
    true, pred = alike("categorical_accuracy", y_true, y_pred)
    return _hits(ops.equal(ops.argmax(true, axis=-1), ops.argmax(pred, axis=-1)))


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest of y_pred is at the class number y_true, else 0: shape ``y_pred.shape[:-1]``."""
    true, pred = classes_and_scores("sparse_categorical_accuracy", y_true, y_pred)
    return _hits(ops.equal(true, ops.cast(ops.argmax(pred, axis=-1), pred.dtype)))


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """1 where the one of one-hot y_true is among the k largest of y_pred, else 0: shape ``y_pred.shape[:-1]``."""
    true, pred = alike("top_k_categorical_accuracy", y_true, y_pred)
    return _among(ops.cast(ops.argmax(true, axis=-1), pred.dtype), pred, k)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5, from_sorted_ids: bool = False) -> Any:
    """1 where the class number y_true is among the k largest of y_pred, else 0: shape ``y_pred.shape[:-1]``.

    With ``from_sorted_ids`` y_pred holds class numbers, the best first.
    """
    if from_sorted_ids:
        pred = ops.convert_to_tensor(y_pred)
        true = ops.cast(ops.convert_to_tensor(y_true), pred.dtype)
        if len(true.shape) < len(pred.shape):
            true = ops.expand_dims(true, -1)
        return ops.max(_hits(ops.equal(true, pred[..., :k])), axis=-1)
    return _among(*classes_and_scores("sparse_top_k_categorical_accuracy", y_true, y_pred), k)


def _among(numbers: Any, scores: Any, k: int) -> Any:
    own = ops.sum(one_hot(numbers, scores) * scores, axis=-1, keepdims=True)
    better = ops.sum(ops.cast(scores > own, scores.dtype), axis=-1)
    return _hits(better < k)


def _hits(truth: Any) -> Any:
    return ops.cast(truth, config.floatx())


class _Accuracy(SettledMean):
    direction = "up"


class Accuracy(_Accuracy):
    """How often y_true and y_pred are equal."""

    def __init__(self, name: str | None = "accuracy", dtype: Any = None) -> None:
        super().__init__(accuracy, name, dtype)


class BinaryAccuracy(_Accuracy):
    """How often y_pred > threshold says what y_true (0 or 1) says."""

    formula = "binary_accuracy"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(_Accuracy):
    """How often the largest of y_pred is at the one of one-hot y_true."""

    formula = "categorical_accuracy"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(_Accuracy):
    """How often the largest of y_pred is at the class number y_true."""

    formula = "sparse_categorical_accuracy"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)

    def check_targets(self, y_true: np.ndarray, classes: int) -> None:
        """Nothing if every class number has a class."""
        check_classes(y_true, classes)


class TopKCategoricalAccuracy(_Accuracy):
    """How often the one of one-hot y_true is among the k largest of y_pred."""

    def __init__(self, k: int = 5, name: str | None = "top_k_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(_Accuracy):
    """How often the class number y_true is among the k largest of y_pred.

    Args:
        k: how many.
        from_sorted_ids: whether y_pred holds class numbers, the best first.
        name, dtype: as of ``Metric``.
    """

    def __init__(
        self,
        k: int = 5,
        name: str | None = "sparse_top_k_categorical_accuracy",
        dtype: Any = None,
        from_sorted_ids: bool = False,
    ) -> None:
        settings = {"k": k, "from_sorted_ids": True} if from_sorted_ids else {"k": k}
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, **settings)
        self.from_sorted_ids = from_sorted_ids

    def check_targets(self, y_true: np.ndarray, classes: int) -> None:
        """Nothing if every class number has a class."""
        if not self.from_sorted_ids:
            check_classes(y_true, classes)
