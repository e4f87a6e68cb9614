"""A fit that is refused leaves the estimator as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.datasets import make_classification, make_regression

from denim.estimators import DenseClassifier, DenseRegressor

QUICK: dict[str, Any] = {"hidden_layer_sizes": (8,), "epochs": 3, "random_state": 0}
X, CLASSES = make_classification(120, 5, n_informative=4, n_redundant=1, n_classes=3, random_state=0)
NUMBERS = make_regression(120, 5, n_targets=2, random_state=0)[1]
HOLES = np.where(np.arange(120)[:, None] == 3, np.nan, X)
OTHER = X[:, :3], (CLASSES > 0).astype(int)
"""Fewer features and fewer classes than the first fit has."""


def state(made: Any) -> dict[str, Any]:
    """All attributes, and what the model computes with."""
    values = {name: repr(value) for name, value in vars(made).items()}
    if hasattr(made, "model_"):
        variables = (*made.model_.variables, *made.model_.optimizer.variables)
        values |= {"weights": [variable.numpy().tolist() for variable in variables], "model": id(made.model_)}
    return values


REFUSED: dict[str, tuple[dict[str, Any], tuple[Any, ...], str]] = {
    "a parameter": ({"dropout": 2}, OTHER, "`dropout` must be"),
    "features with gaps": ({}, (HOLES, CLASSES), "NaN"),
    "rows of two lengths": ({}, (X[:5, :3], CLASSES), "inconsistent numbers of samples"),
    "weights below zero": ({}, (*OTHER, np.full(120, -1.0)), "numbers of at least 0"),
    "weights that are all zero": ({}, (*OTHER, np.zeros(120)), "zero"),
    "too few rows for validation": ({"early_stopping": True}, (OTHER[0][:1], [0]), "keeps rows for validation"),
    "an optimizer that there is not": ({"optimizer": "adm"}, OTHER, "Did you mean 'adam'"),
    "an activation that there is not": ({"activation": "rleu"}, OTHER, "Did you mean 'relu'"),
    "a lost loss": ({"optimizer": "sgd", "learning_rate": 1e200}, OTHER, "The loss must stay finite"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("kind", [DenseClassifier, DenseRegressor])
def test_a_refused_fit_changes_nothing(kind: type, case: str) -> None:
    parameters, data, text = REFUSED[case]
    fresh = kind(**QUICK).set_params(**parameters)
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=text):
        fresh.fit(*data)
    assert not [name for name in vars(fresh) if name.endswith("_")]
    made = kind(**QUICK).fit(X, CLASSES).set_params(**parameters)
    before, predicted = state(made), made.predict(X)
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=text):
        made.fit(*data)
    assert state(made) == before
    np.testing.assert_array_equal(made.predict(X), predicted)


def test_class_weights_that_cannot_be_used_change_nothing() -> None:
    made = DenseClassifier(**QUICK).fit(X, CLASSES).set_params(class_weight="equal")
    before = state(made)
    with pytest.raises(ValueError, match="class_weight"):
        made.fit(*OTHER)
    assert state(made) == before


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
@pytest.mark.parametrize(
    ("data", "text"),
    [
        ((X[:, :3], CLASSES), "features"),
        ((HOLES, CLASSES), "NaN"),
        ((X, CLASSES + 1), "made for classes"),
    ],
)
def test_going_on_with_data_that_are_refused_changes_nothing(method: str, data: Any, text: str) -> None:
    made = DenseClassifier(**QUICK, warm_start=True).fit(X, CLASSES)
    before = state(made)
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=text):
        getattr(made, method)(*data)
    assert state(made) == before
    assert np.isfinite(made.fit(X, CLASSES).loss_)


def test_a_refused_first_part_leaves_no_classes() -> None:
    made = DenseClassifier(**QUICK)
    with pytest.raises(ValueError, match="NaN"):
        made.partial_fit(HOLES, CLASSES, classes=[0, 1, 2])
    assert not hasattr(made, "classes_")
    regressor = DenseRegressor(**QUICK).partial_fit(X, NUMBERS)
    before = state(regressor)
    with pytest.raises(ValueError, match="predicts 2 numbers"):
        regressor.partial_fit(X, NUMBERS[:, 0])
    assert state(regressor) == before


@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_loss_that_is_lost_on_the_way_changes_nothing(method: str) -> None:
    made = DenseRegressor(**QUICK, warm_start=True).fit(X, NUMBERS)
    before = state(made)
    with np.errstate(all="ignore"), pytest.raises(ValueError, match="The loss must stay finite"):
        getattr(made, method)(X, NUMBERS * 1e200)
    assert state(made) == before
