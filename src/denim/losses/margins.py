"""Losses of margins. Source: https://keras.io/api/losses/hinge_losses/"""

from __future__ import annotations

from typing import Any

from denim import ops
from denim.losses.loss import SettledLoss
from denim.losses.shapes import alike


def hinge(y_true: Any, y_pred: Any) -> Any:
    """mean(max(1 - y_true y_pred, 0)) over the last axis, for targets of -1 and 1; 0 counts as -1."""
    return ops.mean(_shortfall("hinge", y_true, y_pred), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """mean(max(1 - y_true y_pred, 0)^2) over the last axis, for targets of -1 and 1; 0 counts as -1."""
    return ops.mean(ops.square(_shortfall("squared_hinge", y_true, y_pred)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(largest wrong one - right one + 1, 0) of the last axis, for one-hot targets."""
    true, pred = alike("categorical_hinge", y_true, y_pred)
    right, wrong = ops.sum(true * pred, axis=-1), ops.max((1.0 - true) * pred, axis=-1)
    return ops.maximum(wrong - right + 1.0, 0.0)


def _shortfall(function: str, y_true: Any, y_pred: Any) -> Any:
    true, pred = alike(function, y_true, y_pred)
    sign = ops.where(ops.equal(true, 0.0), -1.0, true)
    return ops.maximum(1.0 - sign * pred, 0.0)


class Hinge(SettledLoss):
    """mean(max(1 - y_true y_pred, 0)) over the last axis, for targets of -1 and 1, or 0 and 1."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "hinge", dtype: Any = None
    ) -> None:
        super().__init__(hinge, reduction, name, dtype)


class SquaredHinge(SettledLoss):
    """mean(max(1 - y_true y_pred, 0)^2) over the last axis, for targets of -1 and 1, or 0 and 1."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "squared_hinge", dtype: Any = None
    ) -> None:
        super().__init__(squared_hinge, reduction, name, dtype)


class CategoricalHinge(SettledLoss):
    """max(largest wrong one - right one + 1, 0) of the last axis, for one-hot targets."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "categorical_hinge", dtype: Any = None
    ) -> None:
        super().__init__(categorical_hinge, reduction, name, dtype)
