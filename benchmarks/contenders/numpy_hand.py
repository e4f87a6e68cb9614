"""The network written out in NumPy, with its updates in place. The harness gives it one BLAS thread."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.protocol import serve
from benchmarks.workloads import Workload

Floats = NDArray[np.float32]
RATE, EPSILON = np.float32(1e-3), np.float32(1e-7)
RHO, BETA_1, BETA_2 = np.float32(0.9), np.float32(0.9), np.float32(0.999)
ONE = np.float32(1)


class Network:
    """Parameters, slots and scratch, and the steps of an epoch."""

    def __init__(self, workload: Workload, x: Floats, y: NDArray[np.int64]) -> None:
        rng = np.random.default_rng(0)
        self.parameters: list[Floats] = []
        for inputs, outputs in zip(workload.units, workload.units[1:], strict=False):
            limit = (6 / (inputs + outputs)) ** 0.5
            self.parameters.append(rng.uniform(-limit, limit, (inputs, outputs)).astype("float32"))
            self.parameters.append(np.zeros(outputs, "float32"))
        self.squares = [np.zeros_like(p) for p in self.parameters]
        self.means = [np.zeros_like(p) for p in self.parameters]
        self.scratch = [np.empty_like(p) for p in self.parameters]
        self.workload, self.x, self.y, self.rng, self.step = workload, x, y, rng, 0

    def epoch(self) -> None:
        """Train one epoch."""
        workload = self.workload
        order = self.rng.permutation(workload.rows)
        for start in range(0, workload.rows, workload.batch_size):
            rows = order[start : start + workload.batch_size]
            gradients = self._gradients(self.x[rows], self.y[rows])
            self.step += 1
            update = self._rmsprop if workload.optimizer == "rmsprop" else self._adam
            for index, gradient in enumerate(gradients):
                update(index, gradient)

    def predict(self, x: Floats) -> NDArray[Any]:
        """Class scores of rows."""
        return self._forward(x)[-1]

    def _forward(self, x: Floats) -> list[Floats]:
        """The input, every hidden layer's output, and the probabilities."""
        values = [x]
        weights, biases = self.parameters[::2], self.parameters[1::2]
        for weight, bias in zip(weights, biases, strict=True):
            x = x @ weight
            x += bias
            if weight is not weights[-1]:
                np.maximum(x, 0, out=x)
            values.append(x)
        x -= x.max(axis=1, keepdims=True)
        np.exp(x, out=x)
        x /= x.sum(axis=1, keepdims=True)
        return values

    def _gradients(self, x: Floats, y: NDArray[np.int64]) -> list[Floats]:
        values = self._forward(x)
        delta = values[-1]
        delta[np.arange(len(y)), y] -= 1
        delta *= ONE / np.float32(len(y))
        gradients: list[Floats] = []
        for layer in reversed(range(len(values) - 1)):
            gradients[:0] = [values[layer].T @ delta, delta.sum(axis=0)]
            if layer:
                delta = delta @ self.parameters[2 * layer].T
                delta *= values[layer] > 0
        return gradients

    def _rmsprop(self, index: int, gradient: Floats) -> None:
        square, scratch = self.squares[index], self.scratch[index]
        np.multiply(gradient, gradient, out=scratch)
        scratch *= ONE - RHO
        square *= RHO
        square += scratch
        np.add(square, EPSILON, out=scratch)
        np.sqrt(scratch, out=scratch)
        gradient *= RATE
        gradient /= scratch
        self.parameters[index] -= gradient

    def _adam(self, index: int, gradient: Floats) -> None:
        mean, square, scratch = self.means[index], self.squares[index], self.scratch[index]
        rate = RATE * np.sqrt(ONE - BETA_2**self.step) / (ONE - BETA_1**self.step)
        np.multiply(gradient, gradient, out=scratch)
        scratch *= ONE - BETA_2
        square *= BETA_2
        square += scratch
        gradient *= ONE - BETA_1
        mean *= BETA_1
        mean += gradient
        np.sqrt(square, out=scratch)
        scratch += EPSILON
        np.divide(mean, scratch, out=gradient)
        gradient *= np.float32(rate)
        self.parameters[index] -= gradient


if __name__ == "__main__":
    serve("NumPy by hand, one BLAS thread", (), Network)
