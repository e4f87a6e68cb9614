from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import constraints, layers
from denim.program import specs
from denim.variables import Variable

EVERY = [
    constraints.MaxNorm(3, axis=1),
    constraints.NonNeg(),
    constraints.UnitNorm(axis=[0, 1]),
    constraints.MinMaxNorm(0.1, 0.2, 0.5, axis=-1),
]
W = np.array([[3.0, 0.5], [-4.0, 0.0]], "float32")


@pytest.mark.parametrize(
    ("constraint", "expected"),
    [
        (constraints.MaxNorm(), [[1.2, 0.5], [-1.6, 0.0]]),
        (constraints.MaxNorm(2, axis=1), [[3.0 * 2 / 9.25**0.5, 0.5 * 2 / 9.25**0.5], [-2.0, 0.0]]),
        (constraints.MaxNorm(2, axis=-1), [[3.0 * 2 / 9.25**0.5, 0.5 * 2 / 9.25**0.5], [-2.0, 0.0]]),
        (constraints.MaxNorm(2, axis=(0, 1)), W * 2 / 25.25**0.5),
        (constraints.NonNeg(), [[3.0, 0.5], [0.0, 0.0]]),
        (constraints.UnitNorm(), [[0.6, 1.0], [-0.8, 0.0]]),
        (constraints.MinMaxNorm(1.0, 2.0), [[1.2, 1.0], [-1.6, 0.0]]),
        (constraints.MinMaxNorm(1.0, 2.0, 0.5), [[2.1, 0.75], [-2.8, 0.0]]),
    ],
)
def test_on_arrays(constraint: Any, expected: Any) -> None:
    got = constraint(W)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, rtol=1e-6)


def test_epsilon_is_that_of_the_configuration() -> None:
    before = keras.config.epsilon()
    keras.config.set_epsilon(1.0)
    try:
        assert constraints.UnitNorm()(np.array([3.0])).tolist() == [0.75]
    finally:
        keras.config.set_epsilon(before)


@pytest.mark.parametrize("constraint", EVERY)
def test_configuration(constraint: Any) -> None:
    config = constraints.serialize(constraint)
    assert config == {
        "module": "keras.constraints",
        "class_name": type(constraint).__name__,
        "config": constraint.get_config(),
        "registered_name": None,
    }
    twin = constraints.get(config)
    assert type(twin) is type(constraint) and twin is not constraint
    assert twin is not None and twin.spec(2) == constraint.spec(2)
    assert constraints.serialize(None) is None


def test_get() -> None:
    one = constraints.MaxNorm(3)
    assert constraints.get(one) is one and constraints.get(None) is None
    assert isinstance(constraints.get(constraints.UnitNorm), constraints.UnitNorm)
    for name, kind in (
        ("max_norm", constraints.MaxNorm),
        ("MinMaxNorm", constraints.MinMaxNorm),
        ("non_neg", constraints.NonNeg),
    ):
        assert type(constraints.get(name)) is kind
    assert constraints.unit_norm(axis=1).get_config() == {"axis": 1}

    class Smaller(constraints.MaxNorm):
        pass

    assert isinstance(constraints.get(Smaller), Smaller)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: constraints.MaxNorm(-1), "`max_value` must be a number of at least 0. Received: max_value=-1"),
        (lambda: constraints.MaxNorm("2"), "`max_value` must be a number of at least 0. Received: max_value='2'"),
        (lambda: constraints.MinMaxNorm(rate=1.5), "`rate` must be a number from 0 to 1. Received: rate=1.5"),
        (lambda: constraints.UnitNorm(axis=0.5), "`axis` must be a whole number or a list of them. Received: axis=0.5"),
        (lambda: constraints.UnitNorm(axis=[]), "`axis` must be a whole number or a list of them. Received: axis=[]"),
    ],
)
def test_bad_arguments(make: Any, text: str) -> None:
    with pytest.raises(ValueError) as refusal:
        make()
    assert str(refusal.value) == text


@pytest.mark.parametrize(
    ("identifier", "error", "text"),
    [
        ("max_nrm", ValueError, "Could not interpret constraint identifier: max_nrm. Did you mean 'max_norm'?"),
        (2, ValueError, "Could not interpret constraint identifier: 2."),
        ({"class_name": "OS"}, ValueError, "Could not interpret constraint identifier: OS."),
    ],
)
def test_what_is_no_constraint(identifier: Any, error: type[Exception], text: str) -> None:
    for make in (layers.Dense(3, kernel_constraint=None), layers.BatchNormalization()):
        with pytest.raises(error) as refusal:
            make.add_weight((2, 3), name="w", constraint=identifier)
        assert str(refusal.value).startswith(text)
        assert not make.weights
    with pytest.raises(error):
        layers.Dense(3, bias_constraint=identifier)
    with pytest.raises(error):
        layers.LayerNormalization(gamma_constraint=identifier)


def test_an_axis_that_a_weight_has_not() -> None:
    dense = layers.Dense(3, bias_constraint=constraints.MaxNorm(axis=1))
    with pytest.raises(ValueError, match=r"A weight of 1 axis has no axis 1\. Received: axis=1"):
        keras.Sequential([keras.Input(shape=(2,)), dense])


def test_a_variables_constraint() -> None:
    variable = Variable([1.0], name="w")
    assert variable.constraint is None
    variable.constraint = constraints.NonNeg()
    variable.constraint = None
    with pytest.raises(ValueError, match="Invalid value for attribute `constraint`"):
        variable.constraint = "non_neg"
    variable.constraint = abs
    assert variable.constraint is abs
    with pytest.raises(NotImplementedError, match=r"In the constraint of 'w' .*Write ops\.maximum\."):
        variable.constraint = lambda w: np.maximum(w, 0.0)
    assert variable.constraint is abs


def test_a_layer_hands_them_on() -> None:
    dense = layers.Dense(3, kernel_constraint="max_norm", bias_constraint=constraints.MinMaxNorm(0.1, 0.2, 0.3))
    norm = layers.BatchNormalization(gamma_constraint="unit_norm", beta_constraint="non_neg")
    model = keras.Sequential([keras.Input(shape=(2,)), dense, norm])
    found = {p.name.rpartition("/")[2]: p.constraint for p in model.lower().parameters}
    assert found == {
        "kernel": specs.NormRange(maximum=2.0),
        "bias": specs.NormRange(0.1, 0.2, 0.3),
        "gamma": specs.NormRange(1.0, 1.0),
        "beta": specs.NonNegative(),
        "moving_mean": None,
        "moving_variance": None,
    }
    twin = keras.Sequential.from_config(model.get_config())
    assert twin.get_config() == model.get_config()
    assert [p.constraint for p in twin.lower().parameters] == [p.constraint for p in model.lower().parameters]


def test_training_keeps_them() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(40, 5)), rng.normal(size=(40, 2))
    model = keras.Sequential(
        [
            keras.Input(shape=(5,)),
            layers.Dense(
                7,
                "relu",
                bias_initializer=keras.initializers.Constant(-0.2),
                kernel_constraint=constraints.MaxNorm(0.5),
                bias_constraint="non_neg",
            ),
            layers.LayerNormalization(gamma_constraint="unit_norm"),
            layers.Dense(2, kernel_constraint=constraints.MinMaxNorm(0.25, 0.5, axis=1)),
        ]
    )
    model.compile(keras.optimizers.SGD(0.3), loss="mse")
    model.fit(x, y, epochs=3, verbose=0)
    first, bias, gamma, _, last, _ = model.get_weights()
    assert np.linalg.norm(first, axis=0).max() <= 0.5
    assert bias.min() >= 0.0
    np.testing.assert_allclose(np.linalg.norm(gamma), 1.0, rtol=1e-6)
    norms = np.linalg.norm(last, axis=1)
    assert norms.min() >= 0.249999 and norms.max() <= 0.5
