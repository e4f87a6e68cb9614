from __future__ import annotations

import numpy as np
import pytest

from denim.program.formulas.losses import LOSSES
from denim.program.formulas.metrics import METRICS
from denim.program.specs import Loss, Metric


def values(name: str, y_true: object, y_pred: object, **settings: object) -> list:
    metric = Metric(name, name, **settings)  # type: ignore[arg-type]
    return METRICS[name](np.array(y_true), np.array(y_pred, "float32"), metric).tolist()


def test_the_threshold_is_strict():
    assert values("binary_accuracy", [0, 1, 1, 0], [[0.5], [0.5], [0.51], [0.51]]) == [[1.0], [0.0], [1.0], [0.0]]
    assert values("binary_accuracy", [[1]], [[0.3]], threshold=0.2) == [[1.0]]


def test_binary_accuracy_counts_elements():
    assert values("binary_accuracy", [[1, 0, 1]], [[0.9, 0.9, 0.9]]) == [[1.0, 0.0, 1.0]]


def test_the_first_maximum_wins():
    tie = [[0.4, 0.4, 0.2], [0.1, 0.45, 0.45]]
    assert values("sparse_categorical_accuracy", [0, 2], tie) == [1.0, 0.0]
    assert values("categorical_accuracy", [[1, 1, 0], [0, 1, 0]], tie) == [1.0, 1.0]


def test_class_numbers_may_have_a_last_axis():
    p = [[0.1, 0.9], [0.8, 0.2]]
    assert values("sparse_categorical_accuracy", [[1], [1]], p) == [1.0, 0.0]
    assert values("sparse_categorical_accuracy", [1.0, 0.0], p) == [1.0, 1.0]
    assert values("sparse_categorical_accuracy", [[0, 1]], [[[0.9, 0.1], [0.9, 0.1]]]) == [[1.0, 0.0]]


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_a_metric_with_the_same_values(name):
    rng = np.random.default_rng(2)
    y_pred = rng.uniform(0.1, 0.9, (5, 3)).astype("float32")
    formula = LOSSES[name]
    y_true = rng.integers(0, 3, 5) if formula.labels else rng.uniform(0, 1, (5, 3))
    settings = {"from_logits": formula.takes_logits, "label_smoothing": 0.1 * formula.takes_smoothing}
    want = formula.values(y_true, y_pred, Loss(name, **settings))
    assert np.array_equal(METRICS[name](y_true, y_pred, Metric(name, "m", **settings)), want)


@pytest.mark.parametrize("name", METRICS)
def test_values_are_in_the_dtype_of_the_prediction(name):
    y_true = np.array([0, 1]) if "sparse" in name else np.array([[0, 1], [1, 0]])
    for dtype in ("float32", "float64"):
        assert METRICS[name](y_true, np.full((2, 2), 0.5, dtype), Metric(name, "m")).dtype == dtype
