"""A call that is refused leaves a model without an Input unbuilt, so that the right data can follow."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers, naming

RNG = np.random.default_rng(3)
IMAGES = RNG.random((60, 4, 4))
ROWS = IMAGES.reshape(60, 16)
Y = np.arange(60) % 10
HOLES = np.where(np.arange(60).reshape(60, 1) == 7, np.nan, ROWS)


def unbuilt() -> Any:
    model = keras.Sequential(
        [
            layers.BatchNormalization(),
            keras.Sequential([layers.Dense(8, "relu"), layers.Dropout(0.1)]),
            layers.Dense(10, "softmax"),
        ]
    )
    model.compile(loss="sparse_categorical_crossentropy")
    return model


REFUSED: dict[str, Callable[[Any], Any]] = {
    "images": lambda m: m.fit(IMAGES, Y),
    "images, evaluated": lambda m: m.evaluate(IMAGES, Y),
    "images, on a batch": lambda m: m.train_on_batch(IMAGES, Y),
    "images, tested on a batch": lambda m: m.test_on_batch(IMAGES, Y),
    "labels": lambda m: m.fit(ROWS, Y + 1),
    "NaN": lambda m: m.fit(HOLES, Y),
    "class weights": lambda m: m.fit(ROWS, Y, class_weight={10: 1.0}),
    "validation data": lambda m: m.fit(ROWS, Y, validation_data=(IMAGES, Y)),
    "validation split": lambda m: m.fit(HOLES[::-1], Y, validation_split=0.2),
    "callbacks": lambda m: m.fit(ROWS, Y, callbacks=[print]),
    "verbose": lambda m: m.fit(ROWS, Y, verbose=7),
    "batch size of predict": lambda m: m.predict(ROWS, batch_size=0),
    "verbose of predict": lambda m: m.predict(ROWS, verbose=7),
    "one row": lambda m: m.predict(ROWS[0]),
    "complex numbers": lambda m: m(ROWS * 1j),
}


def state(model: Any) -> list[Any]:
    inner = model.layers[1]
    return [
        *(
            (layer.name, layer.built, layer.weights, layer.get_build_config(), len(layer._calls))
            for layer in (model, *model.layers, *inner.layers)
        ),
        dict(naming._counts),
        random.getstate(),
        np.random.get_state()[1].tobytes(),  # noqa: NPY002
    ]


@pytest.mark.parametrize("case", REFUSED)
def test_a_refused_call_builds_nothing(case: str) -> None:
    expected = unbuilt().fit(ROWS, Y, verbose=0).history
    keras.utils.clear_session()
    keras.utils.set_random_seed(11)
    model = unbuilt()
    before = state(model)
    with pytest.raises((ValueError, TypeError)):
        REFUSED[case](model)
    assert state(model) == before
    assert not model.built
    assert model.fit(ROWS, Y, verbose=0).history == expected
    assert model.inputs[0].name == "input_layer"


def test_a_built_model_stays_built() -> None:
    model = unbuilt()
    model.fit(ROWS, Y, verbose=0)
    weights = model.weights
    with pytest.raises(ValueError, match="incompatible with x"):
        model.fit(IMAGES, Y)
    assert model.weights == weights


def test_images_where_rows_were_meant() -> None:
    model = keras.Sequential([layers.Dense(16), layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    with pytest.raises(ValueError) as refusal:
        model.fit(IMAGES, Y)
    assert str(refusal.value) == (
        "Arguments `target` and `output` must have the same shape up until the last dimension: target.shape=(60,), "
        "output.shape=(60, 4, 10) (sparse_categorical_crossentropy takes class numbers). The output has more axes than "
        "the targets, because Dense keeps all axes of x but the last: give each sample one axis with "
        "x.reshape(len(x), -1), or begin the model with Flatten()."
    )


def test_a_layer_that_cannot_be_added_leaves_the_others_unbuilt() -> None:
    dense, normalization = layers.Dense(4), layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 1.0])
    model = keras.Sequential([dense, normalization])
    with pytest.raises(ValueError):
        model.build((None, 3))
    assert (model.built, dense.built, dense.weights) == (False, False, [])


def test_a_layer_that_is_called_on_what_it_cannot_take_stays_unbuilt() -> None:
    dense = layers.Dense(4)
    with pytest.raises(TypeError):
        dense(ROWS * 1j)
    assert (dense.built, dense.weights) == (False, [])


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (
            IMAGES,
            "(60, 4, 4). Each row has the right number of elements in another shape: pass x.reshape(-1, 16), or begin "
            "the model with Input(shape=(4, 4)) and Flatten().",
        ),
        (ROWS[0], "(16,). This is one sample without the axis of samples: pass x[None]."),
        (ROWS[:, :3], "(60, 3)."),
    ],
)
def test_calling_gives_the_advice_of_fit(x: np.ndarray, text: str) -> None:
    model = keras.Sequential([keras.Input(shape=(16,)), layers.Dense(3)])
    with pytest.raises(ValueError) as refusal:
        model(x)
    assert str(refusal.value) == (
        "Sequential 'sequential' was passed incompatible inputs. For input 'input_layer', expected shape (None, 16), "
        f"but received instead a tensor with shape {text}"
    )


def test_rows_split_off_are_the_same_as_rows_passed_apart() -> None:
    def history(**options: Any) -> Any:
        keras.utils.clear_session()
        keras.utils.set_random_seed(11)
        return unbuilt().fit(verbose=0, epochs=2, batch_size=7, class_weight={1: 3.0}, **options).history

    split = history(x=ROWS, y=Y, validation_split=0.25, validation_batch_size=4, validation_steps=2)
    apart = history(x=ROWS[:45], y=Y[:45], validation_data=(ROWS[45:53], Y[45:53]), validation_batch_size=4)
    assert split == apart
