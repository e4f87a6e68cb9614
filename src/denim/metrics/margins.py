"""Losses of margins as metrics. Source: https://keras.io/api/metrics/hinge_metrics/"""

from __future__ import annotations

from typing import Any

from denim.losses.margins import categorical_hinge, hinge, squared_hinge
from denim.metrics.reductions import SettledMean


class _Margin(SettledMean):
    direction = "down"


class Hinge(_Margin):
    """The loss of this name as a metric."""

    def __init__(self, name: str | None = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, name, dtype)


class SquaredHinge(_Margin):
    """The loss of this name as a metric."""

    def __init__(self, name: str | None = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(squared_hinge, name, dtype)


class CategoricalHinge(_Margin):
    """The loss of this name as a metric."""

    def __init__(self, name: str | None = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(categorical_hinge, name, dtype)
