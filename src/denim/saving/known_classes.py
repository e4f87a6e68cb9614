"""The closed table of denim's own classes and functions that a configuration may name, by Keras's modules and names.

What stands here is made from a configuration that a stranger may have written. So no class whose constructor reads a
file, calls what it is given, or imports by name may be added.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

_LAYERS = (
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "BatchNormalization",
    "CategoryEncoding",
    "Concatenate",
    "Dense",
    "Discretization",
    "Dot",
    "Dropout",
    "EinsumDense",
    "ELU",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "GroupNormalization",
    "HashedCrossing",
    "Hashing",
    "Identity",
    "InputLayer",
    "IntegerLookup",
    "LayerNormalization",
    "LeakyReLU",
    "Masking",
    "Maximum",
    "Minimum",
    "Multiply",
    "Normalization",
    "Permute",
    "PReLU",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "RMSNormalization",
    "Softmax",
    "StringLookup",
    "Subtract",
    "TextVectorization",
    "UnitNormalization",
)
_OPTIMIZERS = ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam", "Ftrl", "Lion")
_SCHEDULES = (
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
)
_LOSSES = (
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
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
    "Poisson",
    "SparseCategoricalCrossentropy",
    "SquaredHinge",
    "Tversky",
)
_METRICS = (
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
    "MeanSquaredError",
    "MeanSquaredLogarithmicError",
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
)
_INITIALIZERS = (
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
)
_REGULARIZERS = ("L1", "L1L2", "L2")
_CONSTRAINTS = ("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm")

# Keras's module -> (denim's, role, names)
_TABLE: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "keras": ("denim.models", "layer", ("Sequential", "Model")),
    "keras.models": ("denim.models", "layer", ("Sequential", "Model")),
    "keras.src.models.functional": ("denim.models", "layer", ("Functional",)),
    "keras.layers": ("denim.layers", "layer", _LAYERS),
    "keras.optimizers": ("denim.optimizers", "optimizer", _OPTIMIZERS),
    "keras.optimizers.schedules": ("denim.optimizers.schedules", "schedule", _SCHEDULES),
    "keras.losses": ("denim.losses", "loss", _LOSSES),
    "keras.metrics": ("denim.metrics", "metric", _METRICS),
    "keras.initializers": ("denim.initializers", "initializer", _INITIALIZERS),
    "keras.random": ("denim.random", "seed generator", ("SeedGenerator",)),
    "keras.regularizers": ("denim.regularizers", "regularizer", _REGULARIZERS),
    "keras.constraints": ("denim.constraints", "constraint", _CONSTRAINTS),
}
_SPELLINGS = {"Functional": "Model"}
"""Names that Keras writes and denim calls otherwise."""


def find_class(module: Any, name: Any, role: str | None) -> Any:
    """denim's class of Keras's ``module`` and ``name``; None if there is none, or it is not for this role.

    A ``module`` of None stands for any, as older files have it.
    """
    if isinstance(module, str) and module.startswith("keras.src.ops.") and role in ("layer", None):
        from denim.ops.symbolic import find_operation

        return find_operation(module, str(name))
    for home, (where, kind, names) in _TABLE.items():
        if module in (home, None) and role in (kind, None) and name in names:
            return getattr(importlib.import_module(where), _SPELLINGS.get(name, name))
    return None


def keras_name(cls: type) -> tuple[str, str] | None:
    """Keras's module and name of one of denim's own classes; None for any other."""
    if cls.__module__ == "denim.ops.symbolic":
        from denim.ops.symbolic import keras_module

        home = keras_module(cls)
        return None if home is None else (home, cls.__name__)
    for home, (where, _, names) in _TABLE.items():
        own = cls.__name__ in names and cls.__module__.startswith("denim.")
        if own and getattr(importlib.import_module(where), cls.__name__, None) is cls:
            return _written(home, cls.__name__)
    return None


def _written(home: str, name: str) -> tuple[str, str]:
    return ("keras.src.models.functional", "Functional") if name == "Model" else (home, name)


def names_of(role: str | None) -> list[str]:
    """The names there are for a role, or for any."""
    return sorted({name for _, kind, names in _TABLE.values() if role in (kind, None) for name in names})


def role_of(name: str) -> str | None:
    """What a class of this name is for; None if there is none."""
    return next((kind for _, kind, names in _TABLE.values() if name in names), None)


def functions() -> Iterator[dict[str, Any]]:
    """Tables of the functions that a configuration may name, activations first as in Keras."""
    from denim import activations, losses
    from denim.metrics import FUNCTIONS

    yield {name: getattr(activations, name) for name in activations.__all__ if name not in _NOT_ACTIVATIONS}
    yield dict(losses.FUNCTIONS)
    yield dict(FUNCTIONS)


_NOT_ACTIVATIONS = ("deserialize", "get", "serialize")
