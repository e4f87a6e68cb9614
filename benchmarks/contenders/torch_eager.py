"""PyTorch, eager: the usual loop, with the fused Adam; RMSprop has none."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray

from benchmarks.contenders import torch_network
from benchmarks.contenders.protocol import Floats, serve
from benchmarks.workloads import Workload


class Network(torch_network.Network):
    """The network with its optimizer."""

    def __init__(self, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        super().__init__(workload, x, y)
        parameters = self.model.parameters()
        self.optimizer: torch.optim.Optimizer = (
            torch.optim.RMSprop(parameters, lr=1e-3, alpha=0.9, eps=1e-7)
            if workload.optimizer == "rmsprop"
            else torch.optim.Adam(parameters, lr=1e-3, eps=1e-7, fused=True)
        )

    def step(self, x: torch.Tensor, y: torch.Tensor) -> None:
        """One step of training."""
        self.optimizer.zero_grad()
        self.loss(self.model(x), y).backward()
        self.optimizer.step()


if __name__ == "__main__":
    serve("PyTorch by hand, eager", ("torch",), Network)
