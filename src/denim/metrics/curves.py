"""Metrics of all thresholds at once. Source: https://keras.io/api/metrics/classification_metrics/#auc-class"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim import ops
from denim.metrics.summed import SummedMetric, check_size, share
from denim.metrics.thresholds import Cuts, even_thresholds, labelled
from denim.variables import Variable

_CURVES = ("ROC", "PR", "PRGAIN")
_METHODS = ("interpolation", "majoring", "minoring")


class _Curve(SummedMetric):
    """True and false positives and negatives at each threshold, and of each label where ``_labels`` is a number."""

    direction = "up"
    _cuts: Cuts
    _labels: int | None = None

    def _add_counts(self) -> None:
        shape = (len(self._cuts.values),) if self._labels is None else (len(self._cuts.values), self._labels)
        self.true_positives = self.zeros("true_positives", shape)
        self.false_positives = self.zeros("false_positives", shape)
        self.true_negatives = self.zeros("true_negatives", shape)
        self.false_negatives = self.zeros("false_negatives", shape)

    def _counts(self, true: Any, pred: Any) -> Any:
        """True and false positives at each threshold, then all that is true and all that is false."""
        true = ops.expand_dims(true, -1)
        above, false = self._cuts.above(pred), 1.0 - true
        return ops.concatenate([true * above, false * above, true, false], axis=-1)

    def parts(self, sums: np.ndarray, count: float) -> Sequence[Any]:
        """As of ``SummedMetric``."""
        steps = len(self._cuts.values)
        by_label = sums.reshape(-1, 2 * steps + 2).T
        found, wrong = by_label[:steps], by_label[steps : 2 * steps]
        return [found, wrong, by_label[-1] - wrong, by_label[-2] - found]

    @property
    def _recall(self) -> np.ndarray:
        return share(self.true_positives.value, self.true_positives.value + self.false_negatives.value)

    @property
    def _precision(self) -> np.ndarray:
        return share(self.true_positives.value, self.true_positives.value + self.false_positives.value)

    @property
    def _specificity(self) -> np.ndarray:
        return share(self.true_negatives.value, self.true_negatives.value + self.false_positives.value)


class AUC(_Curve):
    """The area under a curve over all thresholds, as a sum of strips.

    Args:
        num_thresholds: how many, evenly spaced.
        curve: "ROC", "PR" (precision over recall) or "PRGAIN".
        summation_method: "interpolation" (of both sides of a strip), "majoring" or "minoring".
        name, dtype: as of ``Metric``.
        thresholds: those between 0 and 1, instead of evenly spaced ones.
        multi_label: whether each label has an area of its own, and these are averaged.
        num_labels: how many; found out at the first batch if left out.
        label_weights: one a label.
        from_logits: whether y_pred holds logits instead of probabilities.

    Raises:
        ValueError: for an unknown curve or method, or less than two thresholds.
    """

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Any = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Any = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(dtype, name)
        if str(curve).upper() not in _CURVES:
            raise ValueError(f"Invalid AUC curve value: {curve!r}. Expected values are {list(_CURVES)}")
        if str(summation_method).lower() not in _METHODS:
            raise ValueError(
                f"Invalid AUC summation method value: {summation_method!r}. Expected values are {list(_METHODS)}"
            )
        if thresholds is None and num_thresholds <= 1:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 1. Received: num_thresholds={num_thresholds}"
            )
        if num_labels and not multi_label:
            raise ValueError("`num_labels` is needed only when `multi_label` is True.")
        check_size("AUC", 4 * num_thresholds * (num_labels or 1))
        own = None if thresholds is None else sorted(float(each) for each in thresholds)
        self._cuts = Cuts.of(even_thresholds(num_thresholds) if own is None else [0.0, *own, 1.0], takes_zero=True)
        self._own_thresholds = own
        self.num_thresholds = len(self._cuts.values)
        self.curve = curve.upper()
        self.summation_method = summation_method.lower()
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else np.asarray(label_weights, self.dtype)
        self._from_logits = from_logits
        self._built = not multi_label or bool(num_labels)
        if self._built:
            self._labels = num_labels if multi_label else None
            self._add_counts()

    @property
    def thresholds(self) -> list[float]:
        """What predictions are compared with; the first is below 0 and the last above 1."""
        epsilon = 1e-7
        return [-epsilon, *self._cuts.values[1:-1], 1.0 + epsilon]

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """Counts at each threshold; with ``multi_label`` of all labels one after the other."""
        true, pred = labelled(self.name, y_true, ops.sigmoid(y_pred) if self._from_logits else y_pred)
        if not self.multi_label:
            counts = self._counts(true, pred)
            return counts if self.label_weights is None else counts * self.label_weights[:, np.newaxis]
        if len(pred.shape) != 2:
            raise ValueError(
                f"`y_pred` must have rank 2 when `multi_label=True`. Found rank {len(pred.shape)}. "
                f"Full shape received for `y_pred`: {tuple(pred.shape)}"
            )
        if not self._built:
            self._built, self._labels = True, pred.shape[-1]
            self._add_counts()
        return ops.reshape(self._counts(true, pred), (-1, pred.shape[-1] * (2 * self.num_thresholds + 2)))

    def result(self) -> Any:
        """The area so far."""
        if not self._built:
            raise ValueError(
                f"Cannot get result() of {self.name!r} before update_state(): the labels are not known yet."
            )
        with np.errstate(all="ignore"):
            interpolated = self.curve == "PR" and self.summation_method == "interpolation"
            strips = self._precision_strips() if interpolated else self._strips()
        area: Any = strips.sum(axis=0)
        if self.multi_label:
            area = np.mean(area) if self.label_weights is None else _averaged(area, self.label_weights)
        return self.shown(area)

    def _strips(self) -> np.ndarray:
        x, y = self._curve()
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2.0
        else:
            heights = np.minimum(y[:-1], y[1:]) if self.summation_method == "minoring" else np.maximum(y[:-1], y[1:])
        return np.asarray((x[:-1] - x[1:]) * heights)

    def _curve(self) -> tuple[np.ndarray, np.ndarray]:
        if self.curve == "ROC":
            return share(
                self.false_positives.value, self.false_positives.value + self.true_negatives.value
            ), self._recall
        if self.curve == "PR":
            return self._recall, self._precision
        hits, wrong, missed = self.true_positives.value, self.false_positives.value, self.false_negatives.value
        odds = share(hits + missed, self.true_negatives.value + wrong)
        none = hits == 0.0
        recall_gain = np.where(none, 0.0, 1.0 - odds * share(missed, hits))
        precision_gain = np.where(none, 1.0, 1.0 - odds * share(wrong, hits))
        return np.maximum(recall_gain, 0.0), precision_gain

    def _precision_strips(self) -> np.ndarray:
        """Precision between two thresholds is interpolated by the counts, not by a line.

        Source: https://www.biostat.wisc.edu/~page/rocpr.pdf
        """
        hits = self.true_positives.value
        found = hits + self.false_positives.value
        more_hits, more_found = hits[:-1] - hits[1:], found[:-1] - found[1:]
        slope = share(more_hits, np.maximum(more_found, 0.0))
        intercept = hits[1:] - slope * found[1:]
        both = (found[:-1] > 0.0) & (found[1:] > 0.0)
        ratio = np.where(both, share(found[:-1], np.maximum(found[1:], 0.0)), 1.0)
        area = slope * (more_hits + intercept * np.log(ratio))
        return share(area, np.maximum(hits[1:] + self.false_negatives.value[1:], 0.0))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        config = {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": None if self.label_weights is None else self.label_weights.tolist(),
            "from_logits": self._from_logits,
        }
        return config if self._own_thresholds is None else {**config, "thresholds": self._own_thresholds}


def _averaged(areas: np.ndarray, weights: np.ndarray) -> Any:
    return share(np.sum(areas * weights), np.sum(weights))


class _BestAt(_Curve):
    """The best of one share where another one is at least ``value``."""

    _wanted: str
    _given: str
    _setting: str
    true_positives: Variable

    def __init__(self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any) -> None:
        if value < 0 or value > 1:
            raise ValueError(
                f"Argument `{self._setting}` must be in the range [0, 1]. Received: {self._setting}={value}"
            )
        super().__init__(dtype, name)
        if num_thresholds <= 0:
            raise ValueError(
                f"Argument `num_thresholds` must be an integer > 0. Received: num_thresholds={num_thresholds}"
            )
        check_size(type(self).__name__, 4 * num_thresholds)
        self.value = value
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self.thresholds = [0.5] if num_thresholds == 1 else even_thresholds(num_thresholds)
        self._cuts = Cuts(tuple(self.thresholds), even=num_thresholds > 1)
        self._add_counts()

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """Counts at each threshold."""
        return self._counts(*labelled(self.name, y_true, y_pred, class_id=self.class_id))

    def result(self) -> Any:
        """The best so far, 0 if there is none."""
        wanted, given = getattr(self, self._wanted), getattr(self, self._given)
        return self.shown(np.max(np.where(given.astype(self.dtype) >= self.value, wanted, 0.0), initial=0.0))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        settings = {"num_thresholds": self.num_thresholds, "class_id": self.class_id, self._setting: self.value}
        return {**super().get_config(), **settings}


class SensitivityAtSpecificity(_BestAt):
    """The best recall of ones where that of zeros is at least ``specificity``.

    Args:
        specificity: from 0 to 1.
        num_thresholds: how many are tried, evenly spaced.
        class_id: only this class is looked at.
        name, dtype: as of ``Metric``.
    """

    _wanted, _given, _setting = "_recall", "_specificity", "specificity"

    def __init__(
        self,
        specificity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(specificity, num_thresholds, class_id, name, dtype)
        self.specificity = specificity


class SpecificityAtSensitivity(_BestAt):
    """The best recall of zeros where that of ones is at least ``sensitivity``; else as ``SensitivityAtSpecificity``."""

    _wanted, _given, _setting = "_specificity", "_recall", "sensitivity"

    def __init__(
        self,
        sensitivity: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(sensitivity, num_thresholds, class_id, name, dtype)
        self.sensitivity = sensitivity


class PrecisionAtRecall(_BestAt):
    """The best precision where the recall is at least ``recall``; else as ``SensitivityAtSpecificity``."""

    _wanted, _given, _setting = "_precision", "_recall", "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)
        self.recall = recall


class RecallAtPrecision(_BestAt):
    """The best recall where the precision is at least ``precision``; else as ``SensitivityAtSpecificity``."""

    _wanted, _given, _setting = "_recall", "_precision", "precision"

    def __init__(
        self,
        precision: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(precision, num_thresholds, class_id, name, dtype)
        self.precision = precision
