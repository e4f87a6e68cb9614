"""Losses, by Keras's names: classes for ``compile``, functions for values per sample.

Each is written once with the operations of ``denim.ops``: it works on arrays, and becomes nodes of a Program. Source:
https://keras.io/api/losses/
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from denim.data.arrays import is_array_like
from denim.lazy import bind
from denim.losses.loss import Loss, LossFunctionWrapper, SettledLoss
from denim.losses.margins import CategoricalHinge, Hinge, SquaredHinge, categorical_hinge, hinge, squared_hinge
from denim.losses.older import FUNCTIONS as OLDER
from denim.losses.overlap import Dice, Tversky, dice, tversky
from denim.losses.probabilistic import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    CategoricalGeneralizedCrossEntropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_generalized_cross_entropy,
    kl_divergence,
    poisson,
    sparse_categorical_crossentropy,
)
from denim.losses.regression import (
    CosineSimilarity,
    Huber,
    LogCosh,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    cosine_similarity,
    huber,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from denim.suggest import did_you_mean

__all__ = [
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "CategoricalGeneralizedCrossEntropy",
    "CategoricalHinge",
    "CosineSimilarity",
    "Dice",
    "Hinge",
    "Huber",
    "KLDivergence",
    "LogCosh",
    "Loss",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
    "binary_crossentropy",
    "binary_focal_crossentropy",
    "categorical_crossentropy",
    "categorical_focal_crossentropy",
    "categorical_generalized_cross_entropy",
    "categorical_hinge",
    "cosine_similarity",
    "deserialize",
    "dice",
    "get",
    "hinge",
    "huber",
    "kl_divergence",
    "log_cosh",
    "mean_absolute_error",
    "mean_absolute_percentage_error",
    "mean_squared_error",
    "mean_squared_logarithmic_error",
    "poisson",
    "serialize",
    "sparse_categorical_crossentropy",
    "squared_hinge",
    "tversky",
]

_PAIRS: dict[Callable[..., Any], type[SettledLoss]] = {
    binary_crossentropy: BinaryCrossentropy,
    binary_focal_crossentropy: BinaryFocalCrossentropy,
    categorical_crossentropy: CategoricalCrossentropy,
    categorical_focal_crossentropy: CategoricalFocalCrossentropy,
    categorical_generalized_cross_entropy: CategoricalGeneralizedCrossEntropy,
    categorical_hinge: CategoricalHinge,
    cosine_similarity: CosineSimilarity,
    dice: Dice,
    hinge: Hinge,
    huber: Huber,
    kl_divergence: KLDivergence,
    log_cosh: LogCosh,
    mean_absolute_error: MeanAbsoluteError,
    mean_absolute_percentage_error: MeanAbsolutePercentageError,
    mean_squared_error: MeanSquaredError,
    mean_squared_logarithmic_error: MeanSquaredLogarithmicError,
    poisson: Poisson,
    sparse_categorical_crossentropy: SparseCategoricalCrossentropy,
    squared_hinge: SquaredHinge,
    tversky: Tversky,
}
"""Each function with the class that is the same loss."""

_CLASSES: dict[str, type[SettledLoss]] = {kind.__name__: kind for kind in _PAIRS.values()}
FUNCTIONS: dict[str, Callable[..., Any]] = {function.__name__: function for function in _PAIRS}
"""By their names."""

_ALIASES = {
    alias: function
    for short, function in {
        "bce": binary_crossentropy,
        "kld": kl_divergence,
        "mae": mean_absolute_error,
        "mape": mean_absolute_percentage_error,
        "mse": mean_squared_error,
        "msle": mean_squared_logarithmic_error,
    }.items()
    for alias in (short, short.upper())
}
_KNOWN: dict[str, Any] = {**FUNCTIONS, **_ALIASES, **_CLASSES}


def get(identifier: Any) -> Any:
    """A loss from a name (its function), a class (an instance), a configuration dict, or itself; None stays None.

    Raises:
        ValueError: for anything else.
    """
    found = _named(identifier) if isinstance(identifier, str) else identifier
    if isinstance(identifier, Mapping):
        found = deserialize(identifier)
    if isinstance(found, type):
        found = found()
    if identifier is None or (callable(found) and not is_array_like(found)):
        return found
    raise ValueError(
        f"Could not interpret loss identifier: {identifier}.{did_you_mean(identifier, _KNOWN)} "
        f"Known: {', '.join(FUNCTIONS)}."
    )


def _named(name: str) -> Any:
    from denim.saving.custom_objects import get_registered_object

    return _KNOWN.get(name) or get_registered_object(name)


def serialize(loss: Any) -> Any:
    """The loss's configuration: its name for a function, else a dict.

    Raises:
        ValueError: for what cannot be written down, such as a lambda.
    """
    from denim.saving.serialization import serialize_keras_object

    return serialize_keras_object(loss)


def deserialize(name: Any, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The loss of a configuration that ``serialize`` made, or of a name.

    Args:
        name: the configuration.
        custom_objects: name -> class or function, beside the registered ones.

    Raises:
        ValueError: for a name that is neither denim's nor registered.
    """
    from denim.saving.serialization import deserialize_identifier

    return deserialize_identifier(name, "loss", get, custom_objects)


def is_loss(identifier: object) -> bool:
    """Whether this is a Loss, its class, or one's name."""
    if isinstance(identifier, str):
        return identifier in _KNOWN
    return isinstance(identifier, Loss) or (isinstance(identifier, type) and issubclass(identifier, Loss))


def as_loss(identifier: Any) -> Loss:
    """What ``compile`` makes of a loss: an object, also of a function.

    Raises:
        ValueError: for what is no loss.
    """
    found = get(identifier)
    if isinstance(found, Loss):
        return found
    if found in _PAIRS and found is not categorical_generalized_cross_entropy:
        return _PAIRS[found]()  # type: ignore[call-arg]
    return LossFunctionWrapper(found, name=getattr(found, "__name__", None))


__getattr__, __dir__ = bind(
    __name__, dict.fromkeys(__all__) | dict.fromkeys((*OLDER, "Reduction"), "denim.losses.older")
)
