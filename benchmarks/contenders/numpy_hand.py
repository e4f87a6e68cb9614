"""The network written out in NumPy, with its updates in place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders import threads
from benchmarks.contenders.protocol import Floats, serve
from benchmarks.data import glorot
from benchmarks.workloads import Workload

RATE, EPSILON = np.float32(1e-3), np.float32(1e-7)
RHO, BETA_1, BETA_2 = np.float32(0.9), np.float32(0.9), np.float32(0.999)
MOMENTUM, VARIANCE_EPSILON = np.float32(0.99), np.float32(1e-3)
ONE = np.float32(1)


class Normalization:
    """Batch normalization of one layer: its moving statistics, and what its gradient needs of the last batch."""

    def __init__(self, width: int) -> None:
        self.gamma, self.beta = np.ones(width, "float32"), np.zeros(width, "float32")
        self.mean, self.variance = np.zeros(width, "float32"), np.ones(width, "float32")
        self.normal: Floats
        self.scale: Floats

    def train(self, x: Floats) -> Floats:
        """Normalize by the batch, and let the moving statistics follow."""
        mean = x.mean(axis=0)
        centred = x - mean
        variance = np.einsum("ij,ij->j", centred, centred) / np.float32(len(x))
        self.mean += (ONE - MOMENTUM) * (mean - self.mean)
        self.variance += (ONE - MOMENTUM) * (variance - self.variance)
        self.scale = ONE / np.sqrt(variance + VARIANCE_EPSILON)
        self.normal = np.multiply(centred, self.scale, out=centred)
        return self.normal * self.gamma + self.beta

    def predict(self, x: Floats) -> Floats:
        """Normalize by the moving statistics."""
        result = (x - self.mean) * (self.gamma / np.sqrt(self.variance + VARIANCE_EPSILON)) + self.beta
        return np.asarray(result, "float32")

    def gradients(self, delta: Floats) -> tuple[Floats, Floats, Floats]:
        """Gradients of the input, gamma and beta."""
        d_gamma, d_beta = np.einsum("ij,ij->j", delta, self.normal), delta.sum(axis=0)
        rows = np.float32(len(delta))
        d_x = delta - self.normal * (d_gamma / rows)
        d_x -= d_beta / rows
        d_x *= self.gamma * self.scale
        return d_x, d_gamma, d_beta


class Network:
    """Parameters, slots and scratch, and the steps of an epoch."""

    def __init__(self, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        self.layers = glorot(workload.units)
        self.normalizations = [Normalization(n) for n in workload.units[1:-1]] if workload.normalization else []
        self.parameters = [array for layer in self.layers for array in layer]
        self.parameters += [array for layer in self.normalizations for array in (layer.gamma, layer.beta)]
        self.squares = [np.zeros_like(p) for p in self.parameters]
        self.means = [np.zeros_like(p) for p in self.parameters]
        self.scratch = [np.empty_like(p) for p in self.parameters]
        self.workload, self.x, self.y, self.rng, self.step = workload, x, y, np.random.default_rng(0), 0
        self.variants = threads.blas()

    def epoch(self) -> None:
        """Train one epoch."""
        workload = self.workload
        order = self.rng.permutation(workload.rows)
        update = self._rmsprop if workload.optimizer == "rmsprop" else self._adam
        for start in range(0, workload.rows, workload.batch_size):
            rows = order[start : start + workload.batch_size]
            gradients = self._gradients(self.x[rows], self.y[rows])
            self.step += 1
            for index, gradient in enumerate(gradients):
                update(index, gradient)

    def predict(self, x: Floats) -> NDArray[Any]:
        """Outputs for rows."""
        for index, (weight, bias) in enumerate(self.layers[:-1]):
            x = np.maximum(x @ weight + bias, 0)
            if self.normalizations:
                x = self.normalizations[index].predict(x)
        weight, bias = self.layers[-1]
        return np.asarray(x @ weight + bias)

    def _gradients(self, x: Floats, y: NDArray[Any]) -> list[Floats]:
        inputs, rectified, masks = [x], [], []
        for index, (weight, bias) in enumerate(self.layers[:-1]):
            x = x @ weight
            x += bias
            np.maximum(x, 0, out=x)
            rectified.append(x)
            if self.normalizations:
                x = self.normalizations[index].train(x)
            if self.workload.dropout:
                mask = self._mask(x.shape)
                masks.append(mask)
                x = x * mask
            inputs.append(x)
        weight, bias = self.layers[-1]
        x = x @ weight
        x += bias
        delta = self._output_gradient(x, y)
        dense: list[Floats] = []
        normal: list[Floats] = []
        for index in reversed(range(len(self.layers))):
            dense[:0] = [inputs[index].T @ delta, delta.sum(axis=0)]
            if index:
                delta = delta @ self.layers[index][0].T
                if masks:
                    delta *= masks[index - 1]
                if self.normalizations:
                    delta, d_gamma, d_beta = self.normalizations[index - 1].gradients(delta)
                    normal[:0] = [d_gamma, d_beta]
                delta *= rectified[index - 1] > 0
        return dense + normal

    def _mask(self, shape: tuple[int, ...]) -> Floats:
        keep = np.float32(1 - self.workload.dropout)
        mask = (self.rng.random(shape, dtype="float32") < keep).astype("float32")
        mask *= ONE / keep
        return mask

    def _output_gradient(self, x: Floats, y: NDArray[Any]) -> Floats:
        """Gradient of the mean loss by the last layer's values, which it overwrites."""
        if self.workload.loss == "mse":
            x -= y
            x *= np.float32(2 / x.size)
            return x
        x -= x.max(axis=1, keepdims=True)
        np.exp(x, out=x)
        x /= x.sum(axis=1, keepdims=True)
        x[np.arange(len(y)), y] -= 1
        x *= ONE / np.float32(len(y))
        return x

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
    serve("NumPy by hand", ("threadpoolctl",), Network)
