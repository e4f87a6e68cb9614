"""The network written out in JAX: one jitted ``lax.scan`` over the epoch, the order drawn by NumPy."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.protocol import serve
from benchmarks.workloads import Workload

RATE, EPSILON, RHO, BETA_1, BETA_2 = 1e-3, 1e-7, 0.9, 0.9, 0.999

Parameters = list[tuple[Any, Any]]
State = tuple[Parameters, Any, Any]


def logits(parameters: Parameters, x: Any) -> Any:
    for weight, bias in parameters[:-1]:
        x = jax.nn.relu(x @ weight + bias)
    weight, bias = parameters[-1]
    return x @ weight + bias


def mean_loss(parameters: Parameters, x: Any, y: Any) -> Any:
    chances = jax.nn.log_softmax(logits(parameters, x))
    return -jnp.mean(jnp.take_along_axis(chances, y[:, None], axis=1))


def rmsprop(gradients: Any, state: State, _step: Any) -> State:
    parameters, squares, means = state
    squares = jax.tree.map(lambda v, g: RHO * v + (1 - RHO) * g * g, squares, gradients)
    parameters = jax.tree.map(lambda w, g, v: w - RATE * g / jnp.sqrt(v + EPSILON), parameters, gradients, squares)
    return parameters, squares, means


def adam(gradients: Any, state: State, step: Any) -> State:
    parameters, squares, means = state
    rate = RATE * jnp.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
    means = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, means, gradients)
    squares = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, squares, gradients)
    parameters = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), parameters, means, squares)
    return parameters, squares, means


UPDATES = {"rmsprop": rmsprop, "adam": adam}


@partial(jax.jit, static_argnames="optimizer", donate_argnames="state")
def run_epoch(state: State, first: Any, x: Any, y: Any, order: Any, optimizer: str) -> Any:
    """All steps of an epoch: ``order`` has a row of row numbers for each, ``first`` counts from 1."""

    def step(carry: Any, rows: Any) -> Any:
        state, count = carry
        loss, gradients = jax.value_and_grad(mean_loss)(state[0], x[rows], y[rows])
        return (UPDATES[optimizer](gradients, state, count), count + 1), loss

    (state, _), losses = jax.lax.scan(step, (state, first), order)
    return state, losses.mean()


class Network:
    """The parameters with their slots, in JAX, and the rows."""

    def __init__(self, workload: Workload, x: NDArray[np.float32], y: NDArray[np.int64]) -> None:
        self.rng = np.random.default_rng(0)
        parameters = []
        for inputs, outputs in zip(workload.units, workload.units[1:], strict=False):
            limit = (6 / (inputs + outputs)) ** 0.5
            weight = self.rng.uniform(-limit, limit, (inputs, outputs)).astype("float32")
            parameters.append((jnp.asarray(weight), jnp.zeros(outputs)))
        zeros = partial(jax.tree.map, jnp.zeros_like)
        self.state: State = (parameters, zeros(parameters), zeros(parameters))
        self.x, self.y = jnp.asarray(x), jnp.asarray(y)
        self.workload, self.done = workload, 0

    def epoch(self) -> None:
        """Train one epoch."""
        workload = self.workload
        order = self.rng.permutation(workload.rows).reshape(workload.steps, workload.batch_size)
        self.state, loss = run_epoch(
            self.state,
            np.float32(self.done + 1),
            self.x,
            self.y,
            order.astype("int32"),
            workload.optimizer,
        )
        self.done += workload.steps
        loss.block_until_ready()

    def predict(self, x: NDArray[np.float32]) -> NDArray[Any]:
        """Class scores of rows."""
        return np.asarray(logits(self.state[0], jnp.asarray(x)))


if __name__ == "__main__":
    serve("JAX by hand, lax.scan over the epoch", ("jax", "jaxlib"), Network)
