"""Losses of measured numbers. Source: https://keras.io/api/losses/regression_losses/"""

from __future__ import annotations

import math
from typing import Any

from denim import config, ops
from denim.losses.loss import SettledLoss
from denim.losses.shapes import alike


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """mean((y_true - y_pred)^2) over the last axis."""
    true, pred = alike("mean_squared_error", y_true, y_pred)
    return ops.mean(ops.square(true - pred), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """mean(abs(y_true - y_pred)) over the last axis."""
    true, pred = alike("mean_absolute_error", y_true, y_pred)
    return ops.mean(ops.abs(true - pred), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 mean(abs((y_true - y_pred) / y_true)) over the last axis; |y_true| counts as epsilon at least."""
    true, pred = alike("mean_absolute_percentage_error", y_true, y_pred)
    return 100.0 * ops.mean(ops.abs((true - pred) / ops.maximum(ops.abs(true), config.epsilon())), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """mean((log(y_true + 1) - log(y_pred + 1))^2) over the last axis; both count as epsilon at least."""
    true, pred = alike("mean_squared_logarithmic_error", y_true, y_pred)
    logs = [ops.log(ops.maximum(each, config.epsilon()) + 1.0) for each in (pred, true)]
    return ops.mean(ops.square(logs[0] - logs[1]), axis=-1)


def huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """The mean over the last axis of e^2 / 2 where the error's size e is up to delta, and of delta e - delta^2 / 2."""
    true, pred = alike("huber", y_true, y_pred)
    size = ops.abs(pred - true)
    each = ops.where(size <= delta, 0.5 * ops.square(size), delta * size - 0.5 * delta * delta)
    return ops.mean(each, axis=-1)


def log_cosh(y_true: Any, y_pred: Any) -> Any:
    """mean(log(cosh(y_pred - y_true))) over the last axis."""
    true, pred = alike("log_cosh", y_true, y_pred)
    error = pred - true
    return ops.mean(error + ops.softplus(-2.0 * error) - math.log(2.0), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """-sum(y_true y_pred) over the axis, both divided by their Euclidean norms: -1 where they point the same way."""
    true, pred = alike("cosine_similarity", y_true, y_pred)
    return -ops.sum(unit(true, axis) * unit(pred, axis), axis=axis)


def unit(x: Any, axis: int) -> Any:
    """x divided by its Euclidean norm along the axis, which counts as epsilon at least."""
    square = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(square, config.epsilon() ** 2))


class MeanSquaredError(SettledLoss):
    """mean((y_true - y_pred)^2) over the last axis."""

    formula = "mean_squared_error"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_squared_error, reduction, name, dtype)


class MeanAbsoluteError(SettledLoss):
    """mean(abs(y_true - y_pred)) over the last axis."""

    formula = "mean_absolute_error"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(mean_absolute_error, reduction, name, dtype)


class MeanAbsolutePercentageError(SettledLoss):
    """100 mean(abs((y_true - y_pred) / y_true)) over the last axis."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_absolute_percentage_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_absolute_percentage_error, reduction, name, dtype)


class MeanSquaredLogarithmicError(SettledLoss):
    """mean((log(y_true + 1) - log(y_pred + 1))^2) over the last axis."""

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "mean_squared_logarithmic_error",
        dtype: Any = None,
    ) -> None:
        super().__init__(mean_squared_logarithmic_error, reduction, name, dtype)


class Huber(SettledLoss):
    """Half the square of a small error, and linear in a large one.

    Args:
        delta: the size from which an error is large.
        reduction, name, dtype: as of ``Loss``.
    """

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "huber_loss",
        dtype: Any = None,
    ) -> None:
        super().__init__(huber, reduction, name, dtype, delta=delta)


class LogCosh(SettledLoss):
    """mean(log(cosh(y_pred - y_true))) over the last axis."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "log_cosh", dtype: Any = None
    ) -> None:
        super().__init__(log_cosh, reduction, name, dtype)


class CosineSimilarity(SettledLoss):
    """-sum(y_true y_pred) over the axis, both divided by their Euclidean norms.

    Args:
        axis: which one; not that of the samples where a model is trained.
        reduction, name, dtype: as of ``Loss``.
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction, name, dtype, axis=axis)
