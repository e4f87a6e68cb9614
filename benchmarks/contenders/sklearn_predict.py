"""scikit-learn's ``MLPClassifier.predict_proba`` with these weights."""

from __future__ import annotations

import numpy as np
from sklearn.neural_network import MLPClassifier

from benchmarks.contenders import threads
from benchmarks.contenders.protocol import Floats, serve_predictions
from benchmarks.data import Layers
from benchmarks.workloads import Inference


class Perceptron:
    """A classifier that was fitted on one row a class, and then given the weights."""

    def __init__(self, inference: Inference, weights: Layers) -> None:
        classes = np.arange(inference.units[-1])
        x = np.zeros((len(classes), inference.units[0]), "float32")
        self.model = MLPClassifier(inference.units[1:-1]).partial_fit(x, classes, classes=classes)
        self.model.coefs_ = [weight for weight, _ in weights]
        self.model.intercepts_ = [bias for _, bias in weights]
        self.variants = threads.blas()

    def predict(self, x: Floats) -> Floats:
        """The softmax outputs for rows."""
        return np.asarray(self.model.predict_proba(x))


if __name__ == "__main__":
    serve_predictions("scikit-learn MLPClassifier, predict_proba", ("scikit-learn",), Perceptron)
