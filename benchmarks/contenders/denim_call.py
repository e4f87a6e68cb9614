"""Denim's ``model(x)``."""

from __future__ import annotations

import denim as keras
from benchmarks.contenders.keras_network import build
from benchmarks.contenders.protocol import Floats, serve_predictions
from benchmarks.data import Layers
from benchmarks.workloads import Inference


class Call:
    """The model as a function."""

    def __init__(self, inference: Inference, weights: Layers) -> None:
        self.model = build(keras, inference, weights)

    def predict(self, x: Floats) -> Floats:
        """The softmax outputs for rows."""
        return self.model(x)


if __name__ == "__main__":
    serve_predictions("denim, model(x)", ("denim-nn",), Call)
