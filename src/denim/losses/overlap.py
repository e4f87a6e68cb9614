"""Losses of how far targets and predictions overlap."""

from __future__ import annotations

from typing import Any

from denim import config, ops
from denim.losses.loss import SettledLoss
from denim.losses.shapes import alike

Axes = int | tuple[int, ...] | list[int] | None


def dice(y_true: Any, y_pred: Any, axis: Axes = None) -> Any:
    """1 - 2 sum(t p) / (sum(t) + sum(p)) over the axes, all if none is named."""
    true, pred = alike("dice", y_true, y_pred)
    both = ops.sum(true * pred, axis=axis)
    return 1.0 - 2.0 * both / (ops.sum(true, axis=axis) + ops.sum(pred, axis=axis) + config.epsilon())


def tversky(y_true: Any, y_pred: Any, alpha: float = 0.5, beta: float = 0.5, axis: Axes = None) -> Any:
    """1 - b / (b + alpha sum(t (1 - p)) + beta sum(p (1 - t))) over the axes, b being sum(t p).

    Source: https://arxiv.org/abs/1706.05721
    """
    true, pred = alike("tversky", y_true, y_pred)
    both = ops.sum(true * pred, axis=axis)
    missed, added = ops.sum(true * (1.0 - pred), axis=axis), ops.sum(pred * (1.0 - true), axis=axis)
    return 1.0 - both / (both + alpha * missed + beta * added + config.epsilon())


class Dice(SettledLoss):
    """1 - 2 sum(t p) / (sum(t) + sum(p)).

    Args:
        axis: the axes that are summed over; None is all, the batch too.
        reduction, name, dtype: as of ``Loss``.
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "dice",
        axis: Axes = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dice, reduction, name, dtype, axis=axis)


class Tversky(SettledLoss):
    """The Dice loss with weights of its own for what is missed and what is added.

    Args:
        alpha: weight of targets that are not predicted.
        beta: weight of predictions that are no targets.
        axis: as of ``Dice``.
        reduction, name, dtype: as of ``Loss``.

    Source: https://arxiv.org/abs/1706.05721
    """

    def __init__(
        self,
        alpha: float = 0.5,
        beta: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "tversky",
        axis: Axes = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(tversky, reduction, name, dtype, alpha=alpha, beta=beta, axis=axis)
