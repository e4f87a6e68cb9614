"""Losses of probabilities as metrics. Source: https://keras.io/api/metrics/probabilistic_metrics/"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from denim.losses.probabilistic import (
    binary_crossentropy,
    categorical_crossentropy,
    kl_divergence,
    last_axis,
    poisson,
    sparse_categorical_crossentropy,
)
from denim.losses.shapes import check_classes
from denim.metrics.reductions import SettledMean


class _Divergence(SettledMean):
    direction = "down"


class KLDivergence(_Divergence):
    """The loss of this name as a metric."""

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(kl_divergence, name, dtype)


class Poisson(_Divergence):
    """The loss of this name as a metric."""

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, name, dtype)


class BinaryCrossentropy(_Divergence):
    """The loss of this name as a metric."""

    formula = "binary_crossentropy"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(binary_crossentropy, name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(_Divergence):
    """The loss of this name as a metric."""

    formula = "categorical_crossentropy"
    unsaid: ClassVar[dict[str, Any]] = {"axis": -1}

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        settings = {"from_logits": from_logits, "label_smoothing": label_smoothing, "axis": axis}
        super().__init__(categorical_crossentropy, name, dtype, **settings)


class SparseCategoricalCrossentropy(_Divergence):
    """The loss of this name as a metric; a target of ``ignore_class`` adds 0, and its weight does not count."""

    formula = "sparse_categorical_crossentropy"
    unsaid: ClassVar[dict[str, Any]] = {"ignore_class": None, "axis": -1}

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        last_axis(axis)
        settings = {"from_logits": from_logits, "ignore_class": ignore_class, "axis": axis}
        super().__init__(sparse_categorical_crossentropy, name, dtype, **settings)
        self.ignore_class = ignore_class

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Count a batch, with one weight a sample, or one in all."""
        if sample_weight is not None and self.ignore_class is not None:
            counted = (np.asarray(y_true) != self.ignore_class).reshape(np.shape(y_pred)[:-1])
            weights = np.asarray(sample_weight)
            sample_weight = counted * weights.reshape(
                weights.shape[: counted.ndim] + (1,) * (counted.ndim - weights.ndim)
            )
        super().update_state(y_true, y_pred, sample_weight)

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """The values, each in a row of its own."""
        return super().rows(y_true, y_pred)

    def is_counted(self, weighted: bool) -> bool:
        """Not where the class to ignore changes the sum of the weights."""
        return super().is_counted(weighted) and not (weighted and self.ignore_class is not None)

    def check_targets(self, y_true: np.ndarray, classes: int) -> None:
        """Nothing if every class number has a class, or is the one to ignore."""
        check_classes(y_true, classes, self.ignore_class)
