from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.program import nodes

X = np.random.default_rng(2).normal(3.0, 2.0, (20, 4)).astype("float32")


def test_batch_normalization_uses_the_moving_statistics() -> None:
    layer = layers.BatchNormalization(epsilon=0.1)
    assert [tuple(w.shape) for w in (layer.build((None, 4)), layer.weights)[1]] == [(4,)] * 4
    assert [w.path for w in layer.weights] == [
        f"batch_normalization/{name}" for name in ("gamma", "beta", "moving_mean", "moving_variance")
    ]
    gamma, beta, mean, variance = (np.array(v, "float32") for v in ([1, 2, 3, 4], [0, 1, 0, 1], [3] * 4, [4] * 4))
    layer.set_weights([gamma, beta, mean, variance])
    np.testing.assert_allclose(layer(X), (X - 3) / np.sqrt(4.1) * gamma + beta, rtol=1e-5)


def test_batch_normalization_uses_the_batch_while_training() -> None:
    layer = layers.BatchNormalization()
    expected = (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + 1e-3)
    np.testing.assert_allclose(layer(X, training=True), expected, rtol=1e-4, atol=1e-5)
    layer.trainable = False
    np.testing.assert_allclose(layer(X, training=True), X / np.sqrt(1 + 1e-3), rtol=1e-5)


def test_moving_statistics_follow_the_batches() -> None:
    layer = layers.BatchNormalization(momentum=0.75)
    model = keras.Sequential([keras.Input(shape=(4,)), layer, layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.0), loss="mse")
    model.fit(X, X[:, 0], batch_size=20, verbose=0)
    _, _, mean, variance = layer.get_weights()
    np.testing.assert_allclose(mean, 0.25 * X.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(variance, 0.75 + 0.25 * X.var(axis=0), rtol=1e-5)
    layer.trainable = False
    model.compile(keras.optimizers.SGD(0.0), loss="mse")
    model.fit(X, X[:, 0], batch_size=20, verbose=0)
    np.testing.assert_array_equal(layer.get_weights()[2], mean)


@pytest.mark.parametrize(
    ("layer", "names"),
    [
        (layers.BatchNormalization(), ["gamma", "beta", "moving_mean", "moving_variance"]),
        (layers.BatchNormalization(scale=False), ["beta", "moving_mean", "moving_variance"]),
        (layers.BatchNormalization(center=False, scale=False), ["moving_mean", "moving_variance"]),
        (layers.LayerNormalization(), ["gamma", "beta"]),
        (layers.LayerNormalization(center=False), ["gamma"]),
    ],
)
def test_weights_and_what_can_be_learnt(layer: Any, names: list[str]) -> None:
    layer.build((None, 4))
    learnt = [name for name in names if not name.startswith("moving")]
    assert [w.name for w in layer.weights] == names
    assert [w.name for w in layer.trainable_weights] == learnt
    layer.trainable = False
    assert layer.trainable_weights == []
    layer.trainable = True
    assert [w.name for w in layer.trainable_weights] == learnt


@pytest.mark.parametrize("options", [{}, {"center": False, "scale": False}])
def test_freezing_lowers_the_model_anew(options: dict[str, Any]) -> None:
    layer = layers.BatchNormalization(**options)
    model = keras.Sequential([keras.Input(shape=(4,)), layer])
    outer = keras.Sequential([keras.Input(shape=(4,)), model])
    for flag in (True, False, True):
        layer.trainable = flag
        for each in (model, outer):
            (node,) = (n for n in each.lower().nodes if isinstance(n, nodes.BatchNormalization))
            assert node.frozen is not flag
    assert model.lower() is model.lower()


def test_layer_normalization() -> None:
    layer = layers.LayerNormalization(epsilon=0.01, gamma_initializer="ones", beta_initializer="ones")
    expected = (X - X.mean(axis=1, keepdims=True)) / np.sqrt(X.var(axis=1, keepdims=True) + 0.01) + 1
    np.testing.assert_allclose(layer(X), expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer(X.reshape(4, 5, 4)), expected.reshape(4, 5, 4), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", [layers.BatchNormalization, layers.LayerNormalization])
@pytest.mark.parametrize("axis", [-1, 1, [1]])
def test_the_last_axis_by_any_name(kind: Any, axis: Any) -> None:
    np.testing.assert_array_equal(kind(axis=axis)(X), kind()(X))


@pytest.mark.parametrize("kind", [layers.BatchNormalization, layers.LayerNormalization])
@pytest.mark.parametrize(
    ("axis", "error", "text"),
    [
        (0, ValueError, "axis 0 is the batch axis"),
        ([-3], ValueError, "axis -3 is the batch axis"),
        (3, ValueError, "axis 3 is out of bounds for an input of 3 axes"),
        ("last", TypeError, "`axis` must be an integer, or a list of integers. Received: axis='last'"),
    ],
)
def test_other_axes(kind: Any, axis: Any, error: type[Exception], text: str) -> None:
    layer = kind(axis=axis)
    with pytest.raises(error) as refusal:
        layer.build((None, 5, 4))
    assert f"{kind.__name__}" in str(refusal.value) and text in str(refusal.value)
    assert not layer.built and layer.weights == []


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.BatchNormalization(momentum=1.5), ValueError, "`momentum` must be a number from 0 to 1"),
        (lambda: layers.BatchNormalization(epsilon="1e-3"), ValueError, "`epsilon` must be a number from 0 to 1"),
        (lambda: layers.LayerNormalization(epsilon=-1), ValueError, "`epsilon` must be a number from 0 to 1"),
        (lambda: layers.BatchNormalization(renorm=True), NotImplementedError, "renorm"),
        (lambda: layers.BatchNormalization(gamma_constraint="max"), ValueError, "constraint identifier: max."),
        (lambda: layers.LayerNormalization(rms_scaling=True), NotImplementedError, "rms_scaling"),
        (lambda: layers.BatchNormalization(momentun=0.9), ValueError, "Did you mean 'momentum'?"),
        (lambda: layers.BatchNormalization()(np.zeros(3)), ValueError, "expected min_ndim=2"),
    ],
)
def test_bad_arguments(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)


def test_another_width_is_refused() -> None:
    layer = layers.BatchNormalization()
    layer(X)
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 4, but received input with"):
        layer(X[:, :3])


@pytest.mark.parametrize(
    "layer",
    [
        layers.BatchNormalization(momentum=0.9, scale=False, beta_regularizer="l2", beta_initializer="ones"),
        layers.LayerNormalization(epsilon=0.1, center=False, gamma_regularizer="l1"),
    ],
)
def test_configuration(layer: Any) -> None:
    twin = type(layer).from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    layer.build((None, 4))
    assert type(layer).from_config(layer.get_config())(X).shape == X.shape
