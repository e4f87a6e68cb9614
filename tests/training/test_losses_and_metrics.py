from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denim import losses, metrics

PROBABILITIES = [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8]]
LABELS = [0, 1]


def test_values_and_reductions() -> None:
    values = -np.log([0.7, 0.1])
    sparse = losses.SparseCategoricalCrossentropy
    assert sparse()(LABELS, PROBABILITIES) == pytest.approx(values.mean())
    assert sparse()(LABELS, PROBABILITIES).numpy().dtype == "float32"
    weights = [1.0, 3.0]
    weighted = values * weights
    for reduction, expected in {
        "sum_over_batch_size": weighted.sum() / 2,
        "mean": weighted.sum() / 2,
        "sum": weighted.sum(),
        "mean_with_sample_weight": weighted.sum() / 4,
    }.items():
        assert sparse(reduction=reduction)(LABELS, PROBABILITIES, weights) == pytest.approx(expected, rel=1e-6)
        column = [[w] for w in weights]
        assert sparse(reduction=reduction)(LABELS, PROBABILITIES, column) == pytest.approx(expected, rel=1e-6)
    for none in ("none", None):
        np.testing.assert_allclose(sparse(reduction=none)(LABELS, PROBABILITIES, weights), weighted, rtol=1e-6)
    with pytest.raises(ValueError, match="Invalid value for argument `reduction`"):
        sparse(reduction="average")


def test_functions_give_one_value_a_sample() -> None:
    one_hot = np.eye(3)[LABELS]
    np.testing.assert_allclose(losses.categorical_crossentropy(one_hot, PROBABILITIES), -np.log([0.7, 0.1]), rtol=1e-6)
    np.testing.assert_allclose(losses.mean_squared_error([1.0, 2.0], [[1.0], [4.0]]), [0.0, 4.0])
    assert metrics.sparse_categorical_accuracy(LABELS, PROBABILITIES).tolist() == [1.0, 0.0]
    assert metrics.categorical_accuracy(one_hot, PROBABILITIES).tolist() == [1.0, 0.0]
    assert metrics.binary_accuracy([1, 0, 1], [[0.5], [0.4], [0.6]]).ravel().tolist() == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: losses.CategoricalCrossentropy()(LABELS, PROBABILITIES), "target.shape=(2,), output.shape=(2, 3)"),
        (lambda: losses.BinaryCrossentropy()(LABELS, PROBABILITIES), "must have the same shape"),
        (lambda: losses.MeanSquaredError()([[1.0, 2.0]], [[1.0], [2.0]]), "must have the same shape"),
        (lambda: losses.SparseCategoricalCrossentropy()([0, 3], PROBABILITIES), "Class numbers must be from 0 to 2"),
        (lambda: losses.SparseCategoricalCrossentropy()([0, -1], PROBABILITIES), "Received `y_true` from -1"),
        (
            lambda: losses.MeanSquaredError()([[1.0], [2.0]], [[1.0], [2.0]], [1.0, 2.0, 3.0]),
            "one number for each value",
        ),
        (lambda: losses.SparseCategoricalCrossentropy(axis=0), "`axis` must be -1"),
        (lambda: losses.CategoricalCrossentropy(label_smoothing=2.0), "`label_smoothing` must be from 0 to 1"),
        (lambda: metrics.CategoricalAccuracy()(LABELS, PROBABILITIES), "must have the same shape"),
        (lambda: losses.get(np.zeros(3)), "Could not interpret loss identifier"),
        (lambda: metrics.get(3), "Could not interpret metric identifier: 3."),
    ],
)
def test_what_does_not_go_together_is_refused(call: Any, text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        call()
    assert text in str(refusal.value)


@pytest.mark.parametrize("module", [losses, metrics])
def test_get_and_configurations(module: Any) -> None:
    for short in ("mse", "MSE", "mae", "bce", "MeanSquaredError", "categorical_crossentropy"):
        assert callable(module.get(short))
    assert module.get(None) is None
    for name in ("BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "MeanAbsoluteError"):
        made = module.get({"class_name": name, "config": {"name": "mine"}})
        assert made.name == "mine"
        assert type(made).from_config(made.get_config()).get_config() == made.get_config()
        assert isinstance(module.get(getattr(module, name)), getattr(module, name))


def test_metrics_count_over_batches() -> None:
    accuracy = metrics.SparseCategoricalAccuracy()
    accuracy.update_state(LABELS, PROBABILITIES)
    accuracy.update_state([2], [[0.1, 0.2, 0.7]])
    assert accuracy.result() == np.float32(2 / 3)
    accuracy.reset_state()
    assert accuracy.result() == 0.0
    assert accuracy([0, 1], PROBABILITIES, sample_weight=[3.0, 1.0]) == np.float32(0.75)


def test_mean() -> None:
    mean = metrics.Mean()
    assert mean([1, 3, 5, 7]) == 4.0
    mean.reset_state()
    assert mean([1, 3, 5, 7], sample_weight=[1, 1, 0, 0]) == 2.0
    mean.reset_state()
    assert mean(3.0) == 3.0
    mean.reset_state()
    assert mean([[1, 3], [5, 7]], sample_weight=0.5) == 4.0
    with pytest.raises(ValueError, match="one number a sample: 2 of them"):
        mean([1, 2], sample_weight=[1, 2, 3])


def test_a_function_of_ones_own_as_a_metric() -> None:
    metric = metrics.MeanMetricWrapper(lambda t, p, power: np.abs(t - p) ** power, name="cubed", power=3)
    assert metric(np.array([1.0, 2.0]), np.array([3.0, 2.0])) == 4.0
    assert metric.name == "cubed"


def test_a_loss_of_ones_own_works_on_arrays() -> None:
    class Largest(losses.Loss):
        def call(self, y_true: np.ndarray, y_pred: np.ndarray) -> Any:
            return np.abs(y_true - y_pred).max(axis=-1)

    assert Largest()([[0.0, 1.0]], [[3.0, 1.0]]) == 3.0
    assert Largest().name.startswith("largest")
