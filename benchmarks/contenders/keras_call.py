"""Keras's ``model(x)``, its result taken to NumPy, on the backend that KERAS_BACKEND names."""

from __future__ import annotations

from typing import Any

import keras

from benchmarks.contenders.keras_backend import TITLES
from benchmarks.contenders.keras_network import build
from benchmarks.contenders.protocol import Floats, serve_predictions
from benchmarks.data import Layers
from benchmarks.workloads import Inference


class Call:
    """The model as a function."""

    def __init__(self, inference: Inference, weights: Layers) -> None:
        self.model = build(keras, inference, weights)

    def predict(self, x: Floats) -> Any:
        """The softmax outputs for rows."""
        return keras.ops.convert_to_numpy(self.model(x))


if __name__ == "__main__":
    backend = keras.backend.backend()
    serve_predictions(f"Keras on {TITLES[backend]}, model(x)", ("keras", backend), Call)
