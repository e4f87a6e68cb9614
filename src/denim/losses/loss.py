"""The base of all losses, and losses made of a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, get_args

import numpy as np

from denim import config, ops
from denim.losses.shapes import same_rank
from denim.naming import auto_name
from denim.program import specs
from denim.program.formulas.losses import EPSILON, reduce

REDUCTIONS = (*get_args(specs.Reduction), "none", None)


class Loss:
    """A function of (y_true, y_pred) and a rule that makes one number of its values.

    Subclasses define ``call`` with the operations of ``denim.ops``; it is then differentiated.

    Args:
        name: by default the class's name in snake case.
        reduction: "sum_over_batch_size" or "mean" (sum of weighted values / their number), "sum",
            "mean_with_sample_weight" (/ sum of the weights), or "none" or None for the values themselves.
        dtype: of the arithmetic; ``config.floatx()`` if left out.

    Raises:
        ValueError: for another reduction.

    Source: https://keras.io/api/losses/
    """

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        if reduction not in REDUCTIONS:
            raise ValueError(
                "Invalid value for argument `reduction`. "
                f"Expected one of {REDUCTIONS}. Received: reduction={reduction!r}"
            )
        self.name = name or auto_name(type(self).__name__)
        self.reduction = reduction
        self.dtype = config.standardize_dtype(dtype)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss of a batch: a scalar, or the weighted values where the reduction is "none".

        Args:
            y_true: targets.
            y_pred: predictions, of shape (batch, ..., outputs).
            sample_weight: one number a sample, or one for all.

        Raises:
            ValueError: for shapes that do not go together, or a class number without a class.
        """
        pred = ops.cast(ops.convert_to_tensor(y_pred), self.dtype)
        true = ops.cast(ops.convert_to_tensor(y_true), self.dtype)
        values = self.call(true, pred)
        if not isinstance(values, (np.ndarray, np.generic, int, float)):
            return self._reduced_nodes(values, sample_weight)
        mask = self.mask(true)
        return _reduced(
            np.asarray(values, self.dtype), sample_weight, None if mask is None else np.asarray(mask), self.reduction
        )

    def _reduced_nodes(self, values: Any, sample_weight: Any) -> Any:
        if sample_weight is not None:
            values = values * sample_weight
        if self.reduction in ("none", None):
            return values
        return ops.sum(values) if self.reduction == "sum" else ops.mean(values)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The values, of shape ``y_pred.shape[:-1]``."""
        raise NotImplementedError("A Loss must define `call(self, y_true, y_pred)`.")

    def mask(self, y_true: Any) -> Any:
        """Which values count at all, of the values' shape; None for all."""
        return None

    def spec(self) -> specs.Loss | None:
        """The loss as a Program states it; None where it is the nodes that ``call`` makes.

        Raises:
            ValueError: for reduction "none".
        """
        if self.reduction not in get_args(specs.Reduction):
            raise ValueError(
                f"A model cannot be trained with a loss of reduction={self.reduction!r}, which gives no single number. "
                "Use 'sum_over_batch_size', the default."
            )
        return None

    def check_targets(self, y_true: np.ndarray, classes: int) -> None:
        """Nothing if these targets of an output of so many classes can be judged.

        Raises:
            ValueError: for a class number without a class.
        """

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss."""
        return {"name": self.name, "reduction": self.reduction}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Loss:
        """A loss from ``get_config``."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class LossFunctionWrapper(Loss):
    """A loss made of a function.

    Args:
        fn: called as ``fn(y_true, y_pred, **kwargs)``; gives one value a sample.
        reduction, name, dtype: as of ``Loss``.
        kwargs: passed on to ``fn``.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The function's values."""
        true, pred = same_rank(y_true, y_pred)
        return self.fn(true, pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss; ``fn`` is the function itself."""
        return {**super().get_config(), "fn": self.fn, **self._fn_kwargs}


class SettledLoss(LossFunctionWrapper):
    """A loss of Keras's: a function of denim's, and settings that are attributes too.

    ``formula`` names the Program's formula for it, where there is one, and ``unsaid`` the settings that the formula
    does not know, with the values at which it holds.
    """

    formula: ClassVar[str | None] = None
    unsaid: ClassVar[dict[str, Any]] = {}

    def __init__(
        self, fn: Callable[..., Any], reduction: str | None, name: str | None, dtype: Any, **settings: Any
    ) -> None:
        super().__init__(fn, reduction, name or fn.__name__, dtype, **settings)
        vars(self).update(settings)

    def spec(self) -> specs.Loss | None:
        """The loss as a Program states it."""
        super().spec()
        if not has_formula(self.formula, self.unsaid, self._fn_kwargs):
            return None
        said = {key: value for key, value in self._fn_kwargs.items() if key not in self.unsaid}
        return specs.Loss(self.formula, reduction=self.reduction, **said)  # type: ignore[arg-type]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal loss."""
        return {**Loss.get_config(self), **self._fn_kwargs}


def has_formula(formula: str | None, unsaid: dict[str, Any], settings: dict[str, Any]) -> bool:
    """Whether a Program's formula says all of these settings."""
    return formula is not None and config.epsilon() == EPSILON and all(settings[k] == v for k, v in unsaid.items())


def _reduced(values: np.ndarray, sample_weight: Any, mask: np.ndarray | None, reduction: str | None) -> Any:
    weights = None if sample_weight is None else _weights(sample_weight, values)
    if mask is not None:
        counted = mask.astype(values.dtype)
        if reduction in ("mean", "sum_over_batch_size"):
            counted *= counted.size / max(counted.sum(), 1.0)
        weights = counted if weights is None else weights * counted
    if reduction in ("none", None):
        return ops.convert_to_tensor(values if weights is None else values * weights, dtype=values.dtype.name)
    if not values.ndim and weights is not None:
        # One number for the whole batch, which Keras weights as if it were each sample's.
        values = np.broadcast_to(values, weights.shape)
    total = reduce(values, weights, reduction) if values.ndim else values  # type: ignore[arg-type]
    return ops.convert_to_tensor(total, dtype=values.dtype.name)


def _weights(sample_weight: Any, values: np.ndarray) -> np.ndarray:
    weights = np.asarray(sample_weight, values.dtype)
    if not values.ndim:
        return weights
    if weights.ndim == values.ndim + 1 and weights.shape[-1] == 1:
        weights = weights[..., 0]
    if weights.shape != values.shape[: weights.ndim]:
        raise ValueError(
            f"`sample_weight` must hold one number for each value, shape {values.shape}. Received shape {weights.shape}"
        )
    return np.broadcast_to(weights.reshape(weights.shape + (1,) * (values.ndim - weights.ndim)), values.shape)
