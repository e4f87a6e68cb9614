"""The base of all metrics, and running means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numpy as np

from denim import config
from denim.naming import auto_name
from denim.program import specs


class Metric:
    """Something counted up over batches: ``update_state``, ``result``, ``reset_state``; calling it does the first two.

    Args:
        name: its key in logs; by default the class's name in snake case.
        dtype: of the result; ``config.floatx()`` if left out.

    Source: https://keras.io/api/metrics/base_metric/
    """

    direction: ClassVar[Literal["up", "down"] | None] = None
    """Which way is better, where that is known."""

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or auto_name(type(self).__name__)
        self.dtype = config.floatx() if dtype is None else np.dtype(dtype).name

    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Count a batch."""
        raise NotImplementedError("A Metric must define `update_state`.")

    def result(self) -> Any:
        """The value over everything counted since the last ``reset_state``."""
        raise NotImplementedError("A Metric must define `result`.")

    def reset_state(self) -> None:
        """Forget everything counted."""
        raise NotImplementedError("A Metric must define `reset_state`.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Count a batch and return the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def spec(self, key: str, weighted: bool) -> specs.Metric:
        """The metric as a Program states it, under this key.

        Raises:
            NotImplementedError: for a metric that is a Python function of the user's own.
        """
        raise NotImplementedError(
            f"A metric of your own ({self.name}) cannot be compiled into a model yet; it works on its own: "
            "metric.update_state(y, model.predict(x))."
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Metric:
        """A metric from ``get_config``."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class Mean(Metric):
    """The mean of all values, each times its weight, divided by the sum of the weights.

    Attributes:
        total: sum of the weighted values.
        count: sum of the weights, or the number of values.
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget everything counted."""
        self.total = 0.0
        self.count = 0.0

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Count values, of shape (batch, ...) or a single one; those of one sample count as their mean.

        Raises:
            ValueError: for weights that are not one a sample, or one in all.
        """
        array = np.asarray(values, np.float64)
        each = array.reshape(len(array), -1).mean(axis=1) if array.ndim else array.reshape(1)
        weights = np.ones(len(each))
        if sample_weight is not None:
            given = np.asarray(sample_weight, np.float64)
            if given.size != len(each) and given.ndim:
                raise ValueError(
                    f"`sample_weight` must hold one number a sample: {len(each)} of them. Received shape {given.shape}"
                )
            weights = np.broadcast_to(given.reshape(-1), each.shape)
        self.total += float(each @ weights)
        self.count += float(weights.sum())

    def result(self) -> Any:
        """The mean so far, 0 if nothing was counted."""
        return np.dtype(self.dtype).type(self.total / self.count if self.count else 0.0)


class MeanMetricWrapper(Mean):
    """The mean of a function's values.

    Args:
        fn: called as ``fn(y_true, y_pred, **kwargs)``; returns one value a sample.
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
