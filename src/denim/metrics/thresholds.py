"""Which predictions are positive, at each of several thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim import config, ops
from denim.losses.shapes import alike

NOTHING = -1e10
"""Below every prediction: what is not among the k largest."""


def parsed_thresholds(thresholds: Any, default: float) -> list[float]:
    """One threshold, several, or the default one, as a list.

    Raises:
        ValueError: for a threshold outside of [0, 1].
    """
    if thresholds is None:
        return [default]
    given = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    invalid = [each for each in given if each is None or each < 0 or each > 1]
    if invalid:
        raise ValueError(f"Threshold values must be in [0, 1]. Received: {invalid}")
    return given


def even_thresholds(count: int) -> list[float]:
    """``count`` thresholds from 0 to 1."""
    return [i / (count - 1) for i in range(count)]


@dataclass(frozen=True)
class Cuts:
    """Thresholds; evenly spaced ones cut [0, 1] into equal parts, and predictions are clipped to it.

    ``takes_zero`` says that a prediction of 0 is positive at the first of evenly spaced thresholds.
    """

    values: tuple[float, ...]
    even: bool
    takes_zero: bool = False

    @classmethod
    def of(cls, thresholds: Sequence[float], takes_zero: bool = False) -> Cuts:
        """The thresholds; whether they are evenly spaced is found out."""
        count = len(thresholds)
        even = count >= 3 and np.allclose(thresholds, even_thresholds(count), atol=config.epsilon())
        return cls(tuple(thresholds), even, takes_zero)

    def above(self, pred: Any) -> Any:
        """1 where a prediction is above a threshold, else 0, the thresholds on a further last axis."""
        x = ops.expand_dims(pred, -1)
        if not self.even:
            values = np.array(self.values)
            if self.takes_zero:
                values[0], values[-1] = -config.epsilon(), 1.0 + config.epsilon()
            return ops.cast(x > values.astype(_dtype(pred)), pred.dtype)
        last = len(self.values) - 1
        steps = np.arange(len(self.values), dtype=_dtype(pred))
        if self.takes_zero:
            steps[0] = -1.0
        return ops.cast(ops.clip(x, 0.0, 1.0) * float(last) > steps, pred.dtype)


def labelled(metric: str, y_true: Any, y_pred: Any, top_k: int | None = None, class_id: int | None = None) -> Any:
    """Targets as 0 and 1, and predictions, of one shape; those that are not among the ``top_k`` are ``NOTHING``.

    Raises:
        ValueError: for shapes that do not go together.
    """
    true, pred = alike(metric, y_true, y_pred)
    true = ops.cast(ops.not_equal(true, 0.0), pred.dtype)
    if top_k is not None:
        chosen = _largest(pred, top_k)
        pred = pred * chosen + NOTHING * (1.0 - chosen)
    if class_id is not None:
        if len(pred.shape) == 1:
            raise ValueError(
                "When class_id is provided, y_pred must be a 2D array with shape (num_samples, num_classes), "
                f"found shape: {tuple(pred.shape)}"
            )
        true, pred = (each[..., class_id : class_id + 1] for each in (true, pred))
    return true, pred


def _largest(pred: Any, k: int) -> Any:
    """1 for the k largest of the last axis, of equal ones the first, else 0."""
    size = pred.shape[-1]
    own, other = ops.expand_dims(pred, -1), ops.expand_dims(pred, -2)
    before = ops.logical_and(ops.equal(other, own), np.tri(size, k=-1) != 0.0)
    ahead = ops.cast(ops.logical_or(other > own, before), pred.dtype)
    return ops.cast(ops.sum(ahead, axis=-1) < k, pred.dtype)


def _dtype(pred: Any) -> Any:
    return np.dtype(str(pred.dtype))
