"""Keras on JAX: the same program as denim's. The harness sets KERAS_BACKEND."""

from __future__ import annotations

from functools import partial

import keras

from benchmarks.contenders.keras_fit import KerasFit
from benchmarks.contenders.protocol import serve

if __name__ == "__main__":
    serve("Keras on JAX, fit(epochs=1)", ("keras", "jax"), partial(KerasFit, keras))
