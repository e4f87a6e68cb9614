"""Models with a ``call``: losses of their own alone, and what the logs call their outputs.

The numbers and names are those of Keras 3.15 on JAX.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers, ops

X = np.arange(12.0).reshape(6, 2) / 10
ONE, TWO = np.ones((6, 1)), np.eye(2)[[0, 1, 0, 1, 1, 1]]


class Autoencoder(keras.Model):
    """Its only loss is what it adds."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = layers.Dense(1, kernel_initializer="ones")
        self.outer = layers.Dense(2, kernel_initializer="ones")

    def call(self, x: Any) -> Any:
        y = self.outer(self.inner(x))
        self.add_loss(ops.mean(ops.square(x - y)))
        return y


def test_add_loss_may_be_the_only_loss() -> None:
    model = Autoencoder()
    model.compile(keras.optimizers.SGD(0.1))
    history = model.fit(X, epochs=2, shuffle=False, verbose=0).history
    assert list(history) == ["loss"]
    np.testing.assert_allclose(history["loss"][0], np.mean((X - X.sum(axis=1, keepdims=True)) ** 2), rtol=1e-5)
    assert history["loss"][1] < history["loss"][0]
    before = model.evaluate(X, verbose=0)
    assert model.train_on_batch(X) == pytest.approx(before, rel=1e-5)
    assert model.fit(X, ONE, verbose=0).history.keys() == {"loss"}


def test_without_any_loss_it_is_still_an_error() -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
    model.compile("sgd")
    for call in (lambda: model.fit(X, ONE, verbose=0), lambda: model.train_on_batch(X, ONE)):
        with pytest.raises(ValueError, match="No loss to compute"):
            call()


class Two(keras.Model):
    def __init__(self, kind: type) -> None:
        super().__init__()
        self.one = layers.Dense(1, kernel_initializer="ones")
        self.two = layers.Dense(2, activation="softmax", kernel_initializer="ones")
        self.kind = kind

    def call(self, x: Any) -> Any:
        return self.kind((self.one(x), self.two(x)))


@pytest.mark.parametrize("kind", [tuple, list])
@pytest.mark.parametrize(
    ("settings", "logs", "listed"),
    [
        ({"loss": "mse"}, {"loss": 0.7267, "mse_loss": 0.25}, [0.7192, 0.2495, 0.2495]),
        (
            {"loss": ["mse", "mae"], "metrics": [["mae"], ["accuracy"]]},
            {"accuracy": 0.3333, "loss": 0.9767, "mae": 0.6, "mae_loss": 0.5, "mse_loss": 0.4767},
            [0.9692, 0.5965, 0.6667, 0.4697, 0.4995],
        ),
        (
            {
                "loss": [keras.losses.MeanSquaredError(), keras.losses.CategoricalCrossentropy(name="hey")],
                "metrics": ["mae", "mae"],
            },
            {"hey_loss": 0.6931, "loss": 1.1698, "mae": 0.6, "mae_1": 0.5, "mean_squared_error_loss": 0.4767},
            [1.1608, 0.5965, 0.5965, 0.4697, 0.6911, 0.499],
        ),
        (
            {"loss": "mse", "metrics": ["mae", ["mae", "mse"]], "weighted_metrics": ["mae", None]},
            {"loss": 0.7267, "mae": 0.6, "mae_1": 0.5, "mse": 0.25, "mse_loss": 0.25, "weighted_mae": 0.6},
            [0.7192, 0.5965, 0.5965, 0.2495, 0.5965, 0.2495, 0.2495, 0.4995, 0.5965],
        ),
    ],
    ids=["one-loss", "names", "objects", "weighted"],
)
def test_outputs_without_names(kind: type, settings: dict[str, Any], logs: dict[str, float], listed: Any) -> None:
    model = Two(kind)
    model.compile("sgd", **settings)
    history = model.fit(X, kind((ONE, TWO)), shuffle=False, verbose=0).history
    assert {name: round(values[0], 4) for name, values in history.items()} == logs
    np.testing.assert_allclose(model.evaluate(X, kind((ONE, TWO)), verbose=0), listed, atol=1e-4)
