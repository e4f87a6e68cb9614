"""The network to predict with, as Keras and denim both build it."""

from __future__ import annotations

from typing import Any

from benchmarks.data import Layers
from benchmarks.workloads import Inference


def build(keras: Any, inference: Inference, weights: Layers) -> Any:
    """A compiled model with these weights."""
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input(shape=(inference.units[0],)),
            *(layers.Dense(units, activation="relu") for units in inference.units[1:-1]),
            layers.Dense(inference.units[-1], activation="softmax"),
        ]
    )
    model.set_weights([array for layer in weights for array in layer])
    model.compile(loss="sparse_categorical_crossentropy")
    return model


class Predict:
    """``model.predict(x, verbose=0)``; many rows with the batch size as it is, or all in one batch."""

    def __init__(self, keras: Any, inference: Inference, weights: Layers) -> None:
        self.model = build(keras, inference, weights)
        self.options: dict[str, int] = {}
        if inference.rows > 1:
            self.variants = {
                "batch_size as it is": self.options.clear,
                "one batch": lambda: self.options.update(batch_size=inference.rows),
            }

    def predict(self, x: Any) -> Any:
        """The softmax outputs for rows."""
        return self.model.predict(x, verbose=0, **self.options)
