"""The tutorial's listings in their order on the real data, its slips mended, and what they must show.

The listings run once, as a fixture; a test looks at one thing that the tutorial claims.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest

import denim as keras

plt = pytest.importorskip("matplotlib.pyplot", reason="the listings draw with matplotlib")
pytest.importorskip("sklearn", reason="the listings use scikit-learn")

from sklearn.exceptions import ConvergenceWarning  # noqa: E402
from sklearn.linear_model import SGDClassifier  # noqa: E402
from sklearn.model_selection import train_test_split  # noqa: E402


@pytest.fixture(autouse=True, scope="module")
def drawn_in_memory() -> Iterator[None]:
    before = plt.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


@pytest.fixture(scope="module")
def loaded(fashion_mnist) -> SimpleNamespace:
    (train_input, train_target), (test_input, test_target) = fashion_mnist
    return SimpleNamespace(
        train_input=train_input, train_target=train_target, test_input=test_input, test_target=test_target
    )


@pytest.fixture(scope="module")
def split(loaded) -> SimpleNamespace:
    train_input, train_target = loaded.train_input, loaded.train_target

    train_scaled = train_input / 255.0
    train_scaled = train_scaled.reshape(-1, 28 * 28)
    train_scaled, val_scaled, train_target, val_target = train_test_split(
        train_scaled, train_target, test_size=0.2, random_state=42
    )
    return SimpleNamespace(
        train_scaled=train_scaled, val_scaled=val_scaled, train_target=train_target, val_target=val_target
    )


def trained(split: SimpleNamespace, *layers: keras.layers.Layer) -> SimpleNamespace:
    model = keras.Sequential(list(layers))
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(split.train_scaled, split.train_target, epochs=5, verbose=0)
    loss, accuracy = model.evaluate(split.val_scaled, split.val_target, verbose=0)
    return SimpleNamespace(model=model, history=history, loss=loss, accuracy=accuracy)


@pytest.fixture(scope="module")
def softmax(split) -> SimpleNamespace:
    keras.utils.set_random_seed(42)
    inputs = keras.layers.Input(shape=(784,))
    dense = keras.layers.Dense(10, activation="softmax")
    return trained(split, inputs, dense)


@pytest.fixture(scope="module")
def sigmoid_100(split) -> SimpleNamespace:
    keras.utils.set_random_seed(42)
    inputs = keras.layers.Input(shape=(784,))
    dense1 = keras.layers.Dense(100, activation="sigmoid")
    dense2 = keras.layers.Dense(10, activation="softmax")
    return trained(split, inputs, dense1, dense2)


@pytest.fixture(scope="module")
def relu_100(split) -> SimpleNamespace:
    keras.utils.set_random_seed(42)
    inputs = keras.layers.Input(shape=(784,))
    dense1 = keras.layers.Dense(100, activation="relu")
    dense2 = keras.layers.Dense(10, activation="softmax")
    return trained(split, inputs, dense1, dense2)


def test_shapes(loaded) -> None:
    assert (loaded.train_input.shape, loaded.train_target.shape) == ((60000, 28, 28), (60000,))
    assert (loaded.test_input.shape, loaded.test_target.shape) == ((10000, 28, 28), (10000,))


def test_each_class_has_6000_training_pictures(loaded) -> None:
    classes, counts = np.unique(loaded.train_target, return_counts=True)

    assert dict(zip(classes.tolist(), counts.tolist(), strict=True)) == dict.fromkeys(range(10), 6000)


def test_pictures_can_be_drawn(loaded) -> None:
    fig, axs = plt.subplots(1, 10, figsize=(10, 10))
    for i in range(10):
        axs[i].imshow(loaded.train_input[i], cmap="gray_r")
        axs[i].axis("off")
    drawn = io.BytesIO()
    fig.savefig(drawn)

    assert drawn.getvalue().startswith(b"\x89PNG")


def test_scaled_rows(loaded, split) -> None:
    assert split.train_scaled.shape == (48000, 784)
    assert split.val_scaled.shape == (12000, 784)
    assert (split.train_scaled.min(), split.train_scaled.max()) == (0.0, 1.0)
    assert round(loaded.train_input.nbytes / 1024**2, 1) == 44.9


def test_a_softmax_layer_has_7850_parameters(softmax) -> None:
    assert softmax.model.count_params() == 7850


def test_a_hidden_layer_of_100_makes_79510_parameters(sigmoid_100, relu_100) -> None:
    assert sigmoid_100.model.count_params() == relu_100.model.count_params() == 79510


def test_validation_accuracy_after_five_epochs(softmax, sigmoid_100, relu_100) -> None:
    assert softmax.accuracy >= 0.845
    assert sigmoid_100.accuracy >= 0.865
    assert relu_100.accuracy >= 0.865


def test_loss_falls_and_history_has_an_entry_an_epoch(softmax) -> None:
    history = softmax.history.history

    assert list(history) == ["accuracy", "loss"]
    assert len(history["loss"]) == len(history["accuracy"]) == 5
    assert history["loss"] == sorted(history["loss"], reverse=True)


def test_predictions_are_probabilities_that_agree_with_evaluate(softmax, split) -> None:
    predicted = softmax.model.predict(split.val_scaled, verbose=0)

    assert predicted.shape == (12000, 10)
    assert predicted.dtype == np.float32
    np.testing.assert_allclose(predicted.sum(axis=1), 1.0, atol=1e-5)
    assert np.mean(predicted.argmax(axis=1) == split.val_target) == pytest.approx(softmax.accuracy, abs=1e-6)
    of_the_true_class = predicted[np.arange(12000), split.val_target].astype(np.float64)
    loss = -np.log(of_the_true_class.clip(1e-7, 1 - 1e-7)).mean()
    assert loss == pytest.approx(softmax.loss, rel=1e-4)


def test_summary_names_layers_and_counts(relu_100) -> None:
    lines: list[str] = []
    relu_100.model.summary(print_fn=lines.append)
    text = "\n".join(lines)

    assert "78,500" in text
    assert "1,010" in text


@pytest.mark.slow
def test_scikit_learns_logistic_regression_is_behind(softmax, split) -> None:
    model = SGDClassifier(loss="log_loss", max_iter=5, random_state=42)
    with pytest.warns(ConvergenceWarning):
        model.fit(split.train_scaled, split.train_target)

    assert 0.80 <= model.score(split.val_scaled, split.val_target) < softmax.accuracy
