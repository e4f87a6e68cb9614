"""SKLearnClassifier, SKLearnRegressor, SKLearnTransformer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from denim.models.model import Model
from denim.wrappers.validating import validated

try:
    import sklearn
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, TransformerMixin
    from sklearn.utils.multiclass import type_of_target
    from sklearn.utils.validation import check_is_fitted
except ImportError as error:
    raise ImportError(
        "denim.wrappers requires `scikit-learn` to be installed. Run `pip install scikit-learn` to install it."
    ) from error


class _Wrapper(BaseEstimator):  # type: ignore[misc]
    """What the three have in common.

    Args:
        model: a compiled model, of which each ``fit`` trains a clone; or a function that is called with ``X``, ``y``
            and ``model_kwargs`` and returns one.
        warm_start: train the model itself, and go on from where the last ``fit`` ended.
        model_kwargs: more arguments for the function.
        fit_kwargs: arguments for the model's ``fit``; those given to this ``fit`` go before them.

    Attributes:
        model_: the trained model.
        history_: what its ``fit`` returned.

    Raises:
        ImportError: where scikit-learn is not installed.
    """

    def __init__(
        self,
        model: Any,
        warm_start: bool = False,
        model_kwargs: Mapping[str, Any] | None = None,
        fit_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Any:
        """Train.

        Args:
            X: rows of features, shape (n, features).
            y: targets, shape (n,).
            kwargs: arguments for the model's ``fit``.

        Raises:
            RuntimeError: if the model is not compiled.
            ValueError: for data that scikit-learn refuses.
        """
        X, y = validated(self, X, y)
        target = self._encoded(y)
        model = self._new_model(X, target)
        if not getattr(model, "compiled", False) or not model.loss:
            raise RuntimeError("Given model needs to be compiled, and have a loss and an optimizer.")
        self.history_ = model.fit(X, target, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def predict(self, X: Any) -> np.ndarray:
        """What the model predicts, in the form of the targets."""
        return self._decoded(self._raw(X))

    @property
    def epoch_(self) -> int:
        """How many epochs the last ``fit`` trained."""
        history = getattr(self, "history_", None)
        return 0 if history is None else len(history.epoch)

    def set_fit_request(self, **kwargs: Any) -> Any:
        """Say which metadata ``fit`` asks for: scikit-learn's routing, which must be enabled.

        Raises:
            RuntimeError: if it is not.
        """
        if not sklearn.get_config().get("enable_metadata_routing", False):
            raise RuntimeError(
                "This method is only available when metadata routing is enabled. You can enable it using "
                "sklearn.set_config(enable_metadata_routing=True)."
            )
        request = self._get_metadata_request()
        for name, alias in kwargs.items():
            request.fit.add_request(param=name, alias=alias)
        self._metadata_request = request
        return self

    def _raw(self, X: Any) -> np.ndarray:
        check_is_fitted(self)
        output: np.ndarray = self.model_.predict(validated(self, X, reset=False), verbose=0)
        return output

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        """The targets as the model takes them."""
        _check_target(y)
        self._is_vector = y.ndim == 1
        return y.reshape(-1, 1) if self._is_vector else y

    def _decoded(self, raw: np.ndarray) -> np.ndarray:
        """The model's output in the form of the targets."""
        return raw[:, 0] if self._is_vector and raw.ndim == 2 and raw.shape[1] == 1 else raw

    def _new_model(self, X: np.ndarray, y: np.ndarray) -> Any:
        if self.warm_start and hasattr(self, "model_"):
            return self.model_
        if not isinstance(self.model, Model):
            return self.model(X=X, y=y, **(self.model_kwargs or {}))
        if self.warm_start:
            return self.model
        from denim.models import clone_model

        return clone_model(self.model)

    def __sklearn_clone__(self) -> Any:
        return type(self)(self.model, self.warm_start, self.model_kwargs, self.fit_kwargs)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags


class SKLearnClassifier(ClassifierMixin, _Wrapper):  # type: ignore[misc]
    """A model as a classifier: it learns one-hot rows, and predicts the class of its largest output.

    Attributes:
        classes_: the classes, sorted.

    Source: https://keras.io/api/utils/sklearn_wrappers/
    """

    def decision_function(self, X: Any) -> np.ndarray:
        """The model's outputs as they are."""
        return self._raw(X)

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        kind = _check_target(y)
        if kind not in ("binary", "multiclass"):
            raise ValueError(f"Only binary and multiclass target types are supported. Target type: {kind}")
        self.classes_ = np.unique(y)
        if len(self.classes_) == 1:
            raise ValueError("Classifier can't train when only one class is present.")
        return (y.reshape(-1, 1) == self.classes_).astype(np.float64)

    def _decoded(self, raw: np.ndarray) -> np.ndarray:
        return self.classes_[np.argmax(raw, axis=-1)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags


class SKLearnRegressor(RegressorMixin, _Wrapper):  # type: ignore[misc]
    """A model as a regressor.

    Source: https://keras.io/api/utils/sklearn_wrappers/
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags


class SKLearnTransformer(TransformerMixin, _Wrapper):  # type: ignore[misc]
    """A model as a transformer: what it predicts is what the data become.

    Source: https://keras.io/api/utils/sklearn_wrappers/
    """

    def transform(self, X: Any) -> np.ndarray:
        """The model's outputs."""
        return self._raw(X)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


def _check_target(y: np.ndarray) -> str:
    kind: str = type_of_target(y, input_name="y")
    if kind == "unknown":
        raise ValueError(f"Unknown label type for y: {y!r}")
    return kind
