"""Losses of probabilities. Source: https://keras.io/api/losses/probabilistic_losses/"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from denim import config, ops
from denim.losses.loss import SettledLoss
from denim.losses.shapes import alike, check_classes, classes_and_scores


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """-mean(t log p + (1 - t) log(1 - p)) over the axis, for targets t of 0 and 1."""
    true, pred = alike("binary_crossentropy", y_true, y_pred)
    return ops.mean(ops.binary_crossentropy(smoothed(true, label_smoothing, 2), pred, from_logits), axis=axis)


def binary_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """The mean over the axis of the binary crossentropy times (1 - probability of the truth)^gamma.

    With ``apply_class_balancing`` ones are weighted by alpha too, and zeros by 1 - alpha. Source:
    https://arxiv.org/abs/1708.02002
    """
    true, pred = alike("binary_focal_crossentropy", y_true, y_pred)
    true = smoothed(true, label_smoothing, 2)
    if from_logits:
        pred = ops.sigmoid(pred)
    right = true * pred + (1.0 - true) * (1.0 - pred)
    each = ops.power(1.0 - right, gamma) * ops.binary_crossentropy(true, pred)
    if apply_class_balancing:
        each = (true * alpha + (1.0 - true) * (1.0 - alpha)) * each
    return ops.mean(each, axis=axis)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> Any:
    """-sum(t log p) over the axis, for one-hot targets t."""
    _whole(axis)
    true, pred = alike("categorical_crossentropy", y_true, y_pred)
    return ops.categorical_crossentropy(smoothed(true, label_smoothing, pred.shape[-1]), pred, from_logits, axis)


def categorical_focal_crossentropy(
    y_true: Any,
    y_pred: Any,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
    label_smoothing: float = 0.0,
    axis: int = -1,
) -> Any:
    """-sum(alpha (1 - p)^gamma t log p) over the axis, for one-hot targets t.

    Source: https://arxiv.org/abs/1708.02002
    """
    _whole(axis)
    true, pred = alike("categorical_focal_crossentropy", y_true, y_pred)
    true = smoothed(true, label_smoothing, pred.shape[-1])
    shares = ops.softmax(pred, axis=axis) if from_logits else pred / ops.sum(pred, axis=axis, keepdims=True)
    p = ops.clip(shares, config.epsilon(), 1.0 - config.epsilon())
    return -ops.sum(alpha * ops.power(1.0 - p, gamma) * true * ops.log(p), axis=axis)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Any:
    """-log p of the true class, for targets that are class numbers; 0 where that is ``ignore_class``."""
    last_axis(axis)
    true, pred = classes_and_scores("sparse_categorical_crossentropy", y_true, y_pred, ignored=ignore_class)
    values = ops.categorical_crossentropy(one_hot(true, pred), pred, from_logits)
    return values if ignore_class is None else ops.where(ops.not_equal(true, ignore_class), values, 0.0)


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Any:
    """(1 - p^q) / q of the true class's probability p, for targets that are class numbers.

    Source: https://arxiv.org/abs/1805.07836
    """
    true, pred = classes_and_scores("categorical_generalized_cross_entropy", y_true, y_pred)
    return (1.0 - ops.power(ops.sum(one_hot(true, pred) * pred, axis=-1), q)) / q


def kl_divergence(y_true: Any, y_pred: Any) -> Any:
    """sum(t log(t / p)) over the last axis, both clipped to [epsilon, 1]."""
    true, pred = (ops.clip(each, config.epsilon(), 1.0) for each in alike("kl_divergence", y_true, y_pred))
    return ops.sum(true * ops.log(true / pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """mean(y_pred - y_true log(y_pred)) over the last axis."""
    true, pred = alike("poisson", y_true, y_pred)
    return ops.mean(pred - true * ops.log(pred + config.epsilon()), axis=-1)


def smoothed(true: Any, smoothing: float, classes: int) -> Any:
    """Targets moved towards equal shares of so many classes."""
    return true * (1.0 - smoothing) + smoothing / classes if smoothing else true


def one_hot(numbers: Any, scores: Any) -> Any:
    """Class numbers as rows of 0 and 1, in the scores' shape and dtype."""
    return ops.cast(ops.equal(ops.expand_dims(numbers, -1), np.arange(scores.shape[-1])), scores.dtype)


def last_axis(axis: int) -> None:
    """Nothing for -1.

    Raises:
        ValueError: for any other axis.
    """
    if isinstance(axis, bool) or axis != -1:
        raise ValueError(f"`axis` must be -1, the last one. Received: axis={axis!r}")


def _whole(axis: Any) -> None:
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise ValueError(f"`axis` must be of type `int`. Received: axis={axis} of type {type(axis)}")


def _smoothing(value: float) -> float:
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"`label_smoothing` must be from 0 to 1. Received: label_smoothing={value!r}")
    return float(value)


class BinaryCrossentropy(SettledLoss):
    """-mean(t log p + (1 - t) log(1 - p)) over the axis, for targets t of 0 and 1.

    Args:
        from_logits: whether y_pred holds logits instead of probabilities p.
        label_smoothing: s in t (1 - s) + s / 2.
        axis: which one is averaged over.
        reduction, name, dtype: as of ``Loss``.
    """

    formula = "binary_crossentropy"
    unsaid: ClassVar[dict[str, Any]] = {"axis": -1}

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        settings = {"from_logits": from_logits, "label_smoothing": _smoothing(label_smoothing), "axis": axis}
        super().__init__(binary_crossentropy, reduction, name, dtype, **settings)


class BinaryFocalCrossentropy(SettledLoss):
    """The binary crossentropy, with less weight on what is right already.

    Args:
        apply_class_balancing: whether ones are weighted by alpha, and zeros by 1 - alpha.
        alpha: see there.
        gamma: the exponent of 1 - probability of the truth.
        from_logits, label_smoothing, axis: as of ``BinaryCrossentropy``.
        reduction, name, dtype: as of ``Loss``.

    Source: https://arxiv.org/abs/1708.02002
    """

    def __init__(
        self,
        apply_class_balancing: bool = False,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        settings = {"from_logits": from_logits, "label_smoothing": _smoothing(label_smoothing), "axis": axis}
        settings |= {"apply_class_balancing": apply_class_balancing, "alpha": alpha, "gamma": gamma}
        super().__init__(binary_focal_crossentropy, reduction, name, dtype, **settings)


class CategoricalCrossentropy(SettledLoss):
    """-sum(t log p) over the axis, for one-hot targets t.

    Args:
        from_logits: whether y_pred holds logits instead of probabilities p.
        label_smoothing: s in t (1 - s) + s / classes.
        axis: that of the classes.
        reduction, name, dtype: as of ``Loss``.
    """

    formula = "categorical_crossentropy"
    unsaid: ClassVar[dict[str, Any]] = {"axis": -1}

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        _whole(axis)
        settings = {"from_logits": from_logits, "label_smoothing": _smoothing(label_smoothing), "axis": axis}
        super().__init__(categorical_crossentropy, reduction, name, dtype, **settings)


class CategoricalFocalCrossentropy(SettledLoss):
    """The categorical crossentropy, with less weight on what is right already.

    Args:
        alpha: a factor.
        gamma: the exponent of 1 - p.
        from_logits, label_smoothing, axis: as of ``CategoricalCrossentropy``.
        reduction, name, dtype: as of ``Loss``.

    Source: https://arxiv.org/abs/1708.02002
    """

    def __init__(
        self,
        alpha: float = 0.25,
        gamma: float = 2.0,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_focal_crossentropy",
        dtype: Any = None,
    ) -> None:
        _whole(axis)
        settings = {"from_logits": from_logits, "label_smoothing": _smoothing(label_smoothing), "axis": axis}
        super().__init__(categorical_focal_crossentropy, reduction, name, dtype, **settings, alpha=alpha, gamma=gamma)


class SparseCategoricalCrossentropy(SettledLoss):
    """-log p of the true class, for targets that are class numbers.

    Args:
        from_logits: whether y_pred holds logits instead of probabilities p.
        ignore_class: a number that is no class: such targets do not count.
        reduction, name, dtype: as of ``Loss``.
        axis: that of the classes, the last one, -1.
    """

    formula = "sparse_categorical_crossentropy"
    unsaid: ClassVar[dict[str, Any]] = {"ignore_class": None}

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        last_axis(axis)
        settings = {"from_logits": from_logits, "ignore_class": ignore_class}
        super().__init__(sparse_categorical_crossentropy, reduction, name, dtype, **settings)
        self.ignore_class = ignore_class

    def mask(self, y_true: Any) -> Any:
        """Where the class is not the one to ignore."""
        return None if self.ignore_class is None else ops.not_equal(y_true, self.ignore_class)

    def check_targets(self, y_true: np.ndarray, classes: int) -> None:
        """Nothing if every class number has a class, or is the one to ignore."""
        check_classes(y_true, classes, self.ignore_class)


class CategoricalGeneralizedCrossEntropy(SettledLoss):
    """(1 - p^q) / q of the true class's probability p, for targets that are class numbers, some of which are wrong.

    Args:
        q: between 0 (the crossentropy) and 1 (the mean absolute error).
        reduction, name, dtype: as of ``Loss``.

    Source: https://arxiv.org/abs/1805.07836
    """

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0.0 < q < 1.0:
            raise ValueError(f"q must be in the interval (0, 1). Received: q={q!r}")
        super().__init__(categorical_generalized_cross_entropy, reduction, name, dtype, q=q)

    def check_targets(self, y_true: np.ndarray, classes: int) -> None:
        """Nothing if every class number has a class."""
        check_classes(y_true, classes)


class KLDivergence(SettledLoss):
    """sum(t log(t / p)) over the last axis, both clipped to [epsilon, 1]."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "kl_divergence", dtype: Any = None
    ) -> None:
        super().__init__(kl_divergence, reduction, name, dtype)


class Poisson(SettledLoss):
    """mean(y_pred - y_true log(y_pred)) over the last axis."""

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "poisson", dtype: Any = None
    ) -> None:
        super().__init__(poisson, reduction, name, dtype)
