"""The Keras program that both denim and Keras run."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Workload


class KerasFit:
    """``Sequential``, ``compile`` and one ``fit(epochs=1, verbose=0)`` an epoch."""

    def __init__(self, keras: Any, workload: Workload, x: NDArray[np.float32], y: NDArray[np.int64]) -> None:
        keras.utils.set_random_seed(0)
        dense = keras.layers.Dense
        self.model = keras.Sequential(
            [
                keras.layers.Input(shape=(workload.features,)),
                *(dense(units, activation="relu") for units in workload.units[1:-1]),
                dense(workload.classes, activation="softmax"),
            ]
        )
        self.model.compile(workload.optimizer, loss="sparse_categorical_crossentropy")
        self.x, self.y, self.batch_size = x, y, workload.batch_size

    def epoch(self) -> None:
        """Train one epoch."""
        self.model.fit(self.x, self.y, batch_size=self.batch_size, epochs=1, verbose=0)

    def predict(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Class scores of rows."""
        return np.asarray(self.model.predict(x, verbose=0))
