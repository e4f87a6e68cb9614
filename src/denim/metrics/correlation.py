"""How targets and predictions vary together, within each sample."""

from __future__ import annotations

from typing import Any

from denim import config, ops
from denim.losses.shapes import alike
from denim.metrics.reductions import SettledMean


def pearson_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """The mean over the axis of (y_true - mean)(y_pred - mean), both divided by their standard deviations."""
    true, pred = (_centred(each, axis) for each in alike("pearson_correlation", y_true, y_pred))
    spread = ops.sqrt(_variance(true, axis) * _variance(pred, axis))
    return ops.mean(true * pred / spread, axis=axis)


def concordance_correlation(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """Twice the mean over the axis of (y_true - mean of y_pred)(y_pred - mean of y_pred), divided by both variances and
    the squared difference of the means."""
    true, pred = alike("concordance_correlation", y_true, y_pred)
    mean = ops.mean(pred, axis=axis, keepdims=True)
    apart = ops.square(ops.mean(true, axis=axis, keepdims=True) - mean)
    whole = _variance(_centred(true, axis), axis) + _variance(_centred(pred, axis), axis) + apart
    return ops.mean(2.0 * (true - mean) * (pred - mean) / (whole + config.epsilon()), axis=axis)


def _centred(x: Any, axis: int) -> Any:
    return x - ops.mean(x, axis=axis, keepdims=True)


def _variance(centred: Any, axis: int) -> Any:
    return ops.mean(ops.square(centred), axis=axis, keepdims=True)


class _Correlation(SettledMean):
    direction = "up"


class PearsonCorrelation(_Correlation):
    """The linear correlation of targets and predictions along the axis, averaged over samples."""

    def __init__(self, name: str | None = "pearson_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(pearson_correlation, name, dtype, axis=axis)


class ConcordanceCorrelation(_Correlation):
    """The agreement of targets and predictions along the axis, averaged over samples."""

    def __init__(self, name: str | None = "concordance_correlation", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(concordance_correlation, name, dtype, axis=axis)
