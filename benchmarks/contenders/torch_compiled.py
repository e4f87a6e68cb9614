"""PyTorch, compiled: forward, backward and the update of all parameters in one ``torch.compile``d step."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray

from benchmarks.contenders import torch_network
from benchmarks.contenders.protocol import Floats, serve
from benchmarks.workloads import Workload

RATE, EPSILON, RHO, BETA_1, BETA_2 = 1e-3, 1e-7, 0.9, 0.9, 0.999


class Network(torch_network.Network):
    """The network with its slots, and the compiled step."""

    def __init__(self, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        super().__init__(workload, x, y)
        self.parameters = list(self.model.parameters())
        self.squares = [torch.zeros_like(p) for p in self.parameters]
        self.means = [torch.zeros_like(p) for p in self.parameters]
        self.done = 0
        self.update = self._rmsprop if workload.optimizer == "rmsprop" else self._adam
        self.compiled = torch.compile(self._step, dynamic=False)

    def step(self, x: torch.Tensor, y: torch.Tensor) -> None:
        """One step of training."""
        self.done += 1
        rate = RATE * (1 - BETA_2**self.done) ** 0.5 / (1 - BETA_1**self.done)
        self.compiled(x, y, torch.tensor(rate))

    def _step(self, x: torch.Tensor, y: torch.Tensor, rate: torch.Tensor) -> None:
        gradients = torch.autograd.grad(self.loss(self.model(x), y), self.parameters)
        with torch.no_grad():
            for index, gradient in enumerate(gradients):
                self.update(index, gradient, rate)

    def _rmsprop(self, index: int, gradient: torch.Tensor, _rate: torch.Tensor) -> None:
        square = self.squares[index]
        square.mul_(RHO).addcmul_(gradient, gradient, value=1 - RHO)
        self.parameters[index].sub_(RATE * gradient / (square + EPSILON).sqrt())

    def _adam(self, index: int, gradient: torch.Tensor, rate: torch.Tensor) -> None:
        mean, square = self.means[index], self.squares[index]
        mean.lerp_(gradient, 1 - BETA_1)
        square.mul_(BETA_2).addcmul_(gradient, gradient, value=1 - BETA_2)
        self.parameters[index].sub_(rate * mean / (square.sqrt() + EPSILON))


if __name__ == "__main__":
    serve("PyTorch by hand, torch.compile", ("torch",), Network)
