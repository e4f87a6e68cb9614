"""PyTorch under ``inference_mode``, from NumPy to NumPy."""

from __future__ import annotations

import numpy as np
import torch

from benchmarks.contenders.protocol import Floats, serve_predictions
from benchmarks.contenders.threads import one_or_all
from benchmarks.data import Layers
from benchmarks.workloads import Inference


class Network:
    """``Linear`` layers with these weights."""

    def __init__(self, _inference: Inference, weights: Layers) -> None:
        layers: list[torch.nn.Module] = []
        for weight, bias in weights:
            linear = torch.nn.Linear(*weight.shape)
            with torch.no_grad():
                linear.weight.copy_(torch.from_numpy(weight.T))
                linear.bias.copy_(torch.from_numpy(bias))
            layers += [linear, torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1], torch.nn.Softmax(dim=-1)).eval()
        self.variants = one_or_all(torch.set_num_threads)

    def predict(self, x: Floats) -> Floats:
        """The softmax outputs for rows."""
        with torch.inference_mode():
            return np.asarray(self.model(torch.from_numpy(x)))


if __name__ == "__main__":
    serve_predictions("PyTorch, inference_mode", ("torch",), Network)
