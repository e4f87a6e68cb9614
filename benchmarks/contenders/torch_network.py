"""The network in PyTorch, and the loop that takes its rows by index from one tensor in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.contenders.protocol import Floats
from benchmarks.contenders.threads import one_or_all
from benchmarks.workloads import Workload

Step = Callable[[torch.Tensor, torch.Tensor], None]


class Network:
    """Layers, loss and rows; who inherits makes the step."""

    step: Step

    def __init__(self, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        torch.manual_seed(0)
        layers: list[torch.nn.Module] = []
        for inputs, outputs in zip(workload.units[:-2], workload.units[1:-1], strict=True):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.ReLU()]
            if workload.normalization:
                layers.append(torch.nn.BatchNorm1d(outputs, eps=1e-3, momentum=0.01))
            if workload.dropout:
                layers.append(torch.nn.Dropout(workload.dropout))
        self.model = torch.nn.Sequential(*layers, torch.nn.Linear(workload.units[-2], workload.outputs))
        self.loss = torch.nn.MSELoss() if workload.loss == "mse" else torch.nn.CrossEntropyLoss()
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        self.workload = workload
        self.variants = one_or_all(torch.set_num_threads)

    def epoch(self) -> None:
        """Train one epoch."""
        for rows in torch.split(torch.randperm(self.workload.rows), self.workload.batch_size):
            self.step(self.x[rows], self.y[rows])

    def predict(self, x: Floats) -> NDArray[Any]:
        """Outputs for rows."""
        self.model.eval()
        with torch.no_grad():
            outputs = np.asarray(self.model(torch.from_numpy(x)))
        self.model.train()
        return outputs
