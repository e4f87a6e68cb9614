"""What is found and what is missed. Source: https://keras.io/api/metrics/classification_metrics/"""

from __future__ import annotations

from typing import Any

from denim import ops
from denim.metrics.summed import SummedMetric, share
from denim.metrics.thresholds import NOTHING, Cuts, labelled, parsed_thresholds
from denim.variables import Variable


class _Count(SummedMetric):
    """How many predictions are of one kind."""

    _positive: bool
    _true: bool

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.thresholds = parsed_thresholds(thresholds, 0.5)
        self._cuts = Cuts.of(self.thresholds)
        self.accumulator = self.zeros("accumulator", (len(self.thresholds),))

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """1 for a prediction of this kind, at each threshold."""
        true, pred = labelled(self.name, y_true, y_pred)
        above = self._cuts.above(pred)
        right = ops.expand_dims(true if self._positive == self._true else 1.0 - true, -1)
        return (above if self._positive else 1.0 - above) * right

    def result(self) -> Any:
        """The number so far; an array for several thresholds."""
        return self.shown(self.accumulator.value if len(self.thresholds) > 1 else self.accumulator.value[0])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_Count):
    """How many are predicted rightly.

    Args:
        thresholds: what is above one is predicted; one number, 0.5 if left out, or a list of them.
        name, dtype: as of ``Metric``.
    """

    _positive, _true = True, True


class TrueNegatives(_Count):
    """How many are rightly not predicted; arguments as of ``TruePositives``."""

    _positive, _true = False, True


class FalsePositives(_Count):
    """How many are wrongly predicted; arguments as of ``TruePositives``."""

    _positive, _true = True, False


class FalseNegatives(_Count):
    """How many are wrongly not predicted; arguments as of ``TruePositives``."""

    _positive, _true = False, False


class _Rate(SummedMetric):
    """True positives and one other number, at each threshold."""

    direction = "up"
    _other: str

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(dtype, name)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        self.thresholds = parsed_thresholds(thresholds, 0.5 if top_k is None else NOTHING)
        self._cuts = Cuts.of(self.thresholds)
        self.true_positives = self.zeros("true_positives", (len(self.thresholds),))
        self._rest: Variable = self.zeros(self._other, (len(self.thresholds),))
        setattr(self, self._other, self._rest)

    def _labelled(self, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
        """1 for what is true, and for what is predicted at each threshold."""
        true, pred = labelled(self.name, y_true, y_pred, self.top_k, self.class_id)
        return ops.expand_dims(true, -1), self._cuts.above(pred)

    def result(self) -> Any:
        """The share so far, 0 if nothing was counted; an array for several thresholds."""
        shares = share(self.true_positives.value, self.true_positives.value + self._rest.value)
        return self.shown(shares if len(self.thresholds) > 1 else shares[0])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        settings = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **settings}


class Precision(_Rate):
    """How much of what is predicted is right.

    Args:
        thresholds: what is above one is predicted; one number, 0.5 if left out, or a list of them.
        top_k: only a sample's k largest are predicted, all of them if no threshold is given.
        class_id: only this class is looked at.
        name, dtype: as of ``Metric``.
    """

    _other = "false_positives"

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """True and false positives."""
        true, above = self._labelled(y_true, y_pred)
        return ops.concatenate([true * above, (1.0 - true) * above], axis=-1)


class Recall(_Rate):
    """How much of what is right is predicted; arguments as of ``Precision``."""

    _other = "false_negatives"

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """True positives and false negatives."""
        true, above = self._labelled(y_true, y_pred)
        return ops.concatenate([true * above, true * (1.0 - above)], axis=-1)
