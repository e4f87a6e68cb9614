"""The Keras program that both denim and Keras run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.protocol import Floats
from benchmarks.workloads import Workload


class KerasFit:
    """``Sequential``, ``compile`` and one ``fit(epochs=1, verbose=0)`` an epoch."""

    def __init__(self, keras: Any, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        keras.utils.set_random_seed(0)
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

    def epoch(self) -> None:
        """Train one epoch."""
        self.model.fit(self.x, self.y, batch_size=self.batch_size, epochs=1, verbose=0)

    def predict(self, x: Floats) -> NDArray[Any]:
        """Outputs for rows."""
        return np.asarray(self.model.predict(x, verbose=0))
