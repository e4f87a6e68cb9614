"""Metrics of measured numbers. Source: https://keras.io/api/metrics/regression_metrics/"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from denim import ops
from denim.losses.regression import (
    cosine_similarity,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from denim.losses.shapes import alike
from denim.metrics.reductions import Mean, SettledMean
from denim.metrics.summed import SummedMetric
from denim.variables import Variable

_AVERAGES = (None, "uniform_average", "variance_weighted_average")


class _Error(SettledMean):
    direction = "down"


class MeanSquaredError(_Error):
    """mean((y_true - y_pred)^2)."""

    formula = "mean_squared_error"

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)


class MeanAbsoluteError(_Error):
    """mean(abs(y_true - y_pred))."""

    formula = "mean_absolute_error"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(_Error):
    """100 mean(abs((y_true - y_pred) / y_true))."""

    def __init__(self, name: str | None = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(_Error):
    """mean((log(y_true + 1) - log(y_pred + 1))^2)."""

    def __init__(self, name: str | None = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)


class LogCoshError(_Error):
    """mean(log(cosh(y_pred - y_true)))."""

    def __init__(self, name: str | None = "logcosh", dtype: Any = None) -> None:
        super().__init__(log_cosh, name, dtype)


class CosineSimilarity(SettledMean):
    """sum(y_true y_pred) over the axis, both divided by their Euclidean norms: 1 where they point the same way."""

    direction = "up"

    def __init__(self, name: str | None = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(_cosine, name, dtype, axis=axis)


def _cosine(y_true: Any, y_pred: Any, axis: int) -> Any:
    return -cosine_similarity(y_true, y_pred, axis)


class RootMeanSquaredError(Mean):
    """The root of mean((y_true - y_pred)^2)."""

    direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Count a batch, with one weight a sample, or one in all."""
        super().update_state(self._squares(y_true, y_pred), sample_weight)

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """The squared errors."""
        return ops.expand_dims(self._squares(y_true, y_pred), -1)

    def _squares(self, y_true: Any, y_pred: Any) -> Any:
        true, pred = alike("root_mean_squared_error", y_true, y_pred)
        return ops.square(pred - true)

    def result(self) -> Any:
        """The root so far."""
        return ops.convert_to_tensor(np.sqrt(self.mean), dtype=self.dtype)


class R2Score(SummedMetric):
    """How much of the targets' variance the predictions explain.

    Args:
        class_aggregation: "uniform_average", "variance_weighted_average", or None for one score an output.
        num_regressors: of the model, for the adjusted score; 0 for the plain one.
        name, dtype: as of ``Metric``.

    Raises:
        ValueError: for another aggregation, or a negative number.
    """

    direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if class_aggregation not in _AVERAGES:
            raise ValueError(
                f"Invalid value for argument `class_aggregation`. Expected one of {_AVERAGES}. "
                f"Received: class_aggregation={class_aggregation}"
            )
        if num_regressors < 0:
            raise ValueError(
                "Invalid value for argument `num_regressors`. Expected a value >= 0. "
                f"Received: num_regressors={num_regressors}"
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.zeros("num_samples", ())
        self.squared_sum: Variable | None = None

    def _build(self, outputs: int) -> None:
        self.squared_sum = self.zeros("squared_sum", (outputs,))
        self.sum = self.zeros("sum", (outputs,))
        self.total_mse = self.zeros("residual", (outputs,))
        self.count = self.zeros("count", (outputs,))

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """Each sample's targets, their squares, and the squared errors."""
        true, pred = alike("r2_score", y_true, y_pred)
        two_axes("R2Score", true, pred)
        if self.squared_sum is None:
            self._build(pred.shape[-1])
        return ops.concatenate([ops.square(true), true, ops.square(true - pred)], axis=-1)

    def parts(self, sums: np.ndarray, count: float) -> Sequence[Any]:
        """As of ``SummedMetric``."""
        outputs = len(sums) // 3
        return [count * outputs, *np.split(sums, 3), np.full(outputs, count)]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch, with one weight a sample, or one in all."""
        before = float(self.num_samples)
        super().update_state(y_true, y_pred, sample_weight)
        self.num_samples.assign(before + np.size(y_pred))

    def is_counted(self, weighted: bool) -> bool:
        """Not where it asks for the number of samples and knows the sum of their weights."""
        return super().is_counted(weighted) and not (weighted and self.num_regressors)

    def result(self) -> Any:
        """The score so far, NaN if nothing was counted."""
        if self.squared_sum is None:
            return self.shown(np.nan)
        with np.errstate(all="ignore"):
            total = self.squared_sum.value - self.sum.value * (self.sum.value / self.count.value)
            scores = 1.0 - self.total_mse.value / total
            scores = np.where(np.isinf(scores), 0.0, scores)
            score: Any = scores
            if self.class_aggregation == "uniform_average":
                score = np.mean(scores)
            elif self.class_aggregation == "variance_weighted_average":
                score = np.sum(total * scores) / np.sum(total)
            return self.shown(self._adjusted(score))

    def _adjusted(self, score: Any) -> Any:
        if not self.num_regressors:
            return score
        n, p = float(self.num_samples), self.num_regressors
        if p >= n - 1.0:
            reason = "Division by zero" if p == n - 1.0 else "More independent predictors than datapoints"
            warnings.warn(
                f"{reason} in adjusted R2 score. Falling back to standard R2 score. "
                f"Received: num_regressors={p} and {n:g} datapoints.",
                stacklevel=3,
            )
            return score
        return 1.0 - (1.0 - score) * (n - 1.0) / (n - p - 1.0)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {
            **super().get_config(),
            "class_aggregation": self.class_aggregation,
            "num_regressors": self.num_regressors,
        }


def two_axes(metric: str, true: Any, pred: Any) -> None:
    """Nothing for shapes (batch, outputs).

    Raises:
        ValueError: for others.
    """
    if len(true.shape) != 2 or len(pred.shape) != 2:
        raise ValueError(
            f"{metric} expects 2D inputs with shape (batch_size, output_dim). Received input shapes: "
            f"y_pred.shape={tuple(pred.shape)} and y_true.shape={tuple(true.shape)}."
        )
