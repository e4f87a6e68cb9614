from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

X = np.linspace(-1, 1, 12, dtype="float32").reshape(3, 4)


def tutorial_model() -> Any:
    inputs = keras.layers.Input(shape=(784,))
    dense1 = keras.layers.Dense(100, activation="sigmoid")
    dense2 = keras.layers.Dense(10, activation="softmax")
    return keras.Sequential([inputs, dense1, dense2])


def test_the_tutorials_model() -> None:
    model = tutorial_model()
    assert model.name == "sequential"
    assert [layer.name for layer in model.layers] == ["dense", "dense_1"]
    assert (model.input_shape, model.output_shape) == ((None, 784), (None, 10))
    assert model.count_params() == 79510
    assert [v.path for v in model.weights] == [
        "sequential/dense/kernel",
        "sequential/dense/bias",
        "sequential/dense_1/kernel",
        "sequential/dense_1/bias",
    ]
    assert model.output_names == ["dense_1"]


def test_calling_chains_the_layers() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3, "relu"), layers.Dense(2)])
    first, second = model.layers
    np.testing.assert_allclose(model(X), second(first(X)), rtol=1e-5)
    assert model(X).dtype == np.float32


def test_every_way_to_say_the_input() -> None:
    ways = [
        keras.Sequential([keras.Input(shape=(4,)), layers.Dense(2)]),
        keras.Sequential([layers.InputLayer(shape=(4,)), layers.Dense(2)]),
        keras.Sequential([layers.Dense(2, input_shape=(4,))]),
        keras.Sequential([layers.Dense(2, input_dim=4)]),
        keras.Sequential([keras.Sequential([keras.Input(shape=(4,)), layers.Dense(2)])]),
    ]
    added = keras.Sequential()
    added.add(keras.Input(shape=(4,)))
    added.add(layers.Dense(2))
    for model in [*ways, added]:
        assert model.built
        assert (model.input_shape, model.output_shape) == ((None, 4), (None, 2))
        assert len(model.layers) == 1


def test_without_an_input_the_first_data_builds() -> None:
    model = keras.Sequential([layers.Flatten(), layers.Dense(2)])
    assert (model.built, model.weights) == (False, [])
    assert not hasattr(model, "inputs")
    with pytest.raises(AttributeError, match=r"has no defined inputs yet.*Begin it with `Input"):
        _ = model.input_shape
    assert model(np.zeros((5, 2, 3))).shape == (5, 2)
    assert model.input_shape == (None, 2, 3)
    assert [v.path for v in model.weights] == ["sequential/dense/kernel", "sequential/dense/bias"]


def test_build() -> None:
    model = keras.Sequential([layers.Dense(2)])
    model.build((None, 4))
    model.build((None, 4))
    with pytest.raises(ValueError, match=r"already been configured to use input shape \(None, 4\)"):
        model.build((None, 5))
    with pytest.raises(ValueError, match="has no layers"):
        keras.Sequential().build((None, 4))


def test_build_from_an_arrays_shape_leaves_the_rows_free() -> None:
    model = keras.Sequential([layers.Dense(2)])
    model.build_from((60, 4))
    assert model.input_shape == (None, 4)


def test_add_and_pop() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3)])
    model.add(layers.Dense(2))
    kept = model.layers[0].get_weights()
    assert model.output_shape == (None, 2)
    assert model.pop().name == "dense_1"
    assert model.output_shape == (None, 3)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], kept[0])
    model.pop()
    assert (model.layers, model.built) == ([], False)
    with pytest.raises(ValueError, match="no layers to pop"):
        model.pop()


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (layers.Dense, r"This is the class; make a layer of it: Dense\(\.\.\.\)"),
        ("dense", "Received: 'dense'"),
        ([], "Pass the layers one by one"),
    ],
)
def test_only_layers_can_be_added(item: Any, text: str) -> None:
    with pytest.raises(ValueError, match=rf"(?s)Only instances of `keras.Layer` can be added.*{text}"):
        keras.Sequential([keras.Input(shape=(4,)), item])


def test_a_tensor_that_is_no_input_is_refused() -> None:
    with pytest.raises(ValueError, match="This tensor is what a layer made"):
        keras.Sequential([layers.Dense(2)(keras.Input(shape=(4,)))])


def test_a_layer_instead_of_a_list() -> None:
    with pytest.raises(ValueError, match=r"Write Sequential\(\[\.\.\.\]\)"):
        keras.Sequential(layers.Dense(2))


def test_names_are_unique() -> None:
    with pytest.raises(ValueError, match=r"should have unique names\. Name 'a' is already the name of a layer"):
        keras.Sequential([layers.Dense(2, name="a"), layers.Dense(2, name="a")])


def test_a_layer_may_stand_several_times() -> None:
    block = layers.Dense(4, activation="relu")
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4), block, block, layers.Dense(1)])
    assert [layer is block for layer in model.layers] == [False, True, True, False]
    assert len(model.get_weights()) == 6
    twice = model.layers[0](np.ones((2, 3)))
    for _ in range(2):
        twice = block(twice)
    np.testing.assert_allclose(model(np.ones((2, 3))), model.layers[-1](twice), rtol=1e-5, atol=1e-6)


def test_one_input_comes_first() -> None:
    with pytest.raises(ValueError, match="cannot add a different Input"):
        keras.Sequential([keras.Input(shape=(4,)), keras.Input(shape=(4,))])
    with pytest.raises(ValueError, match="the Input comes first"):
        keras.Sequential([layers.Dense(2), keras.Input(shape=(4,))])


def test_a_layer_that_does_not_fit_leaves_the_model_as_it_was() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3)])
    before = model(X)
    used = layers.Dense(2)
    used.build((None, 7))
    with pytest.raises(ValueError, match="expected axis -1 of input shape to have value 7"):
        model.add(used)
    assert [layer.name for layer in model.layers] == ["dense"]
    np.testing.assert_array_equal(model(X), before)


def test_layers_of_one_model_have_one_dtype() -> None:
    with pytest.raises(ValueError, match=r"one dtype\. Received: 'input_layer' in float32, 'dense' in float64"):
        keras.Sequential([keras.Input(shape=(4,)), layers.Dense(2, dtype="float64")])
    model = keras.Sequential([keras.Input(shape=(4,), dtype="float64"), layers.Dense(2, dtype="float64")])
    assert model(X).dtype == np.float64


def test_inputs_of_another_shape_are_refused() -> None:
    model = keras.Sequential([keras.Input(shape=(28, 28)), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(ValueError, match=r"expected shape \(None, 28, 28\), but received .* \(5, 784\)"):
        model(np.zeros((5, 784)))


def test_a_model_within_a_model() -> None:
    inner = keras.Sequential([layers.Dense(3, name="core")], name="inner")
    model = keras.Sequential([keras.Input(shape=(4,)), inner, layers.Dense(2)], name="outer")
    assert model.weights[0].path == "outer/inner/core/kernel"
    np.testing.assert_allclose(model(X), model.layers[1](inner(X)), rtol=1e-5)
    inner.trainable = False
    assert len(model.trainable_weights) == 2


def test_get_layer() -> None:
    model = tutorial_model()
    assert model.get_layer("dense_1") is model.get_layer(index=1) is model.layers[1]
    with pytest.raises(ValueError, match=r"No such layer: dnse_1\..*\['dense', 'dense_1'\]\. Did you mean 'dense_1'\?"):
        model.get_layer("dnse_1")
    with pytest.raises(ValueError, match="at index 2 but model 'sequential' only has 2 layers"):
        model.get_layer(index=2)
    with pytest.raises(ValueError, match="either a layer name or a layer index"):
        model.get_layer()


def test_lower_is_kept_until_something_changes() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3), layers.Dense(2)])
    first = model.lower()
    assert model.lower() is first
    assert list(first.variables) == model.weights
    model.layers[0].trainable = False
    frozen = model.lower()
    assert [p.trainable for p in frozen.parameters] == [False, False, True, True]
    model.pop()
    assert len(model.lower().parameters) == 2
    assert [p.shape for p in first.parameters] == [(4, 3), (3,), (3, 2), (2,)]


def test_trainable_reaches_every_layer() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3)], trainable=False)
    assert model.trainable_weights == []
    model.trainable = True
    assert len(model.trainable_weights) == 2


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copy_has_weights_of_its_own(copied: Callable[[Any], Any]) -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3)])
    expected = model(X)
    twin = copied(model)
    model.layers[0].kernel.assign(np.zeros((4, 3)))
    np.testing.assert_array_equal(twin(X), expected)
    assert not np.array_equal(model(X), expected)


def test_rows() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3)])
    assert model(np.zeros((0, 4))).shape == (0, 3)
    assert model(np.zeros((1000, 4))).shape == (1000, 3)
