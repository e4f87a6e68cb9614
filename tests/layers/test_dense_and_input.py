from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers


def test_dense_is_the_written_formula() -> None:
    layer = layers.Dense(2, activation="relu")
    layer.build((None, 3))
    kernel, bias = np.array([[1, 2], [3, 4], [5, 6]]), np.array([-10, 0.5])
    layer.set_weights([kernel, bias])
    x = np.array([[1, 1, 1], [0, 1, -1]])
    np.testing.assert_allclose(layer(x), np.maximum(x @ kernel + bias, 0))


def test_dense_acts_on_the_last_axis() -> None:
    layer = layers.Dense(2)
    x = np.random.default_rng(0).normal(size=(4, 5, 3))
    np.testing.assert_allclose(layer(x)[:, 2], layer(x[:, 2]), rtol=1e-6)


def test_dense_weights() -> None:
    layer = layers.Dense(2)
    layer.build((None, 3))
    assert [(v.name, v.path, v.shape) for v in layer.weights] == [
        ("kernel", "dense/kernel", (3, 2)),
        ("bias", "dense/bias", (2,)),
    ]
    assert (layer.bias.value == 0).all()
    limit = np.sqrt(6 / 5)
    assert (np.abs(layer.kernel.value) <= limit).all()
    without = layers.Dense(2, use_bias=False)
    without.build((None, 3))
    assert [v.name for v in without.weights] == ["kernel"]


def test_dense_initializers() -> None:
    layer = layers.Dense(2, kernel_initializer="ones", bias_initializer=keras.initializers.Constant(0.5))
    np.testing.assert_array_equal(layer([[1, 2, 3]]), [[6.5, 6.5]])


@pytest.mark.parametrize("units", [0, -1, 2.5, "10", None, True])
def test_dense_units(units: Any) -> None:
    with pytest.raises(ValueError, match=r"`units` must be a positive integer\. Received: units="):
        layers.Dense(units)


def test_dense_units_may_be_a_numpy_integer() -> None:
    assert type(layers.Dense(np.int64(3)).units) is int


def test_dense_checks_its_input() -> None:
    layer = layers.Dense(2)
    layer.build((None, 784))
    expected = (
        'Input 0 of layer "dense" is incompatible with the layer: expected axis -1 of input shape to have value 784, '
        "but received input with shape (5, 100)"
    )
    with pytest.raises(ValueError) as caught:
        layer(np.zeros((5, 100)))
    assert str(caught.value) == expected
    with pytest.raises(ValueError, match=r"expected min_ndim=2, found ndim=1.*one sample x is passed as x\[None\]"):
        layer(np.zeros(784))


def test_dense_build_with_a_bad_shape_changes_nothing() -> None:
    layer = layers.Dense(2)
    for shape in [(None, None), (3,), "shape", (None, 0)]:
        with pytest.raises(ValueError):
            layer.build(shape)
        assert (layer.built, layer.weights) == (False, [])


# Input


def test_input_is_a_keras_tensor_of_its_layer() -> None:
    tensor = keras.Input(shape=(784,))
    assert (tensor.shape, tensor.dtype, tensor.name) == ((None, 784), "float32", "input_layer")
    assert layers.Input(shape=[28, 28], batch_size=32).shape == (32, 28, 28)
    assert layers.Input(batch_shape=(None, 2)).shape == (None, 2)
    assert layers.InputLayer(shape=(3,)).output.shape == (None, 3)


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({}, "You must pass a `shape`"),
        ({"shape": 784}, r"shape must be a tuple\. Received: 784\. Did you mean \(784,\)\?"),
        ({"shape": (2.5,)}, "every size must be a positive integer"),
        ({"shape": (0,)}, "every size must be a positive integer"),
        ({"shape": (3,), "batch_shape": (None, 3)}, "not both"),
        ({"shape": (3,), "dtype": "float16"}, "compute in 'float32' or 'float64'"),
    ],
)
def test_input_shapes(arguments: dict[str, Any], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        keras.Input(**arguments)
    assert keras.Input(shape=(1,)).name == "input_layer"  # a refused Input takes no number
