"""How far predicted and true classes overlap. Source: https://keras.io/api/metrics/segmentation_metrics/"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from denim import config, ops
from denim.losses.probabilistic import last_axis
from denim.metrics.summed import SummedMetric, check_size

_NOTHING = 1e-9


class IoU(SummedMetric):
    """Intersection over union of predicted and true classes, averaged over some classes.

    Args:
        num_classes: how many there are.
        target_class_ids: those that are averaged over.
        name, dtype: as of ``Metric``; of no dtype, weights are cut to whole numbers.
        ignore_class: a true class that does not count.
        sparse_y_true: whether y_true holds class numbers; else one-hot rows.
        sparse_y_pred: whether y_pred holds class numbers; else scores.
        axis: that of the classes, the last one, -1.

    Raises:
        ValueError: for a class that there is not.
    """

    direction = "up"

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        last_axis(axis)
        super().__init__(dtype or "int32", name)
        if max(target_class_ids) >= num_classes:
            raise ValueError(f"Target class id {max(target_class_ids)} is out of range, which is [0, {num_classes}).")
        check_size(type(self).__name__, num_classes * num_classes)
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self.total_cm = self.zeros("total_confusion_matrix", (num_classes, num_classes))

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """1 at each pair of a true and a predicted class, of each element."""
        true, pred = self._numbers(y_true, self.sparse_y_true), self._numbers(y_pred, self.sparse_y_pred)
        classes = np.arange(self.num_classes)
        there = ops.cast(ops.equal(true, classes), "float32")
        found = ops.cast(ops.equal(pred, classes), "float32")
        if self.ignore_class is not None:
            there = there * ops.cast(ops.not_equal(true, self.ignore_class), "float32")
        return ops.concatenate([there[..., i : i + 1] * found for i in range(self.num_classes)], axis=-1)

    def _numbers(self, y: Any, sparse: bool) -> Any:
        """Class numbers, one in each row: of numbers, those before the point."""
        y = ops.convert_to_tensor(y)
        if not sparse:
            return ops.expand_dims(ops.argmax(y, axis=-1), -1)
        if len(y.shape) == 1 or y.shape[-1] != 1:
            y = ops.expand_dims(y, -1)
        return ops.trunc(y)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch, with one weight an element, or one in all."""
        if sample_weight is not None and self.dtype.startswith("int"):
            if np.asarray(sample_weight).dtype.kind == "f":
                warnings.warn(
                    f"Weights are cut to whole numbers, because the dtype of {self.name!r} is {self.dtype}. "
                    "Pass dtype='float32' to the metric.",
                    stacklevel=2,
                )
            sample_weight = np.asarray(sample_weight).astype(self.dtype)
        if np.ndim(sample_weight):
            sample_weight = np.reshape(sample_weight, -1)
        true, pred = _flat(y_true, self.sparse_y_true), _flat(y_pred, self.sparse_y_pred)
        super().update_state(true, pred, sample_weight)

    def is_counted(self, weighted: bool) -> bool:
        """Not where weights are cut to whole numbers first."""
        return not weighted

    def result(self) -> Any:
        """The mean so far over the classes that were met."""
        matrix, epsilon = self.total_cm.value, config.epsilon()
        both = np.diag(matrix)[self.target_class_ids]
        either = (matrix.sum(axis=0) + matrix.sum(axis=1) - np.diag(matrix))[self.target_class_ids]
        met = either > _NOTHING
        shares = np.where(met, both / (either + epsilon), 0.0)
        return ops.convert_to_tensor(np.asarray(shares.sum() / (met.sum() + epsilon), "float32"))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        names = ("num_classes", "target_class_ids", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class BinaryIoU(IoU):
    """Intersection over union of what is above a threshold (class 1) and what is not (class 0).

    Args:
        target_class_ids: those that are averaged over.
        threshold: from which on a prediction is of class 1.
        name, dtype: as of ``IoU``.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name, dtype)
        self.threshold = threshold

    def rows(self, y_true: Any, y_pred: Any) -> Any:
        """As of ``IoU``."""
        return super().rows(y_true, ops.cast(ops.convert_to_tensor(y_pred) >= self.threshold, "float32"))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch, with one weight an element, or one in all."""
        super().update_state(y_true, y_pred, sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        settings = {"target_class_ids": self.target_class_ids, "threshold": self.threshold}
        return {"name": self.name, "dtype": self.dtype, **settings}


class MeanIoU(IoU):
    """``IoU`` over all classes."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        check_size(type(self).__name__, num_classes * num_classes)
        super().__init__(num_classes, range(num_classes), name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return _without(super().get_config(), "target_class_ids")


class OneHotIoU(IoU):
    """``IoU`` of one-hot targets, and, unless ``sparse_y_pred``, scores."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return _without(super().get_config(), "sparse_y_true")


class OneHotMeanIoU(MeanIoU):
    """``MeanIoU`` of one-hot targets, and, unless ``sparse_y_pred``, scores."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal metric."""
        return _without(super().get_config(), "sparse_y_true")


def _flat(y: Any, sparse: bool) -> np.ndarray:
    """Class numbers in one row, or rows of scores one below the other."""
    array = np.asarray(y)
    return array.reshape(-1) if sparse else array.reshape(-1, array.shape[-1])


def _without(config: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != name}
