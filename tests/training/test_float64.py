"""Models of float64: what fit, evaluate and predict compute, and that nothing on the way is rounded to float32."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

RNG = np.random.default_rng(9)
X = RNG.normal(size=(60, 5))
Y = RNG.integers(0, 3, 60)
THIRD = 1 / 3


@pytest.fixture
def floatx() -> Iterator[None]:
    keras.config.set_floatx("float64")
    yield
    keras.config.set_floatx("float32")


def classifier(**how: Any) -> keras.Sequential:
    """A network of one layer of each kind; ``how`` goes to all of them."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.Input((5,), **how),
            layers.Dense(8, kernel_regularizer="l2", **how),
            layers.BatchNormalization(**how),
            layers.Activation("tanh", **how),
            layers.Dropout(0.2, **how),
            layers.Dense(6, "gelu", **how),
            layers.LayerNormalization(**how),
            layers.Dense(3, "softmax", **how),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def trained(model: keras.Sequential) -> tuple[np.ndarray, ...]:
    """Losses, weights and predictions of a short training."""
    history = model.fit(X, Y, batch_size=16, epochs=3, validation_split=0.2, verbose=0).history
    losses = np.array([history["loss"], history["val_loss"]])
    return losses, *model.get_weights(), np.array(model.evaluate(X, Y, verbose=0)), model.predict(X, verbose=0)


@pytest.mark.usefixtures("floatx")
def test_a_model_of_float64_computes_in_float64() -> None:
    model = classifier()
    results = trained(model)
    assert {v.dtype for v in (*model.weights, *model.optimizer.variables)} == {"float64", "int32"}
    assert results[-1].dtype == np.float64
    assert all(metric.dtype == "float64" for metric in model.metrics)
    keras.config.set_engine("reference")
    for got, want in zip(results, trained(classifier()), strict=True):
        np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)


def test_float64_is_not_float32_in_disguise() -> None:
    """The layers' own dtype, and floatx float32: two precisions' errors apart from the float32 model."""
    rounded, results = trained(classifier()), trained(classifier(dtype="float64"))
    apart = max(float(np.abs(a - b).max()) for a, b in zip(rounded, results, strict=True))
    assert 1e-8 < apart < 1e-3
    assert {a.dtype.name for a in results} == {"float64"}
    assert not any(np.array_equal(a, a.astype("float32")) for a in results)


@pytest.mark.usefixtures("floatx")
def test_numbers_of_the_compile_arguments_are_not_rounded() -> None:
    rate = keras.optimizers.SGD(0.1).learning_rate
    assert (rate.dtype, float(rate)) == ("float64", 0.1)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(keras.optimizers.schedules.PiecewiseConstantDecay([1], [0.1, 0.2])), "mse")
    model.fit(np.ones((1, 1)), np.full((1, 1), THIRD), verbose=0)
    assert model.get_weights()[0].item() == 0.1 * (2 * THIRD)
    nadam = keras.optimizers.Nadam()
    nadam.build(model.weights)
    assert nadam.variables[-1].dtype == "float64"


@pytest.mark.usefixtures("floatx")
@pytest.mark.parametrize("value", [np.float64(THIRD), np.longdouble(THIRD), np.uint64(2**33 + 1), np.uint32(2**32 - 1)])
def test_inputs_and_targets_are_not_rounded(value: Any) -> None:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile("sgd", "mae")
    data = np.full((2, 1), value)
    assert model.evaluate(np.zeros((2, 1)), data, verbose=0) == float(value)
    model.set_weights([np.ones((1, 1))])
    assert model.predict(data, verbose=0).tolist() == [[float(value)]] * 2
    assert model(data).tolist() == [[float(value)]] * 2


@pytest.mark.usefixtures("floatx")
def test_sample_and_class_weights_are_not_rounded() -> None:
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(1.0), "mae")
    x, y = np.ones((1, 1)), np.ones(1)
    assert model.evaluate(x, y, sample_weight=np.array([THIRD]), verbose=0) == THIRD
    for weights in ({"sample_weight": np.array([THIRD])}, {"class_weight": {1: THIRD}}):
        model.set_weights([np.zeros((1, 1))])
        model.fit(x, y, verbose=0, **weights)
        assert model.get_weights()[0].item() == THIRD


@pytest.mark.usefixtures("floatx")
def test_losses_metrics_and_callbacks_follow_floatx() -> None:
    y_true, y_pred = np.array([[0.0]]), np.array([[THIRD]])
    assert keras.losses.MeanAbsoluteError()(y_true, y_pred) == THIRD
    metric = keras.metrics.MeanAbsoluteError()
    metric.update_state(y_true, y_pred)
    assert metric.result() == THIRD
    stopping = keras.callbacks.EarlyStopping("loss")
    stopping.set_model(classifier())
    assert stopping.improves(1.0 - 1e-12, 1.0)
    keras.config.set_floatx("float32")
    assert not stopping.improves(1.0 - 1e-12, 1.0)
