"""Small scripts whose printed text is compared with Keras's: each takes the module that plays Keras.

Run as a program, ``python scenes.py MODULE SCENE``, it prints what that scene prints, and nothing else.
"""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Scene = Callable[[Any], None]


def _fill(model: Any) -> None:
    """Give every weight a fixed pattern, so that the printed numbers do not depend on an initializer."""
    rng = np.random.default_rng(5)
    model.set_weights([(0.3 * rng.standard_normal(w.shape)).astype("float32") for w in model.get_weights()])


def _data(rows: int = 37, features: int = 6, classes: int = 3) -> tuple[Any, Any]:
    rng = np.random.default_rng(11)
    x = rng.standard_normal((rows, features)).astype("float32")
    return x, rng.integers(0, classes, rows)


def _classifier(keras: Any) -> Any:
    model = keras.Sequential(
        [
            keras.layers.Input(shape=(6,)),
            keras.layers.Dense(5, activation="relu"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    _fill(model)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _regressor(keras: Any, scale: float = 1.0) -> tuple[Any, Any, Any]:
    model = keras.Sequential([keras.layers.Input(shape=(6,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse", metrics=["mae"])
    x, _ = _data()
    model.set_weights([np.full((6, 1), 0.5, "float32"), np.zeros(1, "float32")])
    return model, x, (x.sum(axis=1) * 0.5 + scale).astype("float32")


def softmax_model(keras: Any) -> Any:
    model = keras.Sequential([keras.layers.Input(shape=(784,)), keras.layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def korean_model(keras: Any) -> Any:
    return keras.Sequential(
        [
            keras.layers.Input(shape=(28, 28)),
            keras.layers.Flatten(name="펼침 층"),
            keras.layers.Dense(100, activation="relu", name="은닉층"),
            keras.layers.Dense(10, activation="softmax", name="출력층"),
        ],
        name="패션 MNIST 모델",
    )


def trained_model(keras: Any) -> Any:
    model = keras.Sequential(
        [
            keras.layers.Input(shape=(6,)),
            keras.layers.Dense(5, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(*_data(), epochs=1, verbose=0)
    return model


def branched_model(keras: Any) -> Any:
    left = keras.layers.Input(shape=(4,), name="left")
    right = keras.layers.Input(shape=(3,), name="right")
    hidden = keras.layers.Dense(8, activation="relu", name="hidden")(left)
    hidden = keras.layers.BatchNormalization(name="normal")(hidden)
    shared = keras.layers.Dense(1, name="shared")
    narrow = keras.layers.Dense(8, name="narrow")(right)
    both = keras.layers.Concatenate(name="both")([hidden, narrow])
    return keras.Model([left, right], [shared(hidden), shared(narrow), both], name="branched")


def nested_model(keras: Any) -> Any:
    inner = keras.Sequential([keras.layers.Input(shape=(6,)), keras.layers.Dense(4, name="core")], name="inner")
    inner.trainable = False
    return keras.Sequential([keras.layers.Input(shape=(6,)), inner, keras.layers.Dense(2, name="head")], name="outer")


def unbuilt_model(keras: Any) -> Any:
    return keras.Sequential([keras.layers.Dense(3), keras.layers.Dense(2)], name="unbuilt")


def _captured(build: Callable[[Any], Any], **options: Any) -> Scene:
    """The text that ``print_fn`` receives; a line of ``=`` stands between two calls of it."""

    def scene(keras: Any) -> None:
        calls: list[str] = []

        def keep(text: str) -> None:
            calls.append(text)

        build(keras).summary(print_fn=keep, **options)
        sys.stdout.write("\n====\n".join(calls))

    return scene


def _printed(build: Callable[[Any], Any]) -> Scene:
    return lambda keras: build(keras).summary()


def fit_1(keras: Any) -> None:
    _classifier(keras).fit(*_data(), batch_size=10, verbose=1, shuffle=False)


def fit_1_two_epochs_validation(keras: Any) -> None:
    x, y = _data()
    _classifier(keras).fit(x, y, batch_size=10, epochs=2, verbose=1, shuffle=False, validation_data=(x[:20], y[:20]))


def fit_2(keras: Any) -> None:
    _classifier(keras).fit(*_data(), batch_size=10, verbose=2, shuffle=False)


def fit_2_two_epochs_validation(keras: Any) -> None:
    x, y = _data()
    _classifier(keras).fit(x, y, batch_size=10, epochs=2, verbose=2, shuffle=False, validation_data=(x[:20], y[:20]))


def fit_auto(keras: Any) -> None:
    _classifier(keras).fit(*_data(), batch_size=10, shuffle=False)


def fit_later_epochs(keras: Any) -> None:
    _classifier(keras).fit(*_data(), batch_size=1, epochs=4, initial_epoch=2, verbose=2, shuffle=False)


def fit_small_loss(keras: Any) -> None:
    model, x, y = _regressor(keras, scale=0.02)
    model.fit(x, y, batch_size=10, epochs=1, verbose=2, shuffle=False)


def fit_reduces_rate(keras: Any) -> None:
    model, x, y = _regressor(keras)
    model.fit(
        x,
        y,
        batch_size=10,
        epochs=2,
        verbose=2,
        shuffle=False,
        callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.05, verbose=1)],
    )


def fit_then_stops(keras: Any) -> None:
    model, x, y = _regressor(keras)
    model.fit(
        x,
        y,
        batch_size=10,
        epochs=3,
        verbose=2,
        shuffle=False,
        callbacks=[
            keras.callbacks.EarlyStopping(
                monitor="mae", patience=1, min_delta=100.0, verbose=1, restore_best_weights=True
            )
        ],
    )


def fit_plateau(keras: Any) -> None:
    model, x, y = _regressor(keras)
    model.fit(
        x,
        y,
        batch_size=10,
        epochs=3,
        verbose=2,
        shuffle=False,
        callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="loss", patience=1, min_delta=100.0, verbose=1)],
    )


def evaluate_1(keras: Any) -> None:
    _classifier(keras).evaluate(*_data(), batch_size=10, verbose=1)


def evaluate_2(keras: Any) -> None:
    _classifier(keras).evaluate(*_data(), batch_size=10, verbose=2)


def predict_1(keras: Any) -> None:
    _classifier(keras).predict(_data()[0], batch_size=10, verbose=1)


def predict_2(keras: Any) -> None:
    _classifier(keras).predict(_data()[0], batch_size=10, verbose=2)


def quiet(keras: Any) -> None:
    """With interactive logging off, nothing at all reaches standard output.

    Verbosity 2, since Keras on JAX still draws the bars of verbosity 1: it draws them in threads
    that do not see the switch.
    """
    keras.config.disable_interactive_logging()
    model = _classifier(keras)
    model.fit(*_data(), batch_size=10, epochs=2, verbose=2, shuffle=False)
    model.evaluate(*_data(), verbose=2)
    model.summary()


class _Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


CLOCK = _Clock()


def clock_progbar(keras: Any) -> None:
    """The bar itself, at times that the scene sets: every character counts, times too."""
    bar = keras.utils.Progbar(12)
    for step, pause in enumerate([1.5, 0.02, 0.3, 0.04, 0.03, 7.0], start=1):
        CLOCK.now += pause
        bar.update(step, [("loss", 1 / step), ("score", -0.5)])
    CLOCK.now += 4000
    bar.update(7, [("loss", 0.0001)])
    CLOCK.now += 10000
    bar.add(1, [("손실", 0.0)])
    CLOCK.now += 2
    bar.update(12, [("loss", 3.0)])


def clock_progbar_as_is(keras: Any) -> None:
    bar = keras.utils.Progbar(3, width=7, stateful_metrics=["rate"], unit_name="sample")
    for step in (1, 2, 3):
        CLOCK.now += 0.06
        bar.update(step, [("loss", float(step)), ("rate", 10.0 * step)])


def clock_progbar_unknown(keras: Any) -> None:
    bar = keras.utils.Progbar(None)
    for step in (1, 2):
        CLOCK.now += 1
        bar.update(step, [("loss", 0.5)], finalize=step == 2)


def clock_progbar_line(keras: Any) -> None:
    bar = keras.utils.Progbar(250, verbose=2, stateless_metrics=[])
    for step in (1, 249, 250):
        CLOCK.now += 0.0004 * step
        bar.update(step, [("loss", 0.001), ("score", -0.25), ("error", 12345.678)])


SCENES: dict[str, Scene] = {
    "summary_softmax": _captured(softmax_model),
    "summary_korean": _captured(korean_model),
    "summary_trained": _captured(trained_model),
    "summary_branched": _captured(branched_model),
    "summary_nested": _captured(nested_model, expand_nested=True, show_trainable=True),
    "summary_unbuilt": _captured(unbuilt_model),
    "summary_length_60": _captured(korean_model, line_length=60),
    "summary_positions": _captured(softmax_model, positions=[0.5, 0.7, 1.0]),
    "summary_range": _captured(korean_model, layer_range=("은닉층", "출력층")),
    "printed_softmax": _printed(softmax_model),
    "printed_korean": _printed(korean_model),
    "fit_1": fit_1,
    "fit_1_two_epochs_validation": fit_1_two_epochs_validation,
    "fit_2": fit_2,
    "fit_2_two_epochs_validation": fit_2_two_epochs_validation,
    "fit_auto": fit_auto,
    "fit_later_epochs": fit_later_epochs,
    "fit_small_loss": fit_small_loss,
    "fit_reduces_rate": fit_reduces_rate,
    "fit_then_stops": fit_then_stops,
    "fit_plateau": fit_plateau,
    "evaluate_1": evaluate_1,
    "evaluate_2": evaluate_2,
    "predict_1": predict_1,
    "predict_2": predict_2,
    "quiet": quiet,
    "clock_progbar": clock_progbar,
    "clock_progbar_as_is": clock_progbar_as_is,
    "clock_progbar_unknown": clock_progbar_unknown,
    "clock_progbar_line": clock_progbar_line,
}


if __name__ == "__main__":
    if sys.argv[2].startswith("clock_"):  # before the import, so that no name keeps the real clock
        time.time = time.perf_counter = time.monotonic = CLOCK
    SCENES[sys.argv[2]](importlib.import_module(sys.argv[1]))
