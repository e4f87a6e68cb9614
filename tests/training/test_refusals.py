"""Everything that is refused is refused before anything changes, with a text that says what would be right."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import denim as keras

from .conftest import Data, snapshot

Fit = Callable[[Any, np.ndarray, np.ndarray], Any]

REFUSED: dict[str, tuple[Fit, str]] = {
    "rows": (
        lambda m, x, y: m.fit(x, y[:30]),
        "Data cardinality is ambiguous. Make sure all arrays contain the same number of samples."
        "'x' sizes: 50\n'y' sizes: 30\n",
    ),
    "swapped": (lambda m, x, y: m.fit(x, x[:10]), "Were the results of train_test_split swapped?"),
    "width": (
        lambda m, x, y: m.fit(x[:, :5], y),
        "expected axis -1 of input shape to have value 6, but received input with shape (50, 5)",
    ),
    "images": (
        lambda m, x, y: m.fit(x.reshape(50, 2, 3), y),
        "expected axis -1 of input shape to have value 6, but received input with shape (50, 2, 3). Each row has the "
        "right number of elements in another shape: pass x.reshape(-1, 6), or begin the model with "
        "Input(shape=(2, 3)) and Flatten().",
    ),
    "one sample": (lambda m, x, y: m.fit(x[0], y[:6]), "This is one sample without the axis of samples: pass x[None]."),
    "label too large": (lambda m, x, y: m.fit(x, y + 1), "must be integers from 0 to 2"),
    "label negative": (lambda m, x, y: m.fit(x, y - 1), "must be integers from 0 to 2"),
    "label broken": (lambda m, x, y: m.fit(x, y + 0.5), "Class numbers must be whole numbers. Received y[0]="),
    "label NaN": (lambda m, x, y: m.fit(x, np.where(y == 0, np.nan, y)), "`y` must hold finite numbers."),
    "one-hot": (
        lambda m, x, y: m.fit(x, np.eye(3)[y]),
        "must have the same shape up until the last dimension: target.shape=(50, 3), output.shape=(50, 3)",
    ),
    "list": (lambda m, x, y: m.fit(x, y.tolist()), "Unrecognized data type: y=["),
    "no data": (lambda m, x, y: m.fit(), "Unrecognized data type: x=None"),
    "no targets": (lambda m, x, y: m.fit(x), "`y` is missing"),
    "text": (lambda m, x, y: m.fit(x, y.astype(str)), "`y` must hold real numbers. Received an array of dtype <U"),
    "no samples": (lambda m, x, y: m.fit(x[:0], y[:0]), "There are no samples: x has shape (0, 6)."),
    "batch_size 0": (lambda m, x, y: m.fit(x, y, batch_size=0), "Received: batch_size=0"),
    "batch_size float": (lambda m, x, y: m.fit(x, y, batch_size=8.0), "Received: batch_size=8.0"),
    "epochs": (lambda m, x, y: m.fit(x, y, epochs=-1), "`epochs` must be a whole number of at least 0."),
    "epochs float": (lambda m, x, y: m.fit(x, y, epochs=1.5), "Received: epochs=1.5"),
    "verbose": (lambda m, x, y: m.fit(x, y, verbose=3), "`verbose` must be 'auto', 0, 1 or 2. Received: verbose=3"),
    "split": (lambda m, x, y: m.fit(x, y, validation_split=1.5), "Received: validation_split=1.5"),
    "split text": (
        lambda m, x, y: m.fit(x, y, validation_split="a"),
        "`validation_split` must be at least 0 and less than 1, the part of the samples kept for validation. Received: "
        "validation_split='a'",
    ),
    "split empty": (
        lambda m, x, y: m.fit(x[:1], y[:1], validation_split=0.5),
        "Training data contains 1 samples, which is not sufficient to split it into a validation and training set",
    ),
    "validation data": (lambda m, x, y: m.fit(x, y, validation_data=x), "`validation_data`: Data is expected to be in"),
    "validation labels": (lambda m, x, y: m.fit(x, y, validation_data=(x, y + 1)), "`validation_data`: The labels of"),
    "validation_freq": (
        lambda m, x, y: m.fit(x, y, validation_data=(x, y), validation_freq="a"),
        "Expected `validation_freq` to be a list or a positive int.",
    ),
    "two weights": (
        lambda m, x, y: m.fit(x, y, class_weight={0: 1.0}, sample_weight=np.ones(50)),
        "`class_weight` and `sample_weight` at the same time",
    ),
    "class_weight": (lambda m, x, y: m.fit(x, y, class_weight=[1, 2, 3]), "Received: class_weight=[1, 2, 3]"),
    "class_weight keys": (lambda m, x, y: m.fit(x, y, class_weight={"0": 1.0}), "must be a dict from class numbers"),
    "sample_weight": (lambda m, x, y: m.fit(x, y, sample_weight=np.ones((50, 2))), "Received shape (50, 2)"),
    "sample_weight rows": (lambda m, x, y: m.fit(x, y, sample_weight=np.ones(9)), "'sample_weight' sizes: 9"),
    "shuffle": (lambda m, x, y: m.fit(x, y, shuffle="rows"), "`shuffle` must be True, False or 'batch'."),
    "steps_per_epoch": (lambda m, x, y: m.fit(x, y, steps_per_epoch=0), "Received: steps_per_epoch=0"),
    "iterable with y": (
        lambda m, x, y: m.fit(iter([(x, y)]), y),
        "When providing `x` as a generator, `y` should not be passed. Instead, the targets should be included",
    ),
    "iterable with a split": (
        lambda m, x, y: m.fit(iter([(x, y)]), validation_split=0.5),
        "Argument `validation_split` is only supported for arrays. Received: x as a generator.",
    ),
    "iterable without targets": (lambda m, x, y: m.fit(iter([x])), "`y` is missing"),
    "iterable of four": (lambda m, x, y: m.fit(iter([(x, y, y, y)])), "Data is expected to be in format `x`, `(x,)`,"),
    "iterable of other shapes": (lambda m, x, y: m.fit(iter([(x[:, :5], y)])), "to have value 6"),
    "iterable of nothing": (lambda m, x, y: m.fit(iter([])), "the generator must yield at least one"),
    "iterable of numbers": (lambda m, x, y: m.predict(iter([1, 2])), "Unrecognized data type: x=1"),
    "inputs": (lambda m, x, y: m.fit([x, x], y), "`x` must hold 1 array for this model (input_layer). Received 2"),
    "input names": (lambda m, x, y: m.fit({"a": x}, y), "Expected the following keys: ['input_layer']"),
    "evaluate": (lambda m, x, y: m.evaluate(x, y[:9]), "Data cardinality is ambiguous."),
    "predict": (lambda m, x, y: m.predict(x[:, :2]), "expected axis -1 of input shape to have value 6"),
    "train_on_batch": (lambda m, x, y: m.train_on_batch(x, y + 5), "must be integers from 0 to 2"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("trained", [False, True])
def test_bad_data_and_arguments_change_nothing(case: str, trained: bool, make: Any, data: Data) -> None:
    x, y = data
    model = make(optimizer="adam", metrics=["accuracy"])
    if trained:
        model.fit(x, y, verbose=0)
    before = snapshot(model)
    act, text = REFUSED[case]
    with pytest.raises(ValueError) as refusal:
        act(model, x, y)
    assert text in str(refusal.value)
    assert snapshot(model) == before


@pytest.mark.parametrize("callback", [keras.callbacks.History, print])
def test_what_is_no_callback_changes_nothing(callback: Any, make: Any, data: Data) -> None:
    model = make()
    before = snapshot(model)
    with pytest.raises(TypeError, match="A callback must be"):
        model.fit(*data, callbacks=[callback])
    assert snapshot(model) == before


def test_a_model_must_be_compiled(data: Data) -> None:
    model = keras.Sequential([keras.Input(shape=(6,)), keras.layers.Dense(3)])
    for act in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(ValueError, match=r"You must call `compile\(\)` before using the model\."):
            act(*data)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"loss": "foo"}, "Could not interpret loss identifier: foo."),
        ({"loss": "mean_squared_eror"}, "Did you mean 'mean_squared_error'?"),
        ({"optimizer": "adm"}, "Could not interpret optimizer identifier: adm. Did you mean 'adam'?"),
        ({"metrics": ["crossentropy"]}, "Could not interpret metric identifier: crossentropy."),
        ({"metrics": ["acuracy"]}, "Did you mean 'accuracy'?"),
        ({"metrics": "accuracy"}, "Expected `metrics` argument to be a list, tuple, or dict."),
        ({"loss": keras.losses.MeanSquaredError(reduction="none")}, "reduction='none'"),
        ({"steps_per_execution": 0}, "Received: steps_per_execution=0"),
        ({"loss_weights": "a"}, "Expected `loss_weights` argument to be a float"),
        (
            {"optimizer": "mse"},
            "The first argument of compile() is `optimizer`, and a loss was passed there. Received: optimizer='mse'. "
            "Write model.compile(loss='mse').",
        ),
        (
            {"optimizer": keras.losses.MeanSquaredError},
            "The first argument of compile() is `optimizer`, and a loss was passed there. Received: optimizer=<class "
            "'denim.losses.regression.MeanSquaredError'>. Write model.compile(loss=...).",
        ),
    ],
)
def test_bad_compile_arguments_change_nothing(options: dict[str, Any], text: str, make: Any, data: Data) -> None:
    model = make(optimizer="sgd", metrics=["accuracy"])
    model.fit(*data, verbose=0)
    before, optimizer = snapshot(model), model.optimizer
    with pytest.raises(ValueError) as refusal:
        model.compile(**options)
    assert text in str(refusal.value)
    assert model.optimizer is optimizer
    assert snapshot(model) == before


def _by_numpy(y_true: Any, y_pred: Any) -> Any:
    return np.abs(y_true - y_pred).mean(axis=-1)


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (lambda t, p: 0.0, "It must be made of y_true and y_pred with the operations of denim.ops"),
        (_by_numpy, "The loss '_by_numpy' cannot be trained with. np.absolute needs numbers"),
    ],
)
def test_losses_that_cannot_be_differentiated_change_nothing(loss: Any, text: str, make: Any) -> None:
    x, y = np.zeros((8, 6), "float32"), np.zeros((8, 3), "float32")
    model = make(loss=loss)
    before = snapshot(model)
    with pytest.raises(NotImplementedError, match=re.escape(text)):
        model.fit(x, y, verbose=0)
    assert snapshot(model) == before


def test_targets_that_do_not_fit_the_loss(make: Any, data: Data) -> None:
    x, y = data
    with pytest.raises(ValueError, match="Arguments `target` and `output` must have the same shape") as refusal:
        make(loss="categorical_crossentropy").fit(x, y, verbose=0)
    assert "sparse_categorical_crossentropy" in str(refusal.value)
    with pytest.raises(ValueError, match="Arguments `target` and `output` must have the same shape"):
        make(loss="mse").fit(x, y, verbose=0)


def test_a_model_without_a_loss_cannot_be_trained(make: Any, data: Data) -> None:
    with pytest.raises(ValueError, match="No loss to compute"):
        make(loss=None).fit(*data, verbose=0)


@pytest.mark.parametrize(
    ("method", "name", "meant"),
    [
        ("fit", "epoch", "epochs"),
        ("evaluate", "batchsize", "batch_size"),
        ("predict", "verbos", "verbose"),
        ("compile", "optimiser", "optimizer"),
    ],
)
def test_misspelt_arguments_are_named(method: str, name: str, meant: str, make: Any, data: Data) -> None:
    model = make()
    before = snapshot(model)
    with pytest.raises(TypeError) as refusal:
        getattr(model, method)(*data, **{name: 3})
    text = f"{method}() got an unexpected keyword argument {name!r}. Did you mean {meant!r}?"
    assert str(refusal.value) == text
    assert snapshot(model) == before
