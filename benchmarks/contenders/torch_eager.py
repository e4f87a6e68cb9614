"""The network in PyTorch, eager: the usual loop, with rows taken by index from one tensor in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.contenders.protocol import serve
from benchmarks.workloads import Workload


class Network:
    """``Linear`` and ``ReLU`` layers with their optimizer, and the rows."""

    def __init__(self, workload: Workload, x: NDArray[np.float32], y: NDArray[np.int64]) -> None:
        torch.manual_seed(0)
        layers: list[torch.nn.Module] = []
        for inputs, outputs in zip(workload.units, workload.units[1:], strict=False):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
        self.model = torch.nn.Sequential(*layers[:-1])
        parameters = self.model.parameters()
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.RMSprop(parameters, lr=1e-3, alpha=0.9, eps=1e-7)
            if workload.optimizer == "rmsprop"
            else torch.optim.Adam(parameters, lr=1e-3, eps=1e-7)
        )
        self.loss = torch.nn.CrossEntropyLoss()
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        self.workload = workload

    def epoch(self) -> None:
        """Train one epoch."""
        for rows in torch.randperm(self.workload.rows).split(self.workload.batch_size):
            self.optimizer.zero_grad()
            self.loss(self.model(self.x[rows]), self.y[rows]).backward()
            self.optimizer.step()

    def predict(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Class scores of rows."""
        with torch.no_grad():
            return np.asarray(self.model(torch.from_numpy(x)))


if __name__ == "__main__":
    serve("PyTorch by hand, eager", ("torch",), Network)
