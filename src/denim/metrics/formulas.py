"""Metrics that a Program has a formula for. Source: https://keras.io/api/metrics/"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from denim.metrics.functions import FUNCTIONS
from denim.metrics.metric import MeanMetricWrapper
from denim.program import specs


class FormulaMetric(MeanMetricWrapper):
    """The running mean of the formula that ``function`` names."""

    direction: ClassVar[Literal["up", "down"] | None] = "down"
    function: ClassVar[str]

    def __init__(self, name: str | None, dtype: Any, **settings: Any) -> None:
        super().__init__(FUNCTIONS[self.function], name or self.function, dtype, **settings)

    def spec(self, key: str, weighted: bool) -> specs.Metric:
        """The metric as a Program states it."""
        return specs.Metric(self.function, key, weighted=weighted, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {**super().get_config(), **self._fn_kwargs}


class BinaryAccuracy(FormulaMetric):
    """How often y_pred > threshold says what y_true (0 or 1) says."""

    direction = "up"
    function = "binary_accuracy"

    def __init__(self, name: str | None = "binary_accuracy", dtype: Any = None, threshold: float = 0.5) -> None:
        super().__init__(name, dtype, threshold=threshold)


class CategoricalAccuracy(FormulaMetric):
    """How often the largest of y_pred is at the one of one-hot y_true."""

    direction = "up"
    function = "categorical_accuracy"

    def __init__(self, name: str | None = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class SparseCategoricalAccuracy(FormulaMetric):
    """How often the largest of y_pred is at the class number y_true."""

    direction = "up"
    function = "sparse_categorical_accuracy"

    def __init__(self, name: str | None = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class MeanSquaredError(FormulaMetric):
    """mean((y_true - y_pred)^2)."""

    function = "mean_squared_error"

    def __init__(self, name: str | None = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class MeanAbsoluteError(FormulaMetric):
    """mean(abs(y_true - y_pred))."""

    function = "mean_absolute_error"

    def __init__(self, name: str | None = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)


class BinaryCrossentropy(FormulaMetric):
    """The loss of this name as a metric."""

    function = "binary_crossentropy"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(FormulaMetric):
    """The loss of this name as a metric."""

    function = "categorical_crossentropy"

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        _last_axis(axis)
        super().__init__(name, dtype, from_logits=from_logits, label_smoothing=label_smoothing)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {**super().get_config(), "axis": -1}


class SparseCategoricalCrossentropy(FormulaMetric):
    """The loss of this name as a metric."""

    function = "sparse_categorical_crossentropy"

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        _last_axis(axis)
        if ignore_class is not None:
            raise NotImplementedError(f"`ignore_class` is not supported yet. Received: ignore_class={ignore_class!r}")
        super().__init__(name, dtype, from_logits=from_logits)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {**super().get_config(), "ignore_class": None, "axis": -1}


def _last_axis(axis: int) -> None:
    if isinstance(axis, bool) or axis != -1:
        raise ValueError(f"`axis` must be -1, the last one. Received: axis={axis!r}")
