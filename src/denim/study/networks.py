"""The tutorial's three networks."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

import denim as keras
from denim.study.data import Split
from denim.study.results import TrainedModel


@dataclass(frozen=True)
class Network:
    """A softmax layer over the classes, with or without one hidden layer before it."""

    name: str
    hidden_units: int = 0
    hidden_activation: str | None = None

    def build(self, features: int, classes: int) -> keras.Sequential:
        """The compiled model. Loss and metric are the tutorial's; the optimizer is the default one."""
        layers: list[keras.KerasTensor | keras.layers.Layer] = [keras.layers.Input(shape=(features,))]
        if self.hidden_units:
            layers.append(keras.layers.Dense(self.hidden_units, activation=self.hidden_activation))
        layers.append(keras.layers.Dense(classes, activation="softmax"))
        model = keras.Sequential(layers)
        model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        return model


NETWORKS = (Network("softmax"), Network("sigmoid-100", 100, "sigmoid"), Network("relu-100", 100, "relu"))


@dataclass(frozen=True, eq=False)
class Outcome:
    """A trained network. ``probabilities``: of each class for each test row, shape (rows, classes)."""

    found: TrainedModel
    model: keras.Sequential
    probabilities: np.ndarray


def train(network: Network, split: Split, *, epochs: int, seed: int, epoch_done: Callable[[], None]) -> Outcome:
    """Train ``network`` from ``seed``, whatever was trained before, and judge it on rows that it has not seen."""
    keras.utils.set_random_seed(seed)
    model = network.build(split.train_input.shape[1], split.classes)
    start = time.perf_counter()
    history = model.fit(
        split.train_input,
        split.train_target,
        epochs=epochs,
        batch_size=32,
        validation_data=(split.val_input, split.val_target),
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epoch_done())],
        verbose=0,
    ).history
    seconds = time.perf_counter() - start
    test = model.evaluate(split.test_input, split.test_target, verbose=0, return_dict=True)
    found = TrainedModel(
        name=network.name,
        parameters=model.count_params(),
        train_seconds=seconds,
        val_accuracy=float(history["val_accuracy"][-1]),
        test_accuracy=float(test["accuracy"]),
        history={key: [float(value) for value in values] for key, values in history.items()},
    )
    return Outcome(found, model, model.predict(split.test_input, batch_size=1024, verbose=0))
