"""Models as scikit-learn estimators, by Keras's names, imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.wrappers.sklearn_wrapper import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer

__all__ = ["SKLearnClassifier", "SKLearnRegressor", "SKLearnTransformer"]

__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__, "denim.wrappers.sklearn_wrapper"))
