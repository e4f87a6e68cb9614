from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denim import activations, layers

X = np.linspace(-4, 4, 24, dtype="float32").reshape(4, 6)
NAMES = sorted(set(activations.__all__) - {"get", "serialize", "deserialize", "threshold"})


@pytest.mark.parametrize("name", NAMES)
def test_by_name_as_layer_and_as_function(name: str) -> None:
    function = activations.get(name)
    assert function is getattr(activations, name)
    assert function(X).dtype == np.float32
    np.testing.assert_allclose(layers.Activation(name)(X), function(X), rtol=1e-6, atol=1e-7)
    assert activations.get(activations.serialize(function)) is function


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("linear", X),
        ("relu", np.maximum(X, 0)),
        ("leaky_relu", np.where(X > 0, X, 0.2 * X)),
        ("elu", np.where(X > 0, X, np.expm1(X))),
        ("sigmoid", 1 / (1 + np.exp(-X))),
        ("swish", X / (1 + np.exp(-X))),
        ("softplus", np.log1p(np.exp(X))),
        ("log_sigmoid", -np.log1p(np.exp(-X))),
        ("softsign", X / (1 + np.abs(X))),
        ("hard_sigmoid", np.clip(X + 3, 0, 6) / 6),
        ("hard_swish", X * np.clip(X + 3, 0, 6) / 6),
        ("relu6", np.clip(X, 0, 6)),
        ("celu", np.where(X > 0, X, np.expm1(X))),
        ("mish", X * np.tanh(np.log1p(np.exp(X)))),
        ("log_softmax", X - np.log(np.exp(X).sum(-1, keepdims=True))),
        ("softmax", np.exp(X) / np.exp(X).sum(-1, keepdims=True)),
    ],
)
def test_values(name: str, expected: np.ndarray) -> None:
    np.testing.assert_allclose(activations.get(name)(X), expected, rtol=2e-6, atol=1e-7)


def test_arguments() -> None:
    np.testing.assert_allclose(activations.leaky_relu(X, negative_slope=0.5), np.where(X > 0, X, 0.5 * X))
    np.testing.assert_allclose(activations.softmax(X, axis=0).sum(0), 1, rtol=1e-6)
    assert not np.allclose(activations.gelu(X, approximate=True), activations.gelu(X), rtol=0, atol=1e-7)


def test_arguments_of_relu() -> None:
    x = np.array([-2, 0, 0.5, 1, 1.5, 6, 7, np.nan], "float32")
    nan = np.nan
    for arguments, expected in (
        ({}, [0, 0, 0.5, 1, 1.5, 6, 7, nan]),
        ({"negative_slope": 0.5}, [-1, 0, 0.5, 1, 1.5, 6, 7, nan]),
        ({"max_value": 1}, [0, 0, 0.5, 1, 1, 1, 1, nan]),
        ({"threshold": 1}, [0, 0, 0, 0, 1.5, 6, 7, nan]),
        ({"threshold": 1, "max_value": 6, "negative_slope": 0.5}, [-1.5, -0.5, -0.25, 0, 1.5, 6, 6, nan]),
    ):
        np.testing.assert_array_equal(activations.relu(x, **arguments), np.float32(expected), err_msg=str(arguments))


def test_other_arguments() -> None:
    np.testing.assert_allclose(activations.celu(X, 0.5), np.where(X > 0, X, 0.5 * np.expm1(2 * X)), rtol=1e-5)
    np.testing.assert_allclose(np.exp(activations.log_softmax(X, axis=0)).sum(0), 1, rtol=1e-6)


def test_integers_become_floats() -> None:
    assert activations.sigmoid([0, 1]).dtype == np.float32


def test_get() -> None:
    assert activations.get(None) is activations.linear
    assert activations.get(activations.relu) is activations.relu
    assert activations.get({"class_name": "function", "config": "relu"}) is activations.relu


@pytest.mark.parametrize(("name", "hint"), [("rleu", r" Did you mean 'relu'\?"), ("xyzzy", ""), (3, "")])
def test_unknown_names(name: Any, hint: str) -> None:
    with pytest.raises(ValueError, match=rf"^Could not interpret activation function identifier: {name}\.{hint}$"):
        layers.Dense(1, activation=name)
