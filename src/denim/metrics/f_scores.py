"""Precision and recall in one number. Source: https://keras.io/api/metrics/classification_metrics/#f1score-class"""

from __future__ import annotations

from typing import Any

import numpy as np

from denim import config, ops
from denim.losses.shapes import alike
from denim.metrics.regression import two_axes
from denim.metrics.summed import SummedMetric
from denim.variables import Variable

_AVERAGES = (None, "micro", "macro", "weighted")
_NOTHING = 1e-9


class FBetaScore(SummedMetric):
    """(1 + beta^2) precision recall / (beta^2 precision + recall), for one-hot or multi-hot targets.

    Args:
        average: None for an array with one score a class, "micro" for that of all classes' counts together, "macro" for
            the mean over classes, "weighted" for that by the classes' numbers of targets.
        beta: how much recall counts beside precision.
        threshold: what is above it is predicted; None for the largest of each sample.
        name, dtype: as of ``Metric``.

    Raises:
        ValueError: for settings out of range.
    """

    direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        if average not in _AVERAGES:
            raise ValueError(
                f"Invalid `average` argument value. Expected one of: {_AVERAGES}. Received: average={average}"
            )
        for setting, value in (("beta", beta), ("threshold", threshold)):
            if not isinstance(value, float) and (setting, value) != ("threshold", None):
                raise ValueError(
                    f"Invalid `{setting}` argument value. It should be a Python float. "
                    f"Received: {setting}={value} of type '{type(value)}'"
                )
        if beta <= 0.0:
            raise ValueError(f"Invalid `beta` argument value. It should be > 0. Received: beta={beta}")
        if threshold is not None and not 0.0 < threshold <= 1.0:
            raise ValueError(
                "Invalid `threshold` argument value. It should verify 0 < threshold <= 1. "
                f"Received: threshold={threshold}"
            )
        self.average = average
        self.beta = beta
        self.threshold = threshold
        self.true_positives: Variable | None = None

    def _build(self, classes: int) -> None:
        shape = () if self.average == "micro" else (classes,)
        self.true_positives = self.zeros("true_positives", shape)
        self.false_positives = self.zeros("false_positives", shape)
        self.false_negatives = self.zeros("false_negatives", shape)
        self.intermediate_weights = self.zeros("intermediate_weights", shape)

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """Each sample's true positives, false positives, false negatives and targets."""
        true, pred = alike("fbeta_score", y_true, y_pred)
        two_axes("FBetaScore", true, pred)
        if self.true_positives is None:
            self._build(pred.shape[-1])
        if self.threshold is None:
            largest = pred >= ops.max(pred, axis=-1, keepdims=True)
            chosen = ops.logical_and(largest, ops.abs(pred) > _NOTHING)
        else:
            chosen = pred > self.threshold
        chosen = ops.cast(chosen, pred.dtype)
        counts = [chosen * true, chosen * (1.0 - true), (1.0 - chosen) * true, true]
        if self.average == "micro":
            counts = [ops.sum(each, axis=-1, keepdims=True) for each in counts]
        return ops.concatenate(counts, axis=-1)

    def result(self) -> Any:
        """The score so far."""
        if self.true_positives is None:
            raise ValueError(
                f"Cannot get result() of {self.name!r} before update_state(): the classes are not known yet."
            )
        hits, epsilon = self.true_positives.value, config.epsilon()
        precision = hits / (hits + self.false_positives.value + epsilon)
        recall = hits / (hits + self.false_negatives.value + epsilon)
        square = self.beta**2
        score = precision * recall / (square * precision + recall + epsilon) * (1.0 + square)
        if self.average == "weighted":
            weights = self.intermediate_weights.value
            score = np.sum(score * weights / (np.sum(weights) + epsilon))
        elif self.average is not None:
            score = np.mean(score)
        return self.shown(score)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {**super().get_config(), "average": self.average, "beta": self.beta, "threshold": self.threshold}


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall: ``FBetaScore`` with a beta of 1."""

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average, 1.0, threshold, name, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        config = super().get_config()
        del config["beta"]
        return config
