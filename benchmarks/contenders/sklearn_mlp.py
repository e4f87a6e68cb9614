"""scikit-learn's MLPClassifier: one ``partial_fit`` over all rows is one shuffled epoch of minibatches.

It has SGD and Adam only, so a workload with RMSprop is run with Adam, which does a little more work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from benchmarks.contenders.protocol import serve
from benchmarks.workloads import Workload


class Perceptron:
    """An ``MLPClassifier`` that is given one pass over the rows at a time."""

    def __init__(self, workload: Workload, x: NDArray[np.float32], y: NDArray[np.int64]) -> None:
        self.model = MLPClassifier(
            hidden_layer_sizes=workload.units[1:-1],
            solver="adam",
            alpha=0.0,
            batch_size=workload.batch_size,
            random_state=0,
        )
        self.x, self.y = x, y
        self.classes = np.arange(workload.classes)

    def epoch(self) -> None:
        """Train one epoch."""
        self.model.partial_fit(self.x, self.y, classes=self.classes)

    def predict(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Class scores of rows."""
        return np.asarray(self.model.predict_proba(x))


if __name__ == "__main__":
    serve("scikit-learn MLPClassifier, Adam (has no RMSprop)", ("scikit-learn",), Perceptron)
