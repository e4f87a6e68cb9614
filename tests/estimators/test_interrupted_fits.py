"""Ctrl-C: the training ends with a warning, and the estimator is what it has become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn.base import BaseEstimator
from sklearn.datasets import make_classification
from sklearn.neural_network import MLPClassifier

from denim.estimators import DenseClassifier, DenseRegressor, training

QUICK: dict[str, Any] = {"hidden_layer_sizes": (8,), "epochs": 6, "random_state": 0}
X, CLASSES = make_classification(120, 5, n_informative=4, n_redundant=1, n_classes=3, random_state=0)

Press = Callable[[int], None]


@pytest.fixture
def press(monkeypatch: pytest.MonkeyPatch) -> Press:
    """Press Ctrl-C when the training has come to the end of an epoch, the first being 0, that then does not count."""

    def at(epoch: int) -> None:
        def stop(loss: float, now: int) -> float:
            if now == epoch:
                raise KeyboardInterrupt
            return finite(loss, now)

        monkeypatch.setattr(training, "_finite", stop)

    finite = training._finite
    return at


@pytest.mark.parametrize("early_stopping", [False, True])
@pytest.mark.parametrize("kind", [DenseClassifier, DenseRegressor])
def test_what_was_learnt_is_kept(kind: type, early_stopping: bool, press: Press) -> None:
    made = kind(**QUICK, early_stopping=early_stopping)
    whole = made.fit(X, CLASSES).loss_curve_
    press(3)
    with pytest.warns(UserWarning, match=r"Training interrupted by user\."):
        assert made.fit(X, CLASSES) is made
    assert made.n_iter_ == 3 and made.loss_curve_ == whole[:3] and made.loss_ == whole[2]
    if early_stopping:
        assert len(made.validation_scores_) == 3
        assert made.best_validation_score_ == max(made.validation_scores_)
    assert np.isfinite(made.predict(X)).all()


def test_before_the_first_epoch_has_ended(press: Press) -> None:
    press(0)
    made = DenseClassifier(**QUICK, early_stopping=True)
    with pytest.warns(UserWarning, match="interrupted"):
        made.fit(X, CLASSES)
    assert made.n_iter_ == 0 and made.loss_curve_ == [] and np.isnan(made.loss_)
    assert set(made.predict(X)) <= set(CLASSES)


def test_another_fit_goes_on(press: Press) -> None:
    made = DenseClassifier(**QUICK, warm_start=True)
    press(4)
    with pytest.warns(UserWarning, match="interrupted"):
        made.fit(X, CLASSES)
    press(-1)
    made.fit(X, CLASSES)
    assert len(made.loss_curve_) == 10 and made.loss_curve_[9] < made.loss_curve_[3]


def test_before_the_training_nothing_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    made = DenseClassifier(**QUICK).fit(X, CLASSES)
    before = {name: id(value) for name, value in vars(made).items()}

    def stop(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("denim.estimators.base.network", stop)
    with pytest.raises(KeyboardInterrupt):
        made.fit(X[:, :3], CLASSES)
    assert {name: id(value) for name, value in vars(made).items()} == before


def test_scikit_learn_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def stop(self: BaseEstimator, *arguments: Any) -> None:
        seen.append(self.loss_)
        if len(seen) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(MLPClassifier, "_update_no_improvement_count", stop)
    made = MLPClassifier((8,), max_iter=6, random_state=0)
    with pytest.warns(UserWarning, match=r"Training interrupted by user\."):
        made.fit(X, CLASSES)
    assert made.loss_curve_ == seen and set(made.predict(X)) <= set(CLASSES)
