"""The Keras program that both denim and Keras run."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.protocol import Floats
from benchmarks.workloads import Workload


class KerasFit:
    """``Sequential``, ``compile`` and one ``fit(epochs=1, verbose=0)`` an epoch.

    An epoch lasts from ``on_epoch_begin`` to ``on_epoch_end``: what a fit of any length costs once is left out.
    """

    def __init__(self, keras: Any, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        keras.utils.set_random_seed(0)
        self.callbacks = keras.callbacks
        layers = keras.layers
        self.model = keras.Sequential([layers.Input(shape=(workload.features,))])
        for units in workload.units[1:-1]:
            self.model.add(layers.Dense(units, activation="relu"))
            if workload.normalization:
                self.model.add(layers.BatchNormalization())
            if workload.dropout:
                self.model.add(layers.Dropout(workload.dropout))
        if workload.loss == "mse":
            self.model.add(layers.Dense(workload.outputs))
            self.loss = "mean_squared_error"
        else:
            self.model.add(layers.Dense(workload.outputs, activation="softmax"))
            self.loss = "sparse_categorical_crossentropy"
        self.model.compile(workload.optimizer, loss=self.loss)
        self.x, self.y, self.batch_size = x, y, workload.batch_size

    def epoch(self) -> float:
        """Train one epoch and return how long it took, in seconds."""
        times: list[float] = []
        watch = self.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: times.append(time.perf_counter()),
            on_epoch_end=lambda epoch, logs: times.append(time.perf_counter()),
        )
        self.model.fit(self.x, self.y, batch_size=self.batch_size, epochs=1, verbose=0, callbacks=[watch])
        begin, end = times
        return end - begin

    def predict(self, x: Floats) -> NDArray[Any]:
        """Outputs for rows."""
        return np.asarray(self.model.predict(x, verbose=0))
