from __future__ import annotations

import numpy as np
import pytest

from denim.judging.scores import baseline, scores

DRAWS = np.random.default_rng(0)


def test_classes_as_scikit_learn_counts_them() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="compared with scikit-learn's")
    y = DRAWS.integers(0, 3, 200)
    outputs = DRAWS.dirichlet([1, 1, 1], 200)
    found = scores("multiclass", y, outputs)
    assert found == pytest.approx(
        {
            "accuracy": metrics.accuracy_score(y, outputs.argmax(1)),
            "balanced accuracy": metrics.balanced_accuracy_score(y, outputs.argmax(1)),
            "log loss": metrics.log_loss(y, outputs),
        }
    )


def test_two_classes_as_scikit_learn_counts_them() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="compared with scikit-learn's")
    y, said = DRAWS.integers(0, 2, 300), DRAWS.random(300).round(1)
    found = scores("binary", y, said[:, None])
    assert found["ROC AUC"] == pytest.approx(metrics.roc_auc_score(y, said))
    assert found["log loss"] == pytest.approx(metrics.log_loss(y, np.clip(said, 1e-7, 1 - 1e-7)), rel=1e-5)
    assert "ROC AUC" not in scores("binary", np.ones(4, int), said[:4, None])


def test_numbers_as_scikit_learn_counts_them() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="compared with scikit-learn's")
    y, said = DRAWS.normal(size=100).astype(np.float32), DRAWS.normal(size=(100, 1)).astype(np.float32)
    found = scores("regression", y, said)
    assert found["RMSE"] == pytest.approx(metrics.mean_squared_error(y, said) ** 0.5, rel=1e-5)
    assert found["MAE"] == pytest.approx(metrics.mean_absolute_error(y, said), rel=1e-5)
    assert found["R²"] == pytest.approx(metrics.r2_score(y, said[:, 0]), rel=1e-5)


def test_the_baselines() -> None:
    most = baseline("multiclass", np.array([0, 1, 1, 2]), np.array([1, 1, 0]), 3)
    assert most == pytest.approx(
        {"accuracy": 2 / 3, "balanced accuracy": 0.5, "log loss": -(2 * np.log(0.5) + np.log(0.25)) / 3}
    )
    two = baseline("binary", np.array([0, 0, 1]), np.array([0, 1]), 2)
    assert (two["accuracy"], two["ROC AUC"]) == (0.5, 0.5)
    mean = baseline("regression", np.array([1.0, 3.0]), np.array([2.0, 4.0]), 0)
    assert mean == pytest.approx({"RMSE": 2**0.5, "MAE": 1.0, "R²": -1.0})
    both = baseline("regression", np.array([[1.0, 10], [3.0, 20]]), np.array([[2.0, 15.0]]), 0)
    assert both["RMSE"] == 0
