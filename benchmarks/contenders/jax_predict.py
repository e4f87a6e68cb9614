"""JAX, jitted, from NumPy to NumPy; the weights are constants of the compiled function."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.contenders.protocol import Floats, serve_predictions
from benchmarks.data import Layers
from benchmarks.workloads import Inference


class Network:
    """The compiled function."""

    def __init__(self, _inference: Inference, weights: Layers) -> None:
        constants = [(jnp.asarray(weight), jnp.asarray(bias)) for weight, bias in weights]

        @jax.jit
        def outputs(x: Any) -> Any:
            for weight, bias in constants[:-1]:
                x = jax.nn.relu(x @ weight + bias)
            weight, bias = constants[-1]
            return jax.nn.softmax(x @ weight + bias)

        self.outputs = outputs

    def predict(self, x: Floats) -> Floats:
        """The softmax outputs for rows."""
        return np.asarray(self.outputs(x))


if __name__ == "__main__":
    serve_predictions("JAX, jit", ("jax", "jaxlib"), Network)
