"""Keras on the backend that KERAS_BACKEND names: denim's program, in the way that is fastest there."""

from __future__ import annotations

from functools import partial
from typing import Any

import keras
from numpy.typing import NDArray

from benchmarks.contenders.keras_fit import KerasFit
from benchmarks.contenders.protocol import Floats, serve
from benchmarks.contenders.threads import one_or_all
from benchmarks.workloads import Workload

TITLES = {"jax": "JAX", "torch": "torch", "tensorflow": "TensorFlow"}
STEPS = (1, 16)


class Fit(KerasFit):
    """A model compiled for one step an execution or for several; on torch, on one thread or all."""

    def __init__(self, workload: Workload, x: Floats, y: NDArray[Any]) -> None:
        super().__init__(keras, workload, x, y)
        if keras.backend.backend() == "torch":
            import torch

            self.variants = one_or_all(torch.set_num_threads)
        else:
            self.variants = {f"steps_per_execution={steps}": partial(self._compile, steps) for steps in STEPS}
        self.optimizer = workload.optimizer

    def _compile(self, steps: int) -> None:
        self.model.compile(self.optimizer, loss=self.loss, steps_per_execution=steps)


if __name__ == "__main__":
    backend = keras.backend.backend()
    serve(f"Keras on {TITLES[backend]}", ("keras", backend), Fit)
