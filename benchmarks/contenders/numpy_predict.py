"""The forward pass written out in NumPy, in place where it can be."""

from __future__ import annotations

import numpy as np

from benchmarks.contenders import threads
from benchmarks.contenders.protocol import Floats, serve_predictions
from benchmarks.data import Layers
from benchmarks.workloads import Inference


class Network:
    """The weights."""

    def __init__(self, _inference: Inference, weights: Layers) -> None:
        self.weights = weights
        self.variants = threads.blas()

    def predict(self, x: Floats) -> Floats:
        """The softmax outputs for rows."""
        for weight, bias in self.weights[:-1]:
            x = x @ weight
            x += bias
            np.maximum(x, 0, out=x)
        weight, bias = self.weights[-1]
        x = x @ weight
        x += bias
        x -= x.max(axis=1, keepdims=True)
        np.exp(x, out=x)
        x /= x.sum(axis=1, keepdims=True)
        return x


if __name__ == "__main__":
    serve_predictions("NumPy by hand", ("threadpoolctl",), Network)
