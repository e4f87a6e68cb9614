"""Dense networks as scikit-learn's estimators: give them a table, and they make, scale and train the network."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.estimators.classifier import DenseClassifier
    from denim.estimators.regressor import DenseRegressor

if find_spec("sklearn") is None:
    raise ImportError(
        "denim.estimators needs scikit-learn, which is not installed. Type: pip install 'denim-nn[sklearn]'",
        name="sklearn",
    )

__all__ = ["DenseClassifier", "DenseRegressor"]

__getattr__, __dir__ = bind(
    __name__,
    {"DenseClassifier": "denim.estimators.classifier", "DenseRegressor": "denim.estimators.regressor"},
)
