"""What arithmetic and memory ask for: operations and bytes that no implementation of a workload can do without.

With batch size B, widths u_0 ... u_L, P parameters (P_1 of them in the first layer) and S optimizer slots, a step has

    operations = 2 B (3 sum u_(l-1) u_l - u_0 u_1)
        forward, weight gradient and input gradient of each layer; the first needs no input gradient
    bytes of state = 4 (P + (P - P_1) + 2 P (1 + S))
        the weights read forward and backward, then weights and slots read and written by the update
    bytes of data = 4 B (2 u_0 + 4 sum of u_1 ... u_L)
        a row is gathered and read again for the weight gradient; each layer's values and their gradients are written
        once and read once

The SGEMM bound is ``operations / rate``. The bound with bytes adds ``bytes / bandwidth``, at the rate at which this
machine copies a block as large as the parameters and slots, so that what fits a cache counts at the cache's speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from benchmarks.workloads import Inference, Workload

SLOTS = {"rmsprop": 1, "adam": 2}
FLOAT = 4


@dataclass(frozen=True)
class Gemm:
    """A product of an (m, k) with a (k, n) matrix, either of which may lie transposed in memory."""

    m: int
    k: int
    n: int
    left_transposed: bool = False
    right_transposed: bool = False

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.m * self.k * self.n


def gemms(workload: Workload | Inference) -> list[Gemm]:
    """The products of a training step, or of a prediction."""
    layers = list(pairwise(workload.units))
    if isinstance(workload, Inference):
        return [Gemm(workload.rows, k, n) for k, n in layers]
    batch = min(workload.batch_size, workload.rows)
    forward = [Gemm(batch, k, n) for k, n in layers]
    weights = [Gemm(k, batch, n, left_transposed=True) for k, n in layers]
    inputs = [Gemm(batch, n, k, right_transposed=True) for k, n in layers[1:]]
    return forward + weights + inputs


def flops(workload: Workload | Inference) -> int:
    """Operations of an epoch's products, or of a prediction's."""
    products = [k * n for k, n in pairwise(workload.units)]
    if isinstance(workload, Inference):
        return 2 * workload.rows * sum(products)
    return 2 * workload.rows * (3 * sum(products) - products[0])


def layer_parameters(workload: Workload) -> list[int]:
    """Trained numbers of each dense layer, its normalization's included."""
    last = len(workload.units) - 2
    return [
        k * n + n + 2 * n * (workload.normalization and layer < last)
        for layer, (k, n) in enumerate(pairwise(workload.units))
    ]


def state_bytes(workload: Workload) -> int:
    """Room that parameters and slots take."""
    return FLOAT * sum(layer_parameters(workload)) * (1 + SLOTS[workload.optimizer])


def step_bytes(workload: Workload) -> int:
    """Bytes that a step must read and write."""
    parameters = layer_parameters(workload)
    total = sum(parameters)
    state = total + (total - parameters[0]) + 2 * total * (1 + SLOTS[workload.optimizer])
    batch = min(workload.batch_size, workload.rows)
    data = batch * (2 * workload.features + 4 * sum(workload.units[1:]))
    return FLOAT * (state + data)


def epoch_bytes(workload: Workload) -> int:
    """Bytes that an epoch must read and write."""
    return workload.steps * step_bytes(workload)
