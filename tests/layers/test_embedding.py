from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

X = np.array([[0, 3, 1], [2, 2, 4]])


def built(**options: Any) -> Any:
    layer = layers.Embedding(5, 2, **options)
    layer.build()
    return layer


def test_rows_of_the_table() -> None:
    layer = built()
    table = layer.embeddings.numpy()
    assert [w.path for w in layer.weights] == ["embedding/embeddings"] and np.abs(table).max() <= 0.05
    for x in (X, X.astype("float64") + 0.75, X.astype("uint8")):
        np.testing.assert_array_equal(layer(x), table[X])
    assert layer.compute_output_shape((None, 3)) == (None, 3, 2)


def test_given_weights() -> None:
    table = np.arange(10.0, dtype="float32").reshape(5, 2)
    for weights in (table, [table]):
        np.testing.assert_array_equal(layers.Embedding(5, 2, weights=weights)(X), table[X])
    with pytest.raises(ValueError, match="which is not compatible with the provided array"):
        layers.Embedding(5, 2, weights=table.T)


def test_only_rows_that_were_read_are_trained() -> None:
    layer = built()
    model = keras.Sequential([keras.Input((3,), dtype="int64"), layer, layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    before = layer.embeddings.numpy()
    model.fit(X[:1], np.ones(1), verbose=0)
    changed = np.any(layer.embeddings.numpy() != before, axis=1)
    assert changed.tolist() == [True, True, False, True, False]


@pytest.mark.parametrize("first", [layers.Input((3,), dtype="int32"), layers.Input((3,))])
def test_a_model_that_begins_with_it(first: Any) -> None:
    layer = built()
    model = keras.Sequential([first, layer])
    (node,) = (n for n in model.lower().nodes if type(n).__name__ == "Input")
    assert node.dtype == "int32"
    np.testing.assert_array_equal(model.predict(X, verbose=0), layer.embeddings.numpy()[X])


def test_behind_other_layers_what_is_behind_the_point_is_cut_off() -> None:
    layer = built()
    model = keras.Sequential([keras.Input((3,)), layers.Rescaling(0.5), layer])
    np.testing.assert_array_equal(model(X), layer.embeddings.numpy()[X // 2])


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (5, "Are they counted from 1? Then subtract 1, or make the table one row larger: input_dim=6."),
        (-1, "Are missing values marked by negative numbers?"),
        (90, "The table would need input_dim=91."),
    ],
)
@pytest.mark.parametrize("way", ["layer", "call", "predict", "fit", "evaluate"])
def test_a_number_without_a_row(number: int, text: str, way: str) -> None:
    layer = built()
    model = keras.Sequential([keras.Input((3,), name="words"), layers.Reshape((3, 1)), layer, layers.Flatten()])
    model.compile("sgd", "mse")
    x = np.vstack([X, [[0, number, 1]]])
    y = np.zeros((3, 6))
    ways = {
        "layer": lambda: layer(x),
        "call": lambda: model(x),
        "predict": lambda: model.predict(x, verbose=0),
        "fit": lambda: model.fit(x, y, verbose=0),
        "evaluate": lambda: model.evaluate(x, y, verbose=0),
    }
    before = layer.embeddings.numpy()
    with pytest.raises(ValueError) as refusal:
        ways[way]()
    assert "must be from 0 to 4, because the table of 'embedding' has 5 rows." in str(refusal.value)
    assert f"at row 2. {text}" in str(refusal.value)
    np.testing.assert_array_equal(layer.embeddings.numpy(), before)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.Embedding(0, 2), ValueError, "`input_dim` must be a positive integer. Received: input_dim=0"),
        (lambda: layers.Embedding(5, 2.5), ValueError, "`output_dim` must be a positive integer"),
        (lambda: layers.Embedding(5, 2, lora_rank=4), NotImplementedError, "lora_rank"),
        (lambda: layers.Embedding(5, 2).embeddings, AttributeError, "build the layer before"),
    ],
)
def test_bad_arguments(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)


def test_the_older_argument() -> None:
    with pytest.warns(UserWarning, match="`input_length` is deprecated"):
        layers.Embedding(5, 2, input_length=3)


def test_whole_numbers_come_back_whole() -> None:
    x = keras.Input((3,), dtype="int64")
    model = keras.Model(x, [layers.Reshape((3, 1))(x), layers.Embedding(5, 2)(x)])
    for numbers, rows in (model.predict(X, verbose=0), model(X)):
        assert (numbers.dtype, rows.dtype) == ("int64", "float32")
        np.testing.assert_array_equal(numbers[..., 0], X)
    assert [tensor.dtype for tensor in model.outputs] == ["int64", "float32"]
