"""The network written out in JAX: one jitted ``lax.scan`` over the epoch, the order drawn by NumPy.

Buffers are donated, and random bits come from XLA's own generator, which is faster on a CPU than threefry.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from benchmarks.contenders.protocol import Floats, serve
from benchmarks.data import glorot
from benchmarks.workloads import Workload

RATE, EPSILON, RHO, BETA_1, BETA_2 = 1e-3, 1e-7, 0.9, 0.9, 0.999
MOMENTUM, VARIANCE_EPSILON = 0.99, 1e-3

Parameters = list[dict[str, Any]]
Moving = list[tuple[Any, Any]]
State = tuple[Parameters, Any, Any, Moving]


def outputs(
    parameters: Parameters, moving: Moving, x: Any, workload: Workload, key: Any | None = None
) -> tuple[Any, Moving]:
    """Logits or values, and the moving statistics after; with a key as in training, without as in prediction."""
    after = []
    for index, layer in enumerate(parameters[:-1]):
        x = jax.nn.relu(x @ layer["weight"] + layer["bias"])
        if workload.normalization:
            mean, variance = moving[index]
            if key is not None:
                now = x.mean(axis=0), x.var(axis=0)
                after.append((mean + (1 - MOMENTUM) * (now[0] - mean), variance + (1 - MOMENTUM) * (now[1] - variance)))
                mean, variance = now
            x = (x - mean) * (layer["gamma"] / jnp.sqrt(variance + VARIANCE_EPSILON)) + layer["beta"]
        if workload.dropout and key is not None:
            keep = 1 - workload.dropout
            mask = jax.random.bernoulli(jax.random.fold_in(key, index), keep, x.shape)
            x = jnp.where(mask, x * (1 / keep), 0)
    return x @ parameters[-1]["weight"] + parameters[-1]["bias"], after


def mean_loss(parameters: Parameters, moving: Moving, x: Any, y: Any, key: Any, workload: Workload) -> Any:
    result, moving = outputs(parameters, moving, x, workload, key)
    if workload.loss == "mse":
        return jnp.mean((result - y) ** 2), moving
    chances = jax.nn.log_softmax(result)
    return -jnp.mean(jnp.take_along_axis(chances, y[:, None], axis=1)), moving


def rmsprop(gradients: Any, parameters: Any, squares: Any, means: Any, _step: Any) -> Any:
    squares = jax.tree.map(lambda v, g: RHO * v + (1 - RHO) * g * g, squares, gradients)
    parameters = jax.tree.map(lambda w, g, v: w - RATE * g / jnp.sqrt(v + EPSILON), parameters, gradients, squares)
    return parameters, squares, means


def adam(gradients: Any, parameters: Any, squares: Any, means: Any, step: Any) -> Any:
    rate = RATE * jnp.sqrt(1 - BETA_2**step) / (1 - BETA_1**step)
    means = jax.tree.map(lambda m, g: BETA_1 * m + (1 - BETA_1) * g, means, gradients)
    squares = jax.tree.map(lambda v, g: BETA_2 * v + (1 - BETA_2) * g * g, squares, gradients)
    parameters = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), parameters, means, squares)
    return parameters, squares, means


UPDATES = {"rmsprop": rmsprop, "adam": adam}


@partial(jax.jit, static_argnames=("workload", "unroll"), donate_argnames="state")
def run_epoch(state: State, first: Any, x: Any, y: Any, order: Any, key: Any, workload: Workload, unroll: int) -> Any:
    """All steps of an epoch in this order of rows; ``first`` is the number of its first step, from 1."""

    def step(carry: tuple[State, Any], rows: Any) -> Any:
        (parameters, squares, means, moving), count = carry
        step_key = jax.random.fold_in(key, count.astype("uint32"))
        (loss, moving), gradients = jax.value_and_grad(mean_loss, has_aux=True)(
            parameters, moving, x[rows], y[rows], step_key, workload
        )
        state = UPDATES[workload.optimizer](gradients, parameters, squares, means, count)
        return ((*state, moving), count + 1), loss

    whole = workload.rows // workload.batch_size * workload.batch_size
    carry, losses = jax.lax.scan(step, (state, first), order[:whole].reshape(-1, workload.batch_size), unroll=unroll)
    if whole < workload.rows:
        carry, _ = step(carry, order[whole:])
    return carry[0], losses.mean()


class Network:
    """The parameters with their slots, in JAX, and the rows."""

    def __init__(self, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        parameters = [{"weight": jnp.asarray(w), "bias": jnp.asarray(b)} for w, b in glorot(workload.units)]
        moving: Moving = []
        if workload.normalization:
            for layer, width in zip(parameters, workload.units[1:-1], strict=False):
                layer |= {"gamma": jnp.ones(width), "beta": jnp.zeros(width)}
                moving.append((jnp.zeros(width), jnp.ones(width)))
        zeros = partial(jax.tree.map, jnp.zeros_like)
        self.state: State = (parameters, zeros(parameters), zeros(parameters), moving)
        self.x, self.y = jnp.asarray(x), jnp.asarray(y)
        self.rng, self.key = np.random.default_rng(0), jax.random.key(0, impl="unsafe_rbg")
        self.workload, self.done = workload, 0
        self.variants = {f"unroll={n}": partial(self._unroll, n) for n in (1, 8)}
        self._unroll(1)

    def epoch(self) -> None:
        """Train one epoch."""
        order = self.rng.permutation(self.workload.rows).astype("int32")
        first = np.float32(self.done + 1)
        self.state, loss = run_epoch(self.state, first, self.x, self.y, order, self.key, self.workload, self.unroll)
        self.done += self.workload.steps
        loss.block_until_ready()

    def _unroll(self, steps: int) -> None:
        self.unroll = steps

    def predict(self, x: Floats) -> NDArray[Any]:
        """Outputs for rows."""
        return np.asarray(outputs(self.state[0], self.state[3], jnp.asarray(x), self.workload)[0])


if __name__ == "__main__":
    serve("JAX by hand, one scan an epoch", ("jax", "jaxlib"), Network)
