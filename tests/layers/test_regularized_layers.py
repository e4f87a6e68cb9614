from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers, regularizers
from denim.program import specs


@pytest.mark.parametrize(
    ("regularizer", "penalty", "spec"),
    [
        (regularizers.L1(0.5), 3.0, specs.Regularizer(l1=0.5)),
        (regularizers.L2(0.5), 7.0, specs.Regularizer(l2=0.5)),
        (regularizers.L1L2(0.5, 0.25), 6.5, specs.Regularizer(0.5, 0.25)),
        (regularizers.L1L2(), 0.0, specs.Regularizer()),
        (regularizers.get("l1"), 0.06, specs.Regularizer(l1=0.01)),
        (regularizers.get("L2"), 0.14, specs.Regularizer(l2=0.01)),
    ],
)
def test_penalties(regularizer: Any, penalty: float, spec: specs.Regularizer) -> None:
    value = regularizer(np.array([[1.0, -2.0], [3.0, 0.0]], "float32"))
    assert value.dtype == np.float32 and value == np.float32(penalty)
    assert regularizer.spec() == spec


@pytest.mark.parametrize("regularizer", [regularizers.L1(0.1), regularizers.L2(0.2), regularizers.L1L2(0.3, 0.4)])
def test_configuration(regularizer: Any) -> None:
    config = regularizers.serialize(regularizer)
    assert config == {
        "module": "keras.regularizers",
        "class_name": type(regularizer).__name__,
        "config": regularizer.get_config(),
        "registered_name": None,
    }
    twin = regularizers.get(config)
    assert type(twin) is type(regularizer) and twin is not regularizer
    assert twin is not None and twin.spec() == regularizer.spec()
    assert regularizers.serialize(None) is None


def test_get() -> None:
    one = regularizers.L2(0.1)
    assert regularizers.get(one) is one and regularizers.get(None) is None
    assert isinstance(regularizers.get(regularizers.L1), regularizers.L1)
    for name in ("l1_l2", "l1l2", "L1L2"):
        assert isinstance(regularizers.get(name), regularizers.L1L2)
    assert regularizers.l1_l2(l1=0.1).get_config() == {"l1": 0.1, "l2": 0.0}
    assert regularizers.L2(None).l2 == regularizers.L1(None).l1 == 0.01


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf"), "0.1", True])
@pytest.mark.parametrize("kind", [regularizers.L1, regularizers.L2, regularizers.L1L2])
def test_factors(kind: Any, factor: Any) -> None:
    with pytest.raises(ValueError, match=r"Invalid value for argument l[12]: expected a non-negative float"):
        kind(factor)


@pytest.mark.parametrize(
    ("identifier", "error", "text"),
    [
        ("l3", ValueError, "Could not interpret regularizer identifier: l3."),
        ("l1_l3", ValueError, "Could not interpret regularizer identifier: l1_l3. Did you mean 'l1_l2'?"),
        (0.01, ValueError, "Could not interpret regularizer identifier: 0.01. Did you mean L2(0.01)?"),
        ({"class_name": "OS"}, ValueError, "Could not interpret regularizer identifier: OS."),
    ],
)
def test_what_is_no_regularizer(identifier: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        layers.Dense(3, kernel_regularizer=identifier)
    assert str(refusal.value).startswith(text)


def test_a_layer_hands_them_on() -> None:
    dense = layers.Dense(3, kernel_regularizer="l2", bias_regularizer=regularizers.L1(0.5), bias_initializer="ones")
    norm = layers.BatchNormalization(gamma_regularizer="l1", beta_regularizer="l2")
    model = keras.Sequential([keras.Input(shape=(2,)), dense, norm])
    found = {p.name.rpartition("/")[2]: p.regularizer for p in model.lower().parameters}
    assert found == {
        "kernel": specs.Regularizer(l2=0.01),
        "bias": specs.Regularizer(l1=0.5),
        "gamma": specs.Regularizer(l1=0.01),
        "beta": specs.Regularizer(l2=0.01),
        "moving_mean": None,
        "moving_variance": None,
    }
    kernel, bias, gamma, beta = (float(loss) for loss in model.losses)
    np.testing.assert_allclose(kernel, 0.01 * np.square(model.get_weights()[0]).sum(), rtol=1e-6)
    assert (bias, beta) == (1.5, 0.0) and gamma == pytest.approx(0.03)
    dense.trainable = False
    assert len(model.losses) == 2
    twin = keras.Sequential.from_config(model.get_config())
    assert twin.get_config() == model.get_config()
    assert [p.regularizer for p in twin.lower().parameters] == [p.regularizer for p in model.lower().parameters]


def test_the_penalty_enters_the_loss() -> None:
    x, y = np.zeros((4, 2), "float32"), np.zeros(4, "float32")
    dense = layers.Dense(1, kernel_regularizer=regularizers.L2(0.5), kernel_initializer="ones")
    model = keras.Sequential([keras.Input(shape=(2,)), dense])
    model.compile(keras.optimizers.SGD(0.1), loss="mse")
    assert model.evaluate(x, y, verbose=0) == pytest.approx(1.0)
    model.fit(x, y, verbose=0)
    np.testing.assert_allclose(model.get_weights()[0], 0.9, rtol=1e-6)
    dense.trainable = False
    assert model.evaluate(x, y, verbose=0) == 0.0


def test_a_built_in_one_that_is_called_in_another_way() -> None:
    class Twice(keras.regularizers.L2):
        def __call__(self, x: Any) -> Any:
            return 2.0 * super().__call__(x)

    losses = []
    for regularizer in (Twice(0.1), keras.regularizers.L2(0.2)):
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, kernel_regularizer=regularizer)])
        model.set_weights([np.full((3, 2), 0.5), np.zeros(2)])
        model.compile("sgd", "mse")
        losses.append(model.fit(np.ones((4, 3)), np.ones((4, 2)), epochs=2, verbose=0).history["loss"])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-6)
