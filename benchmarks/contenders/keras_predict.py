"""Keras's ``model.predict(x, verbose=0)`` on the backend that KERAS_BACKEND names."""

from __future__ import annotations

from functools import partial

import keras

from benchmarks.contenders.keras_backend import TITLES
from benchmarks.contenders.keras_network import Predict
from benchmarks.contenders.protocol import serve_predictions

if __name__ == "__main__":
    backend = keras.backend.backend()
    serve_predictions(f"Keras on {TITLES[backend]}, predict", ("keras", backend), partial(Predict, keras))
