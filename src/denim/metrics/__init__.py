"""Metrics, by Keras's names: classes that count over batches, functions for values per sample."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from denim.lazy import bind
from denim.losses import (
    binary_crossentropy,
    categorical_crossentropy,
    mean_absolute_error,
    mean_squared_error,
    sparse_categorical_crossentropy,
)
from denim.metrics.formulas import (
    BinaryAccuracy,
    BinaryCrossentropy,
    CategoricalAccuracy,
    CategoricalCrossentropy,
    FormulaMetric,
    MeanAbsoluteError,
    MeanSquaredError,
    SparseCategoricalAccuracy,
    SparseCategoricalCrossentropy,
)
from denim.metrics.functions import FUNCTIONS, binary_accuracy, categorical_accuracy, sparse_categorical_accuracy
from denim.metrics.metric import Mean, MeanMetricWrapper, Metric
from denim.naming import snake_case
from denim.suggest import did_you_mean

__all__ = [
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "Mean",
    "MeanAbsoluteError",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "Metric",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "binary_accuracy",
    "binary_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "get",
    "mean_absolute_error",
    "mean_squared_error",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
]

_CLASSES: dict[str, type[FormulaMetric]] = {
    kind.__name__: kind
    for kind in (
        BinaryAccuracy,
        CategoricalAccuracy,
        SparseCategoricalAccuracy,
        MeanSquaredError,
        MeanAbsoluteError,
        BinaryCrossentropy,
        CategoricalCrossentropy,
        SparseCategoricalCrossentropy,
    )
}
_NAMES: dict[str, type[Metric]] = {
    "Mean": Mean,
    **_CLASSES,
    **{snake_case(name): kind for name, kind in _CLASSES.items()},
    "mse": MeanSquaredError,
    "MSE": MeanSquaredError,
    "mae": MeanAbsoluteError,
    "MAE": MeanAbsoluteError,
    "bce": BinaryCrossentropy,
    "BCE": BinaryCrossentropy,
}


def get(identifier: Any) -> Any:
    """A metric from a name or class (an instance), a configuration dict, or itself; None stays None.

    Raises:
        ValueError: for anything else.
    """
    found = _NAMES.get(identifier) if isinstance(identifier, str) else identifier
    if isinstance(identifier, Mapping):
        kind = _NAMES.get(str(identifier.get("class_name")))
        found = None if kind is None else kind.from_config(identifier.get("config", {}))
    if isinstance(found, type):
        found = found()
    if identifier is None or callable(found):
        return found
    raise ValueError(
        f"Could not interpret metric identifier: {identifier}.{did_you_mean(identifier, ['accuracy', *_NAMES])} "
        f"Known: accuracy, {', '.join(FUNCTIONS)}."
    )


def as_metric(identifier: Any) -> Metric:
    """What ``compile`` makes of a metric: an object with a ``spec``, named by the string it was asked by.

    Raises:
        ValueError: for what is no metric.
        NotImplementedError: for a function of the user's own.
    """
    found = get(identifier)
    if isinstance(found, Metric):
        if isinstance(identifier, str):
            found.name = identifier
        return found
    for name, function in FUNCTIONS.items():
        if found is function:
            return next(kind for kind in _CLASSES.values() if kind.function == name)()  # type: ignore[call-arg]
    raise NotImplementedError(
        f"A metric function of your own ({getattr(found, '__name__', found)}) is not supported yet. "
        f"Use one of: accuracy, {', '.join(FUNCTIONS)}."
    )


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
