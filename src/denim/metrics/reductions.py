"""Running means and sums. Source: https://keras.io/api/metrics/reduction_metrics/"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from denim import ops
from denim.losses.loss import has_formula
from denim.losses.shapes import same_rank
from denim.metrics.metric import Metric
from denim.naming import auto_name
from denim.ops.traced import Traced
from denim.program import specs

SUMS = "float64"
"""The dtype in which sums over many batches are kept."""


def samplewise(values: Any, sample_weight: Any, reduce: Callable[..., Any]) -> tuple[np.ndarray, np.ndarray | None]:
    """One value for each sample, times its weight, and the weights.

    Raises:
        ValueError: for weights that are not one a sample, or one in all.
    """
    array = np.asarray(values, SUMS)
    weights = None
    if sample_weight is not None:
        weights = np.asarray(sample_weight, SUMS)
        array, weights = (np.asarray(each, SUMS) for each in same_rank(array, weights))
        axes = weights.ndim
        if array.ndim > axes:
            array = reduce(array, axis=tuple(range(axes, array.ndim)))
        if weights.ndim > array.ndim or any(
            w not in (1, n) for w, n in zip(weights.shape[::-1], array.shape[::-1], strict=False)
        ):
            raise ValueError(
                f"`sample_weight` must hold one number a sample: {len(array) if array.ndim else 1} of them. "
                f"Received shape {weights.shape}"
            )
        weights = np.broadcast_to(weights, array.shape)
        array = array * weights
        if axes > 1:
            weights = reduce(weights, axis=tuple(range(1, axes)))
    if array.ndim > 1:
        array = reduce(array, axis=tuple(range(1, array.ndim)))
    return array, weights


class Sum(Metric):
    """The sum of all values, each times its weight."""

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), dtype=SUMS, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values, of shape (batch, ...) or a single one."""
        self.total.assign_add(samplewise(values, sample_weight, np.sum)[0].sum())

    def result(self) -> Any:
        """The sum so far."""
        return ops.convert_to_tensor(self.total.value, dtype=self.dtype)


class Mean(Metric):
    """The mean of all values, each times its weight, divided by the sum of the weights.

    Attributes:
        total: sum of the weighted values.
        count: sum of the weights, or the number of values.
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.total = self.add_variable((), dtype=SUMS, name="total")
        self.count = self.add_variable((), dtype=SUMS, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Count values, of shape (batch, ...) or a single one; those of one sample count as their mean.

        Raises:
            ValueError: for weights that are not one a sample, or one in all.
        """
        each, weights = samplewise(values, sample_weight, np.mean)
        self.total.assign_add(each.sum())
        self.count.assign_add(len(each) if weights is None and each.ndim else 1.0 if weights is None else weights.sum())

    def take(self, sums: np.ndarray, count: float) -> None:
        """Go on from this sum and count."""
        self.total.assign(sums[0])
        self.count.assign(count)

    @property
    def mean(self) -> float:
        """The mean so far, 0 if nothing was counted."""
        count = float(self.count)
        return float(self.total) / count if count else 0.0

    def result(self) -> Any:
        """The mean so far, 0 if nothing was counted."""
        return ops.convert_to_tensor(self.mean, dtype=self.dtype)


class MeanMetricWrapper(Mean):
    """The mean of a function's values.

    Args:
        fn: called as ``fn(y_true, y_pred, **kwargs)``; gives one value a sample.
        name: by default the class's name in snake case.
        dtype: of the result.
        kwargs: passed on to ``fn``.
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name or auto_name(type(self).__name__), dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Count a batch.

        Args:
            y_true: targets.
            y_pred: predictions.
            sample_weight: one number a sample, or one in all.
        """
        super().update_state(self._fn(y_true, y_pred, **self._fn_kwargs), sample_weight)

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """The function's values, each in a row of its own, or what it makes of the whole batch."""
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        return values if isinstance(values, Traced) and values.shared else ops.expand_dims(values, -1)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric; ``fn`` is the function itself."""
        return {**super().get_config(), "fn": self._fn, **self._fn_kwargs}


class SettledMean(MeanMetricWrapper):
    """A mean of Keras's: of a function of denim's, with settings that are attributes too.

    ``formula`` names the Program's formula for it, where there is one, and ``unsaid`` the settings that the formula
    does not know, with the values at which it holds.
    """

    formula: ClassVar[str | None] = None
    unsaid: ClassVar[dict[str, Any]] = {}

    def __init__(self, fn: Callable[..., Any], name: str | None, dtype: Any, **settings: Any) -> None:
        super().__init__(fn, name or fn.__name__, dtype, **settings)
        vars(self).update(settings)

    def spec(self, key: str, weighted: bool) -> specs.Metric | None:
        """The metric as a Program states it."""
        if not has_formula(self.formula, self.unsaid, self._fn_kwargs):
            return None
        said = {setting: value for setting, value in self._fn_kwargs.items() if setting not in self.unsaid}
        return specs.Metric(self.formula, key, weighted=weighted, **said)  # type: ignore[arg-type]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {"name": self.name, "dtype": self.dtype, **self._fn_kwargs}
