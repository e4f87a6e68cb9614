"""Losses, by Keras's names: classes for ``compile``, functions for values per sample.

On arrays they are the program's own formulas in NumPy. Source: https://keras.io/api/losses/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, get_args

import numpy as np

from denim import config
from denim.data.arrays import is_array_like
from denim.data.targets import matched_shape
from denim.lazy import bind
from denim.naming import auto_name
from denim.program import specs
from denim.program.formulas.losses import LOSSES, reduce
from denim.suggest import did_you_mean

__all__ = [
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "Loss",
    "MeanAbsoluteError",
    "MeanSquaredError",
    "SparseCategoricalCrossentropy",
    "binary_crossentropy",
    "categorical_crossentropy",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "sparse_categorical_crossentropy",
]

_REDUCTIONS = (*get_args(specs.Reduction), "none", None)


class Loss:
    """A function of (y_true, y_pred) and a rule that makes one number of its values.

    Args:
        name: by default the class's name in snake case.
        reduction: "sum_over_batch_size" or "mean" (sum of weighted values / their number), "sum",
            "mean_with_sample_weight" (/ sum of the weights), or "none" or None for the values themselves.
        dtype: of the arithmetic; ``config.floatx()`` if left out.

    Raises:
        ValueError: for another reduction.
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in _REDUCTIONS:
            raise ValueError(
                "Invalid value for argument `reduction`. "
                f"Expected one of {_REDUCTIONS}. Received: reduction={reduction!r}"
            )
        self.name = name or auto_name(type(self).__name__)
        self.reduction = reduction
        self.dtype = config.floatx() if dtype is None else np.dtype(dtype).name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of a batch: a scalar, or the weighted values where the reduction is "none".

        Args:
            y_true: targets.
            y_pred: predictions, of shape (batch, ..., outputs).
            sample_weight: one number a sample, or one for all.

        Raises:
            ValueError: for shapes that do not go together, or a class number without a class.
        """
        values = np.asarray(self.call(np.asarray(y_true), np.asarray(y_pred, self.dtype)), self.dtype)
        weights = None if sample_weight is None else _weights(sample_weight, values)
        if self.reduction in ("none", None):
            return values if weights is None else values * weights
        return values.dtype.type(reduce(values, weights, self.reduction))  # type: ignore[arg-type]

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        """The values, of shape ``y_pred.shape[:-1]``."""
        raise NotImplementedError("A Loss must define `call(self, y_true, y_pred)`.")

    def spec(self) -> specs.Loss:
        """The loss as a Program states it.

        Raises:
            NotImplementedError: for a loss that is a Python function of the user's own.
            ValueError: for reduction "none".
        """
        raise NotImplementedError(
            f"Training with a loss of your own ({self.name}) is not supported yet. Use one of: {', '.join(LOSSES)}."
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """A loss from ``get_config``."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class FormulaLoss(Loss):
    """A loss that a Program has a formula for: ``function`` names it."""

    function: ClassVar[str]

    def __init__(self, name: str | None, reduction: str | None, dtype: Any, **settings: Any) -> None:
        super().__init__(name or self.function, reduction, dtype)
        self.from_logits = bool(settings.get("from_logits", False))
        self.label_smoothing = float(settings.get("label_smoothing", 0.0))
        if not 0.0 <= self.label_smoothing <= 1.0:
            raise ValueError(
                f"`label_smoothing` must be from 0 to 1. Received: label_smoothing={settings['label_smoothing']!r}"
            )

    def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> np.ndarray:
        """The values, by the formula."""
        return loss_values(self.function, y_true, y_pred, self.from_logits, self.label_smoothing)

    def spec(self) -> specs.Loss:
        """The loss as a Program states it."""
        if self.reduction not in get_args(specs.Reduction):
            raise ValueError(
                f"A model cannot be trained with a loss of reduction={self.reduction!r}, which gives no single number. "
                "Use 'sum_over_batch_size', the default."
            )
        return specs.Loss(self.function, self.from_logits, self.label_smoothing, self.reduction)  # type: ignore[arg-type]


class MeanSquaredError(FormulaLoss):
    """mean((y_true - y_pred)^2) over the last axis."""

    function = "mean_squared_error"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "mean_squared_error", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype)


class MeanAbsoluteError(FormulaLoss):
    """mean(abs(y_true - y_pred)) over the last axis."""

    function = "mean_absolute_error"

    def __init__(
        self, reduction: str | None = "sum_over_batch_size", name: str | None = "mean_absolute_error", dtype: Any = None
    ) -> None:
        super().__init__(name, reduction, dtype)


class _SmoothedCrossentropy(FormulaLoss):
    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss."""
        return {
            **super().get_config(),
            "from_logits": self.from_logits,
            "label_smoothing": self.label_smoothing,
            "axis": -1,
        }


class BinaryCrossentropy(_SmoothedCrossentropy):
    """-mean(t log p + (1 - t) log(1 - p)) over the last axis, for targets t of 0 and 1.

    Args:
        from_logits: whether y_pred holds logits instead of probabilities p.
        label_smoothing: s in t (1 - s) + s / 2.
        axis: the last one, -1.
        reduction, name, dtype: as of ``Loss``.
    """

    function = "binary_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
    ) -> None:
        _last_axis(axis)
        super().__init__(name, reduction, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(_SmoothedCrossentropy):
    """-sum(t log p) over the last axis, for one-hot targets t.

    Args:
        from_logits: whether y_pred holds logits instead of probabilities p.
        label_smoothing: s in t (1 - s) + s / classes.
        axis: the last one, -1.
        reduction, name, dtype: as of ``Loss``.
    """

    function = "categorical_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0.0,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        _last_axis(axis)
        super().__init__(name, reduction, dtype, from_logits=from_logits, label_smoothing=label_smoothing)


class SparseCategoricalCrossentropy(FormulaLoss):
    """-log p of the true class, for targets that are class numbers.

    Args:
        from_logits: whether y_pred holds logits instead of probabilities p.
        ignore_class: only None yet.
        reduction, name, dtype: as of ``Loss``.
    """

    function = "sparse_categorical_crossentropy"

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        if ignore_class is not None:
            raise NotImplementedError(
                "`ignore_class` is not supported yet; leave out the rows of that class, or give them sample_weight 0 "
                f"and a valid class. Received: ignore_class={ignore_class!r}"
            )
        super().__init__(name, reduction, dtype, from_logits=from_logits)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss."""
        return {**super().get_config(), "from_logits": self.from_logits, "ignore_class": None}


def mean_squared_error(y_true: Any, y_pred: Any) -> np.ndarray:
    """Each sample's mean((y_true - y_pred)^2): shape ``y_pred.shape[:-1]``."""
    return loss_values("mean_squared_error", y_true, y_pred)


def mean_absolute_error(y_true: Any, y_pred: Any) -> np.ndarray:
    """Each sample's mean(abs(y_true - y_pred)): shape ``y_pred.shape[:-1]``."""
    return loss_values("mean_absolute_error", y_true, y_pred)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> np.ndarray:
    """Each sample's binary crossentropy: shape ``y_pred.shape[:-1]``."""
    _last_axis(axis)
    return loss_values("binary_crossentropy", y_true, y_pred, from_logits, label_smoothing)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0, axis: int = -1
) -> np.ndarray:
    """Each sample's crossentropy from one-hot targets: shape ``y_pred.shape[:-1]``."""
    _last_axis(axis)
    return loss_values("categorical_crossentropy", y_true, y_pred, from_logits, label_smoothing)


def sparse_categorical_crossentropy(y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1) -> np.ndarray:
    """Each sample's crossentropy from class numbers: shape ``y_pred.shape[:-1]``."""
    _last_axis(axis)
    return loss_values("sparse_categorical_crossentropy", y_true, y_pred, from_logits)


def loss_values(
    function: str, y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0.0
) -> np.ndarray:
    """A formula's values for each sample, in y_pred's floating dtype (``config.floatx()`` for integers).

    Raises:
        ValueError: for shapes that do not go together, or a class number without a class.
    """
    true, pred = matched(function, y_true, y_pred)
    return LOSSES[function].values(true, pred, specs.Loss(function, from_logits, label_smoothing))


def matched(function: str, y_true: Any, y_pred: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both arguments as arrays of shapes that ``function`` takes.

    Raises:
        ValueError: for shapes that do not go together, or a class number without a class.
    """
    true, pred = np.asarray(y_true), np.asarray(y_pred)
    if pred.dtype.kind != "f":
        pred = pred.astype(config.floatx())
    if pred.ndim == 1 and true.shape == (*pred.shape, 1):
        pred = pred[:, np.newaxis]
    if pred.ndim == 0:
        raise ValueError(f"`y_pred` must have at least one axis. Received a single number: {pred!r}")
    true = true.reshape(matched_shape(function, true.shape, pred.shape))
    if function.startswith("sparse_") and true.size:
        low, high = true.min(), true.max()
        if not (low >= 0 and high < pred.shape[-1]):
            raise ValueError(
                f"Class numbers must be from 0 to {pred.shape[-1] - 1}, because `y_pred` has {pred.shape[-1]} classes. "
                f"Received `y_true` from {low} to {high}."
            )
    return true, pred


def _weights(sample_weight: Any, values: np.ndarray) -> np.ndarray:
    weights = np.asarray(sample_weight, values.dtype)
    if weights.ndim == values.ndim + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.shape != values.shape[: weights.ndim]:
        raise ValueError(
            f"`sample_weight` must hold one number for each value, shape {values.shape}. Received shape {weights.shape}"
        )
    return np.broadcast_to(weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim)), values.shape)


def _last_axis(axis: int) -> None:
    if isinstance(axis, bool) or axis != -1:
        raise ValueError(f"`axis` must be -1, the last one. Received: axis={axis!r}")


_CLASSES: dict[str, type[FormulaLoss]] = {
    kind.__name__: kind
    for kind in (
        MeanSquaredError,
        MeanAbsoluteError,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
    )
}
FUNCTIONS: dict[str, Callable[..., np.ndarray]] = {
    function.__name__: function
    for function in (
        mean_squared_error,
        mean_absolute_error,
        binary_crossentropy,
        categorical_crossentropy,
        sparse_categorical_crossentropy,
    )
}
_ALIASES = {
    alias: FUNCTIONS[name]
    for name, short in (("mean_squared_error", "mse"), ("mean_absolute_error", "mae"), ("binary_crossentropy", "bce"))
    for alias in (short, short.upper())
}


def get(identifier: Any) -> Any:
    """A loss from a name (its function), a class (an instance), a configuration dict, or itself; None stays None.

    Raises:
        ValueError: for anything else.
    """
    known: dict[str, Any] = {**FUNCTIONS, **_ALIASES, **_CLASSES}
    found = known.get(identifier) if isinstance(identifier, str) else identifier
    if isinstance(identifier, Mapping):
        kind = _CLASSES.get(str(identifier.get("class_name")))
        found = None if kind is None else kind.from_config(identifier.get("config", {}))
    if isinstance(found, type):
        found = found()
    if identifier is None or (callable(found) and not is_array_like(found)):
        return found
    raise ValueError(
        f"Could not interpret loss identifier: {identifier}.{did_you_mean(identifier, known)} "
        f"Known: {', '.join(FUNCTIONS)}."
    )


def is_loss(identifier: object) -> bool:
    """Whether this is a Loss, its class, or one's name."""
    if isinstance(identifier, str):
        return identifier in {**FUNCTIONS, **_ALIASES, **_CLASSES}
    return isinstance(identifier, Loss) or (isinstance(identifier, type) and issubclass(identifier, Loss))


def as_loss(identifier: Any) -> Loss:
    """What ``compile`` makes of a loss: an object with a ``spec``.

    Raises:
        ValueError: for what is no loss.
        NotImplementedError: for a function of the user's own.
    """
    found = get(identifier)
    if isinstance(found, Loss):
        return found
    for name, function in FUNCTIONS.items():
        if found is function:
            return next(kind for kind in _CLASSES.values() if kind.function == name)()  # type: ignore[call-arg]
    raise NotImplementedError(
        f"Training with a loss function of your own ({getattr(found, '__name__', found)}) is not supported yet. "
        f"Use one of: {', '.join(FUNCTIONS)}."
    )


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
