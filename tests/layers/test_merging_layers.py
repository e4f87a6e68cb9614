"""Layers that take several inputs: what they refuse, and how they are called, written down and drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

A = np.arange(6.0, dtype="float32").reshape(2, 3)
B = A[:, ::-1] + 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", A + B),
        ("subtract", A - B),
        ("multiply", A * B),
        ("average", (A + B) / 2),
        ("maximum", np.maximum(A, B)),
        ("minimum", np.minimum(A, B)),
        ("concatenate", np.concatenate([A, B], -1)),
        ("dot", np.sum(A * B, -1, keepdims=True)),
    ],
)
def test_functions_and_classes(name: str, expected: np.ndarray) -> None:
    function, cls = getattr(layers, name), getattr(layers, name.capitalize())
    np.testing.assert_allclose(function([A, B]), expected, rtol=1e-6)
    tensors = [keras.Input((3,)), keras.Input((3,))]
    model = keras.Model(tensors, function(tensors, name="joined"))
    assert isinstance(model.get_layer("joined"), cls)
    np.testing.assert_allclose(model.predict([A, B], verbose=0), expected, rtol=1e-6)
    again = keras.Model.from_config(model.get_config())
    np.testing.assert_allclose(again([A, B]), expected, rtol=1e-6)


def test_a_list_of_one_stays_a_list() -> None:
    x = keras.Input((3,))
    model = keras.Model(x, layers.Concatenate()([layers.Add()([x])]))
    again = keras.models.model_from_json(model.to_json())
    np.testing.assert_array_equal(again(A), A)


def test_arguments_pass_through() -> None:
    assert layers.concatenate([A, B], axis=1).shape == (2, 6)
    cosine = layers.dot([A, B], axes=1, normalize=True)
    np.testing.assert_allclose(
        cosine[:, 0], np.sum(A * B, 1) / np.linalg.norm(A, axis=1) / np.linalg.norm(B, axis=1), rtol=1e-6
    )


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.Add()(A), ValueError, "An `Add` layer should be called on a list of inputs"),
        (
            lambda: layers.Concatenate()(keras.Input((3,))),
            ValueError,
            "A `Concatenate` layer should be called on a list",
        ),
        (lambda: layers.Add()([A, np.ones((3, 3))]), ValueError, "Cannot merge tensors with different batch sizes"),
        (lambda: layers.Add()([A, np.ones((2, 4))]), ValueError, "Inputs have incompatible shapes"),
        (lambda: layers.Subtract()([A]), ValueError, "called on a list of exactly 2 inputs. Received: 1 inputs"),
        (lambda: layers.Add().build((None, 3)), ValueError, "not a list of shapes"),
        (lambda: layers.Concatenate()([A, np.ones((2, 4, 1))]), ValueError, "matching shapes except for the conc"),
        (lambda: layers.Concatenate(1)([A[..., None], A[..., None, None]]), ValueError, "matching shapes except"),
        (lambda: layers.Concatenate(0)([A, B]), ValueError, "Concatenate: axis 0 is the batch axis"),
        (lambda: layers.Concatenate("last"), TypeError, "Concatenate: `axis` must be an integer"),
        (lambda: layers.Dot(0)([A, B]), ValueError, "Dot: axis 0 is the batch axis"),
        (lambda: layers.Dot(1)([A, np.ones((2, 4))]), ValueError, "axis values 3 (at axis 1) != 4 (at axis 1)"),
        (lambda: layers.Dot(1.5), TypeError, "Invalid type for argument `axes`"),
        (lambda: layers.Dot((1, 2, 3)), ValueError, "should be an integer, or two integers"),
    ],
)
def test_what_does_not_fit(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)


def test_shapes_known_without_a_call() -> None:
    layer = layers.Concatenate(axis=1)
    layer.build([(None, 2, 3), (None, 4, 3)])
    assert layer.built and layer.get_build_config() == {"input_shape": [[None, 2, 3], [None, 4, 3]]}
    assert layer.compute_output_shape([(None, 2, 3), (8, 4, 3)]) == (8, 6, 3)


def test_a_skip_connection_learns() -> None:
    x = keras.Input((3,))
    hidden = layers.Dense(3, activation="relu")(x)
    model = keras.Model(x, layers.Dense(1)(layers.concatenate([layers.add([x, hidden]), hidden])))
    model.compile(keras.optimizers.Adam(0.02), "mse")
    data = np.random.default_rng(0).standard_normal((64, 3)).astype("float32")
    losses = model.fit(data, data.sum(axis=1), epochs=40, verbose=0).history["loss"]
    assert losses[-1] < losses[0] / 2
