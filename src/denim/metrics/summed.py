"""Metrics whose state is several sums over the rows of targets and predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim import ops
from denim.metrics.metric import Metric
from denim.metrics.reductions import SUMS
from denim.variables import Variable

_MOST_SUMS = 4_000_000


class SummedMetric(Metric):
    """A metric made of sums: subclasses define ``rows`` and ``result``.

    The numbers of a row are summed into ``variables``, in their order, unless ``parts`` says otherwise.
    """

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """What each row adds, on a further last axis."""
        raise NotImplementedError

    def parts(self, sums: np.ndarray, count: float) -> Sequence[Any]:
        """For each of the variables, what rows of these sums and of this weight in all add to it."""
        ends = np.cumsum([variable.size for variable in self.variables])[:-1]
        return np.split(sums, ends)

    def take(self, sums: np.ndarray, count: float) -> None:
        """Go on from these sums."""
        self.reset_state()
        self._add(sums, count)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch.

        Args:
            y_true: targets.
            y_pred: predictions.
            sample_weight: one number a sample, or one in all.

        Raises:
            ValueError: for shapes that do not go together.
        """
        rows = np.asarray(self.rows(y_true, y_pred), SUMS)
        weights = _row_weights(sample_weight, rows.shape[:-1])
        axes = tuple(range(rows.ndim - 1))
        self._add((rows * weights[..., np.newaxis]).sum(axis=axes), float(weights.sum()))

    def _add(self, sums: np.ndarray, count: float) -> None:
        for variable, part in zip(self.variables, self.parts(sums, count), strict=True):
            variable.assign_add(np.reshape(part, variable.shape))

    def zeros(self, name: str, shape: tuple[int, ...]) -> Variable:
        """One more sum."""
        return self.add_variable(shape, dtype=SUMS, name=name)

    def shown(self, values: Any) -> Any:
        """A result in this metric's dtype."""
        return ops.convert_to_tensor(values, dtype=self.dtype)


def check_size(metric: str, numbers: int) -> None:
    """Nothing if so many sums can be kept.

    Raises:
        ValueError: otherwise; a model file may have asked for them.
    """
    if numbers > _MOST_SUMS:
        raise ValueError(
            f"{metric} would keep {numbers} sums. At most {_MOST_SUMS} are possible: "
            "ask for fewer thresholds or classes."
        )


def share(part: Any, whole: Any) -> np.ndarray:
    """part / whole, and 0 where the whole is 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, SUMS), np.asarray(whole, SUMS))
    return np.divide(part, whole, out=np.zeros_like(part), where=whole != 0.0)


def _row_weights(sample_weight: Any, shape: tuple[int, ...]) -> np.ndarray:
    weights = np.ones(()) if sample_weight is None else np.asarray(sample_weight, SUMS)
    if weights.ndim == len(shape) + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    weights = weights.reshape(weights.shape + (1,) * (len(shape) - weights.ndim))
    if weights.ndim != len(shape) or any(weights.shape[i] not in (1, shape[i]) for i in range(len(shape))):
        raise ValueError(
            f"`sample_weight` must hold one number a sample: {shape[:1]} of them. Received shape {weights.shape}"
        )
    return np.broadcast_to(weights, shape)
