"""scikit-learn's MLP: one ``partial_fit`` over all rows is one shuffled epoch of minibatches.

It has SGD and Adam only, so a workload with RMSprop is run with Adam, which does a little more work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier, MLPRegressor

from benchmarks.contenders import threads
from benchmarks.contenders.protocol import Floats, Unable, serve
from benchmarks.workloads import Workload


class Perceptron:
    """An MLP that is given one pass over the rows at a time."""

    def __init__(self, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        if workload.dropout or workload.normalization:
            raise Unable("scikit-learn has neither dropout nor batch normalization")
        regression = workload.loss == "mse"
        self.model = (MLPRegressor if regression else MLPClassifier)(
            hidden_layer_sizes=workload.units[1:-1],
            solver="adam",
            alpha=0.0,
            batch_size=workload.batch_size,
            random_state=0,
        )
        self.x = x
        self.y = y.ravel() if workload.outputs == 1 else y
        self.classes = {} if regression else {"classes": np.arange(workload.outputs)}
        self.variants = threads.blas()

    def epoch(self) -> None:
        """Train one epoch."""
        self.model.partial_fit(self.x, self.y, **self.classes)

    def predict(self, x: Floats) -> NDArray[Any]:
        """Outputs for rows."""
        classifier = isinstance(self.model, MLPClassifier)
        return np.asarray(self.model.predict_proba(x) if classifier else self.model.predict(x))


if __name__ == "__main__":
    serve("scikit-learn MLP, Adam", ("scikit-learn",), Perceptron)
