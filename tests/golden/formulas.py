"""The table of single formulas: activations over a grid with extremes, losses on their edge cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRID: NDArray[np.float32] = np.concatenate(
    [np.linspace(-20, 20, 161), [-1e4, -100, -1e-3, -1e-20, 1e-20, 1e-3, 100, 1e4]]
).astype("float32")

ROWS: NDArray[np.float32] = np.array(
    [
        [0, 0, 0, 0],
        [1, 2, 3, 4],
        [-100, 0, 100, 50],
        [1e4, -1e4, 1e4, 0],
        [-3, -3.5, -2.5, -3],
        [1e-20, 0, -1e-20, 1e-3],
    ],
    dtype="float32",
)
ROW_COTANGENT: NDArray[np.float32] = np.array([1, -2, 0.5, 3], dtype="float32")


@dataclass(frozen=True)
class ActivationCase:
    """``absolute`` is what Keras's own float32 value may be wrong by."""

    name: str
    options: Mapping[str, Any] = field(default_factory=dict)
    rowwise: bool = False
    absolute: float = 1e-7

    @property
    def key(self) -> str:
        return "-".join([self.name, *(f"{k}={v}" for k, v in self.options.items())])

    def inputs(self) -> NDArray[np.float32]:
        return ROWS if self.rowwise else GRID


@dataclass(frozen=True)
class LossCase:
    """A loss by its class and, where ``function`` is given, by its function too."""

    key: str
    name: str
    function: str
    y_true: Any
    y_pred: Any
    options: Mapping[str, Any] = field(default_factory=dict)
    weight: Any = None
    label_dtype: str = "float32"

    def true(self) -> NDArray[Any]:
        return np.array(self.y_true, dtype=self.label_dtype)

    def pred(self) -> NDArray[np.float32]:
        return np.array(self.y_pred, dtype="float32")

    def sample_weight(self) -> NDArray[np.float32] | None:
        return None if self.weight is None else np.array(self.weight, dtype="float32")


_BY_NAME = (
    "linear",
    "relu",
    "sigmoid",
    "tanh",
    "gelu",
    "leaky_relu",
    "elu",
    "selu",
    "silu",
    "softplus",
    "exponential",
    "softsign",
    "hard_sigmoid",
    "relu6",
    "mish",
    "hard_silu",
    "celu",
    "log_sigmoid",
)

ACTIVATION_CASES = (
    *(ActivationCase(name) for name in _BY_NAME),
    ActivationCase("relu", {"negative_slope": 0.1, "max_value": 6.0, "threshold": 1.0}),
    ActivationCase("leaky_relu", {"negative_slope": 0.01}),
    # Keras computes 1 + tanh(...) in float32, which cancels where tanh is near -1: at -5 its result is 0 and not
    # -2.3e-7, and around there it is wrong by 0.5 |x| times a unit or two in the last place of tanh.
    ActivationCase("gelu", {"approximate": True}, absolute=5e-7),
    ActivationCase("elu", {"alpha": 0.5}),
    ActivationCase("softmax", rowwise=True),
    ActivationCase("log_softmax", rowwise=True),
)

_PROBABILITIES = [[1, 0, 0], [0.5, 0.25, 0.25], [0, 0, 1], [0.2, 0.3, 0.1], [1e-9, 0.5, 0.5]]
_LOGITS = [[100, -100, 0], [-100, 100, 0], [0, 0, 0], [1, 2, 3], [-3.5, 0.25, 1e-3]]
_ONE_HOT = [[1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 0, 1], [1, 0, 0]]
_LABELS = [0, 1, 0, 2, 0]
_WEIGHT = [1, 2, 0, 0.5, 3]
_BITS = [[1], [1], [0], [0], [1], [0]]
_BIT_PROBABILITIES = [[1], [0], [1], [0], [0.3], [1e-9]]
_BIT_LOGITS = [[100], [-100], [100], [-100], [0], [2.5]]
_BIT_WEIGHT = [1, 2, 0, 0.5, 3, 1]
_VALUES = [[0, 1.5], [-2, 3], [1e4, -1e4], [0.25, 0.25]]
_GUESSES = [[0, 1], [-2, -3], [1e4, 1e4], [0.5, 0]]

_SPARSE = ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy")
_CATEGORICAL = ("CategoricalCrossentropy", "categorical_crossentropy")
_BINARY = ("BinaryCrossentropy", "binary_crossentropy")

LOSS_CASES = (
    LossCase("sparse", *_SPARSE, _LABELS, _PROBABILITIES, label_dtype="int64"),
    LossCase("sparse_weighted", *_SPARSE, _LABELS, _PROBABILITIES, {}, _WEIGHT, "int32"),
    LossCase("sparse_logits", *_SPARSE, _LABELS, _LOGITS, {"from_logits": True}),
    LossCase("categorical", *_CATEGORICAL, _ONE_HOT, _PROBABILITIES),
    LossCase("categorical_weighted", *_CATEGORICAL, _ONE_HOT, _PROBABILITIES, {}, _WEIGHT),
    LossCase("categorical_logits", *_CATEGORICAL, _ONE_HOT, _LOGITS, {"from_logits": True}),
    LossCase("categorical_smoothed", *_CATEGORICAL, _ONE_HOT, _PROBABILITIES, {"label_smoothing": 0.1}),
    LossCase(
        "categorical_logits_smoothed",
        *_CATEGORICAL,
        _ONE_HOT,
        _LOGITS,
        {"from_logits": True, "label_smoothing": 0.3},
        _WEIGHT,
    ),
    LossCase("binary", *_BINARY, _BITS, _BIT_PROBABILITIES),
    LossCase("binary_weighted", *_BINARY, _BITS, _BIT_PROBABILITIES, {}, _BIT_WEIGHT),
    LossCase("binary_logits", *_BINARY, _BITS, _BIT_LOGITS, {"from_logits": True}),
    LossCase("binary_smoothed", *_BINARY, _BITS, _BIT_PROBABILITIES, {"label_smoothing": 0.1}),
    LossCase(
        "binary_logits_smoothed",
        *_BINARY,
        _BITS,
        _BIT_LOGITS,
        {"from_logits": True, "label_smoothing": 0.3},
        _BIT_WEIGHT,
    ),
    LossCase("binary_multilabel", *_BINARY, _ONE_HOT, _PROBABILITIES, {}, _WEIGHT),
    LossCase("mse", "MeanSquaredError", "mean_squared_error", _VALUES, _GUESSES),
    LossCase("mse_weighted", "MeanSquaredError", "mean_squared_error", _VALUES, _GUESSES, {}, [1, 2, 0, 4]),
    LossCase("mae", "MeanAbsoluteError", "mean_absolute_error", _VALUES, _GUESSES),
    LossCase(
        "mae_weighted",
        "MeanAbsoluteError",
        "mean_absolute_error",
        _VALUES,
        _GUESSES,
        {},
        [1, 2, 0, 4],
    ),
)

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")
