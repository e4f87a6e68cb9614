"""The wrappers pass scikit-learn's own checks, as far as Keras's do."""

from __future__ import annotations

import unittest
from typing import Any

import numpy as np
import pytest

import denim as keras

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.datasets import make_classification, make_regression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

layers, wrappers = keras.layers, keras.wrappers


class Network:
    """Makes the model. A class of its own, so that no address is in the names of the tests."""

    def __call__(
        self, X: Any, y: Any, loss: str, activation: str = "softmax", widths: Any = (10,), rate: float = 0.01
    ) -> Any:
        keras.utils.set_random_seed(0)  # so that every fit comes to the same
        x = source = keras.Input((X.shape[1],))
        for width in widths:
            x = layers.Dense(width, "relu")(x)
        model = keras.Model(source, layers.Dense(y.shape[1] if y.ndim > 1 else 1, activation)(x))
        model.compile(keras.optimizers.RMSprop(rate), loss)
        return model

    def __repr__(self) -> str:
        return "network"


network = Network()


KINDS = {
    "SKLearnClassifier": {"loss": "categorical_crossentropy", "widths": (20, 20, 20)},
    "SKLearnRegressor": {"loss": "mse", "activation": "linear"},
    "SKLearnTransformer": {"loss": "mse", "activation": "linear"},
}


def wrapped(kind: str, epochs: int = 5) -> Any:
    return getattr(wrappers, kind)(network, model_kwargs=KINDS[kind], fit_kwargs={"epochs": epochs, "verbose": 0})


KERAS_FAILS_TOO = {
    "check_classifiers_classes": "in the few rows of the check not all classes are predicted",
    "check_classifiers_train": "decision_function may be probabilities or logits",
}


@parametrize_with_checks(
    [wrapped(kind) for kind in KINDS],
    expected_failed_checks=lambda estimator: KERAS_FAILS_TOO if type(estimator).__name__ == "SKLearnClassifier" else {},
)
def test_estimator_checks(estimator: Any, check: Any) -> None:
    try:
        check(estimator)
    except unittest.SkipTest as skipped:
        pytest.skip(str(skipped))


def test_a_classifier() -> None:
    X, y = make_classification(200, 6, random_state=0)
    names = np.array(["no", "yes"])[y]
    made = wrapped("SKLearnClassifier", 30).fit(X, names)
    assert made.classes_.tolist() == ["no", "yes"] and made.epoch_ == 30
    assert made.score(X, names) > 0.9
    raw = made.decision_function(X)
    assert raw.shape == (200, 2)
    np.testing.assert_array_equal(made.predict(X), made.classes_[raw.argmax(axis=1)])
    assert made.history_.history["loss"][-1] < made.history_.history["loss"][0]


def test_a_regressor_and_arguments_of_fit() -> None:
    X, y = make_regression(200, 3, random_state=0)
    y /= y.std()
    given = {"epochs": 1, "verbose": 0}
    made = wrappers.SKLearnRegressor(network, model_kwargs=KINDS["SKLearnRegressor"], fit_kwargs=given)
    assert made.fit(X, y, epochs=40).epoch_ == 40
    assert given == {"epochs": 1, "verbose": 0}
    assert made.predict(X).shape == y.shape and made.score(X, y) > 0.9


def test_among_other_estimators() -> None:
    X, y = make_classification(120, 5, random_state=0)
    scores = cross_val_score(make_pipeline(StandardScaler(), wrapped("SKLearnClassifier", 20)), X, y, cv=3)
    assert scores.shape == (3,) and scores.mean() > 0.8
    grid = {"model_kwargs": [{**KINDS["SKLearnClassifier"], "rate": rate} for rate in (1e-6, 0.01)]}
    search = GridSearchCV(wrapped("SKLearnClassifier", 20), grid, cv=2).fit(X, y)
    assert search.best_params_["model_kwargs"]["rate"] == 0.01


def test_a_clone_keeps_the_arguments() -> None:
    made = clone(wrapped("SKLearnRegressor", 3))
    assert made.fit_kwargs == {"epochs": 3, "verbose": 0} and made.model is network


def test_warm_start() -> None:
    X, y = make_regression(40, 3, random_state=0)
    model = network(X, y, "mse", "linear")
    before = [weight.copy() for weight in model.get_weights()]
    made = wrappers.SKLearnRegressor(model, warm_start=True, fit_kwargs={"verbose": 0}).fit(X, y)
    assert made.model_ is model and not np.array_equal(model.get_weights()[0], before[0])
    again = made.fit(X, y).model_
    assert again is model and int(model.optimizer.iterations) == 4


@pytest.mark.skipif("clone_model" not in keras.models.__all__, reason="models are not cloned yet")
def test_a_model_is_cloned() -> None:
    X, y = make_regression(40, 3, random_state=0)
    model = network(X, y, "mse", "linear")
    before = [weight.copy() for weight in model.get_weights()]
    made = wrappers.SKLearnRegressor(model, fit_kwargs={"verbose": 0}).fit(X, y)
    assert made.model_ is not model
    np.testing.assert_array_equal(model.get_weights()[0], before[0])


@pytest.mark.parametrize(
    ("y", "text"),
    [
        (np.zeros(6), "only one class"),
        (np.linspace(0.1, 0.7, 6), "binary and multiclass target types are supported. Target type: continuous"),
    ],
)
def test_targets_that_are_no_classes(y: np.ndarray, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        wrapped("SKLearnClassifier").fit(np.ones((6, 2)), y)


def test_a_model_that_is_not_compiled() -> None:
    made = wrappers.SKLearnRegressor(lambda X, y: keras.Sequential([layers.Dense(1)]))
    with pytest.raises(RuntimeError, match="Given model needs to be compiled"):
        made.fit(np.ones((6, 2)), np.ones(6))


def test_routing_must_be_enabled() -> None:
    with pytest.raises(RuntimeError, match="enable_metadata_routing=True"):
        wrapped("SKLearnRegressor").set_fit_request(sample_weight=True)
