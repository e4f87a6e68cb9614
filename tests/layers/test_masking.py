"""Masks: where they begin, what they pass, where they end."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

X = np.array([[3, 1, 0], [2, 0, 0]])


def embedded() -> Any:
    return layers.Embedding(5, 4, mask_zero=True)(keras.Input((None,), dtype="int64"))


@pytest.mark.parametrize(
    "make",
    [
        layers.Identity,
        layers.ReLU,
        layers.LeakyReLU,
        layers.ELU,
        layers.Softmax,
        layers.LayerNormalization,
        layers.BatchNormalization,
        layers.UnitNormalization,
        lambda: layers.Dense(2),
        lambda: layers.Activation("tanh"),
        lambda: layers.Dropout(0.5),
        lambda: layers.GaussianNoise(0.5),
        lambda: layers.Rescaling(2.0),
    ],
    ids=[
        "identity",
        "relu",
        "leaky",
        "elu",
        "softmax",
        "layer",
        "batch",
        "unit",
        "dense",
        "tanh",
        "dropout",
        "noise",
        "rescaling",
    ],
)
def test_layers_of_single_steps_hand_it_on(make: Any) -> None:
    x = embedded()

    assert make()(x)._keras_mask is x._keras_mask


@pytest.mark.parametrize(
    "make",
    [layers.Flatten, layers.GlobalMaxPooling1D, lambda: layers.Reshape((-1,)), lambda: layers.Lambda(lambda x: x)],
    ids=["Flatten", "GlobalMaxPooling1D", "Reshape", "Lambda"],
)
def test_others_destroy_it_and_say_so(make: Any) -> None:
    with pytest.warns(UserWarning, match="does not support masking and will therefore destroy"):
        assert make()(embedded())._keras_mask is None


def test_pooling_ends_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert layers.GlobalAveragePooling1D()(embedded())._keras_mask is None


def test_operations_drop_it() -> None:
    assert (embedded() * 2)._keras_mask is None


def test_the_mean_is_over_the_steps_that_count() -> None:
    layer = layers.Embedding(5, 4, mask_zero=True)
    y = layers.GlobalAveragePooling1D()(layer(X))
    table = np.asarray(layer.embeddings)

    np.testing.assert_allclose(y, [(table[3] + table[1]) / 2, table[2]], rtol=1e-6)
    np.testing.assert_array_equal(layer(X)._keras_mask, X != 0)


def test_the_graph_has_what_makes_a_mask_as_keras_has_it() -> None:
    x = embedded()
    model = keras.Model(x.call.inputs[0], layers.GlobalAveragePooling1D()(x))
    config = model.get_config()["layers"]

    assert [layer["class_name"] for layer in config][-2:] == ["NotEqual", "GlobalAveragePooling1D"]
    assert config[-1]["inbound_nodes"][0]["kwargs"]["mask"]["config"]["keras_history"][0] == config[-2]["name"]


def test_what_is_not_read_is_not_computed() -> None:
    x = embedded()
    with pytest.warns(UserWarning, match="destroy"):
        model = keras.Model(x.call.inputs[0], layers.GlobalMaxPooling1D()(x))

    assert not any(type(node).__name__ == "Elementwise" for node in model.lower([(1, 3)]).nodes)


def test_batch_normalization_would_need_it() -> None:
    x = embedded()
    y = layers.GlobalAveragePooling1D()(layers.BatchNormalization()(x))
    with pytest.raises(NotImplementedError, match="leaves steps out of its"):
        keras.Model(x.call.inputs[0], y).predict(X, verbose=0)


def test_own_layers_say_whether_they_hand_it_on() -> None:
    class Plain(layers.Layer):
        def call(self, x: Any) -> Any:
            return x + 1

    class Passing(Plain):
        def __init__(self) -> None:
            super().__init__()
            self.supports_masking = True

    class Computing(Plain):
        def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
            return keras.ops.logical_not(previous_mask)

    x = layers.Masking()(np.array([[[0.0], [2.0]]]))
    assert [layer.supports_masking for layer in (Plain(), Passing(), Computing())] == [False, True, True]
    np.testing.assert_array_equal(Passing()(x)._keras_mask, [[False, True]])
    np.testing.assert_array_equal(Computing()(x)._keras_mask, [[True, False]])
    with pytest.warns(UserWarning, match="destroy"):
        assert Plain()(x)._keras_mask is None


def test_masks_and_inputs_of_a_merge_belong_together() -> None:
    with pytest.raises(ValueError, match=r"should have the same length\. Received: 2 inputs and 1 masks"):
        layers.Add().compute_mask([X, X], [X != 0])


@pytest.mark.parametrize("layer", ["Softmax", "BatchNormalization"])
def test_a_mask_that_would_count_is_not_dropped_silently(layer: str) -> None:
    x, mask = np.ones((2, 3), "float32"), np.array([[True, True, False]] * 2)
    with pytest.raises(NotImplementedError, match="does not take a mask"):
        getattr(layers, layer)()(x, mask=mask)
