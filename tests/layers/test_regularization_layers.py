"""Noise while training, and penalties on what passes through."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.program.formulas.noise import ALPHA

X = np.random.default_rng(7).standard_normal((400, 30)).astype("float32")
CUBE = np.ones((50, 4, 6), "float32")


@pytest.mark.parametrize(
    "layer",
    [
        layers.Dropout(0.4),
        layers.GaussianNoise(0.5),
        layers.GaussianDropout(0.3),
        layers.AlphaDropout(0.4),
        layers.Dropout(0.4, (None, 1)),
        layers.AlphaDropout(0.4, (1, 30)),
    ],
)
def test_only_while_training(layer: Any) -> None:
    np.testing.assert_allclose(layer(X), X, rtol=1e-6)
    keras.utils.set_random_seed(1)
    first = layer(X, training=True)
    assert not np.array_equal(first, X) and not np.array_equal(layer(X, training=True), first)
    keras.utils.set_random_seed(1)
    np.testing.assert_array_equal(layer(X, training=True), first)


def test_a_seed_fixes_the_noise() -> None:
    for make in (layers.GaussianNoise, layers.GaussianDropout, layers.AlphaDropout):
        layer = make(0.3, seed=5)
        np.testing.assert_array_equal(layer(X, training=True), layer(X, training=True))
        assert layer.get_config()["seed"] == 5


def test_moments() -> None:
    noise = layers.GaussianNoise(0.5, seed=1)(X, training=True) - X
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 0.5) < 0.02
    factor = layers.GaussianDropout(0.2, seed=1)(X, training=True) / X
    assert abs(factor.mean() - 1.0) < 0.02 and abs(factor.std() - 0.5) < 0.02
    kept = layers.AlphaDropout(0.3, seed=1)(X, training=True)
    assert abs(kept.mean() - X.mean()) < 0.03 and abs(kept.std() - X.std()) < 0.03


@pytest.mark.parametrize("kind", [layers.Dropout, layers.AlphaDropout])
@pytest.mark.parametrize(
    ("shape", "alike"), [((None, 1, 6), 1), ([50, 4, 1], 2), ((1, 4, 6), 0), ((1, 1, 6), (0, 1)), ((1, None, None), 0)]
)
def test_the_shape_of_the_mask(kind: Any, shape: Any, alike: Any) -> None:
    y = kind(0.5, noise_shape=shape, seed=2)(CUBE, training=True)
    assert len(np.unique(y)) == 2
    np.testing.assert_array_equal(y, np.broadcast_to(np.min(y, axis=alike, keepdims=True), y.shape))
    if kind is layers.AlphaDropout:
        a = (0.5 * (1 + 0.5 * ALPHA**2)) ** -0.5
        np.testing.assert_allclose(np.unique(y), sorted([a - a * ALPHA * 0.5, a * ALPHA * 0.5]), rtol=1e-5)
    else:
        assert set(np.unique(y)) == {0.0, 2.0}


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.GaussianNoise(1.5), "Expected a float value between 0 and 1"),
        (lambda: layers.GaussianDropout(1), "GaussianDropout: `rate` is the fraction to drop"),
        (lambda: layers.AlphaDropout(-0.1), "AlphaDropout: `rate` is the fraction to drop"),
        (lambda: layers.AlphaDropout(0.1, seed=0.5), "AlphaDropout: seed must be an integer"),
        (lambda: layers.Dropout(0.1, noise_shape="all"), "Dropout: `noise_shape` must be a tuple or list"),
        (lambda: layers.Dropout(0.1, (None, 0)), "Dropout: `noise_shape` must be a tuple or list"),
        (lambda: layers.Dropout(0.1, (None, 7))(X), "must be 1, None, or those of the input"),
        (lambda: layers.Dropout(0.1, (None, 1, 30))(X), "must be 1, None, or those of the input"),
        (lambda: layers.ActivityRegularization(l1=-1), "expected a non-negative float"),
        (lambda: layers.Flatten(activity_regularizer="l3"), "Could not interpret regularizer identifier: l3"),
    ],
)
def test_bad_arguments(make: Any, text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        make()
    assert text in str(refusal.value)


@pytest.mark.parametrize(
    ("layer", "penalty"),
    [
        (lambda: layers.ActivityRegularization(0.1, 0.01), lambda x: 0.1 * np.abs(x).sum() + 0.01 * (x * x).sum()),
        (lambda: layers.Flatten(activity_regularizer="l2"), lambda x: 0.01 * (x * x).sum()),
        (lambda: layers.Identity(activity_regularizer=keras.regularizers.L1(0.2)), lambda x: 0.2 * np.abs(x).sum()),
        (lambda: layers.ActivityRegularization(), lambda x: 0.0),
    ],
)
def test_penalties_are_averaged_over_the_batch(layer: Any, penalty: Any) -> None:
    inner = keras.Sequential([keras.Input((30,)), layer()])
    model = keras.Sequential([keras.Input((30,)), inner, layers.Rescaling(0.0), layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.SGD(0.0), "mse")
    expected = penalty(X.astype("float64")) / len(X)
    np.testing.assert_allclose(model.evaluate(X, np.zeros(len(X)), verbose=0), expected, rtol=1e-5, atol=1e-9)
    history = model.fit(X, np.zeros(len(X)), batch_size=100, verbose=0).history
    np.testing.assert_allclose(history["loss"], [expected], rtol=1e-5, atol=1e-9)


def test_a_penalty_trains_what_makes_the_activity() -> None:
    model = keras.Sequential([keras.Input((30,)), layers.Dense(3, activity_regularizer=keras.regularizers.L2(1.0))])
    model.compile(keras.optimizers.SGD(0.02), loss=keras.losses.MeanSquaredError(), loss_weights=0.0)
    before = np.abs(model(X)).mean()
    model.fit(X, np.zeros((len(X), 3)), epochs=3, verbose=0)
    assert np.abs(model(X)).mean() < before / 2
