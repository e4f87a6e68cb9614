"""Metrics, by Keras's names: classes that count over batches, functions for values per sample.

Each is written once with the operations of ``denim.ops``: it works on arrays, and becomes nodes of a Program. Source:
https://keras.io/api/metrics/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from denim.lazy import bind
from denim.losses import FUNCTIONS as LOSS_FUNCTIONS
from denim.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from denim.losses.older import FUNCTIONS as OLDER
from denim.metrics.accuracies import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from denim.metrics.confusion import FalseNegatives, FalsePositives, Precision, Recall, TrueNegatives, TruePositives
from denim.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from denim.metrics.curves import (
    AUC,
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)
from denim.metrics.f_scores import F1Score, FBetaScore
from denim.metrics.margins import CategoricalHinge, Hinge, SquaredHinge
from denim.metrics.metric import Metric
from denim.metrics.overlap import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from denim.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from denim.metrics.reductions import Mean, MeanMetricWrapper, Sum
from denim.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    R2Score,
    RootMeanSquaredError,
)
from denim.naming import snake_case
from denim.suggest import did_you_mean

__all__ = [
    "AUC",
    "Accuracy",
    "BinaryAccuracy",
    "BinaryCrossentropy",
    "BinaryIoU",
    "CategoricalAccuracy",
    "CategoricalCrossentropy",
    "CategoricalHinge",
    "ConcordanceCorrelation",
    "CosineSimilarity",
    "F1Score",
    "FBetaScore",
    "FalseNegatives",
    "FalsePositives",
    "Hinge",
    "IoU",
    "KLDivergence",
    "LogCoshError",
    "Mean",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanIoU",
    "MeanMetricWrapper",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Metric",
    "OneHotIoU",
    "OneHotMeanIoU",
    "PearsonCorrelation",
    "Poisson",
    "Precision",
    "PrecisionAtRecall",
    "R2Score",
    "Recall",
    "RecallAtPrecision",
    "RootMeanSquaredError",
    "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy",
    "SparseCategoricalCrossentropy",
    "SparseTopKCategoricalAccuracy",
    "SpecificityAtSensitivity",
    "SquaredHinge",
    "Sum",
    "TopKCategoricalAccuracy",
    "TrueNegatives",
    "TruePositives",
    "binary_accuracy",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_accuracy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_hinge",
    "concordance_correlation",
    "denim.metrics.hinge",
    "deserialize",
    "get",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "pearson_correlation",
    "poisson",
    "serialize",
    "sparse_categorical_accuracy",
    "sparse_categorical_crossentropy",
    "sparse_top_k_categorical_accuracy",
    "squared_hinge",
    "top_k_categorical_accuracy",
]

_PAIRS: dict[Callable[..., Any], type[MeanMetricWrapper]] = {
    binary_accuracy: BinaryAccuracy,
    binary_crossentropy: BinaryCrossentropy,
    categorical_accuracy: CategoricalAccuracy,
    categorical_crossentropy: CategoricalCrossentropy,
    categorical_hinge: CategoricalHinge,
    concordance_correlation: ConcordanceCorrelation,
    hinge: Hinge,
    kl_divergence: KLDivergence,
    log_cosh: LogCoshError,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_error: MeanSquaredError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    pearson_correlation: PearsonCorrelation,
    poisson: Poisson,
    sparse_categorical_accuracy: SparseCategoricalAccuracy,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    sparse_top_k_categorical_accuracy: SparseTopKCategoricalAccuracy,
    squared_hinge: SquaredHinge,
    top_k_categorical_accuracy: TopKCategoricalAccuracy,
}
"""Each function with the class that is its mean."""

_OTHERS = (
    AUC,
    Accuracy,
    BinaryIoU,
    CosineSimilarity,
    F1Score,
    FBetaScore,
    FalseNegatives,
    FalsePositives,
    IoU,
    Mean,
    MeanIoU,
    OneHotIoU,
    OneHotMeanIoU,
    Precision,
    PrecisionAtRecall,
    R2Score,
    Recall,
    RecallAtPrecision,
    RootMeanSquaredError,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
    Sum,
    TrueNegatives,
    TruePositives,
)
_CLASSES: dict[str, type[Metric]] = {kind.__name__: kind for kind in (*_PAIRS.values(), *_OTHERS)}

FUNCTIONS: dict[str, Callable[..., Any]] = {
    **LOSS_FUNCTIONS,
    **{function.__name__: function for function in _PAIRS},
}
"""Every function of targets and predictions by its name."""

_NAMES: dict[str, type[Metric]] = {
    **_CLASSES,
    **{snake_case(name): kind for name, kind in _CLASSES.items()},
    **{
        alias: kind
        for short, kind in {
            "bce": BinaryCrossentropy,
            "mae": MeanAbsoluteError,
            "mape": MeanAbsolutePercentageError,
            "mse": MeanSquaredError,
            "msle": MeanSquaredLogarithmicError,
        }.items()
        for alias in (short, short.upper())
    },
}


def get(identifier: Any) -> Any:
    """A metric from a name or class (an instance), a configuration dict, or itself; None stays None.

    Raises:
        ValueError: for anything else.
    """
    found = _named(identifier) if isinstance(identifier, str) else identifier
    if isinstance(identifier, Mapping):
        found = deserialize(identifier)
    if isinstance(found, type):
        found = found()
    if identifier is None or callable(found):
        return found
    raise ValueError(
        f"Could not interpret metric identifier: {identifier}.{did_you_mean(identifier, ['accuracy', *_NAMES])} "
        f"Known: {', '.join(sorted(set(map(snake_case, _CLASSES))))}."
    )


def _named(name: str) -> Any:
    from denim.saving.custom_objects import get_registered_object

    return _NAMES.get(name) or get_registered_object(name)


def serialize(metric: Any) -> Any:
    """The metric's configuration.

    Raises:
        ValueError: for what cannot be written down, such as a lambda.
    """
    from denim.saving.serialization import serialize_keras_object

    return serialize_keras_object(metric)


def deserialize(config: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The metric of a configuration that ``serialize`` made, or of a name.

    Args:
        config: the configuration.
        custom_objects: name -> class or function, beside the registered ones.

    Raises:
        ValueError: for a name that is neither denim's nor registered.
    """
    from denim.saving.serialization import deserialize_identifier

    return deserialize_identifier(config, "metric", get, custom_objects)


def as_metric(identifier: Any) -> Metric:
    """What ``compile`` makes of a metric: an object, also of a function, named by the string it was asked by.

    Raises:
        ValueError: for what is no metric.
    """
    found = get(identifier)
    if not isinstance(found, Metric):
        name = getattr(found, "name", None) or snake_case(getattr(found, "__name__", type(found).__name__))
        kind = _PAIRS.get(found) if not hasattr(found, "name") else None
        found = MeanMetricWrapper(found, name) if kind is None else kind(name=name)  # type: ignore[call-arg]
    if isinstance(identifier, str):
        found.name = identifier
    return found


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__) | dict.fromkeys(OLDER, "denim.losses.older"))
