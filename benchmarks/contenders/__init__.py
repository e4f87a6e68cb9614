"""Who is timed: each runs as ``python -m benchmarks.contenders.<module>`` in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contender:
    """A module of this package, what it must find installed, and the environment it runs in."""

    name: str
    module: str
    requires: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


DENIM = "denim"
ONE_BLAS_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
CPU = {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3"}


def keras_on(backend: str) -> dict[str, str]:
    """The environment in which ``import keras`` gives Keras on this backend, without accelerators."""
    return {"KERAS_BACKEND": backend, **CPU}


def _named(*contenders: Contender) -> dict[str, Contender]:
    return {contender.name: contender for contender in contenders}


TRAINERS = _named(
    Contender(DENIM, "denim_fit", ("denim",)),
    Contender("keras_jax", "keras_backend", ("keras", "jax"), keras_on("jax")),
    Contender("keras_torch", "keras_backend", ("keras", "torch"), keras_on("torch")),
    Contender("keras_tensorflow", "keras_backend", ("keras", "tensorflow"), keras_on("tensorflow")),
    Contender("jax_hand", "jax_hand", ("jax",), CPU),
    Contender("torch_eager", "torch_eager", ("torch",), CPU),
    Contender("torch_compiled", "torch_compiled", ("torch",), CPU),
    Contender("sklearn_mlp", "sklearn_mlp", ("sklearn",)),
    Contender("numpy_hand", "numpy_hand", ("numpy", "threadpoolctl")),
)

PREDICTORS = _named(
    Contender(DENIM, "denim_predict", ("denim",)),
    Contender("denim_call", "denim_call", ("denim",)),
    Contender("onnxruntime", "onnxruntime_run", ("onnx", "onnxruntime")),
    Contender("keras_jax", "keras_predict", ("keras", "jax"), keras_on("jax")),
    Contender("keras_torch", "keras_predict", ("keras", "torch"), keras_on("torch")),
    Contender("keras_tensorflow", "keras_predict", ("keras", "tensorflow"), keras_on("tensorflow")),
    Contender("keras_jax_call", "keras_call", ("keras", "jax"), keras_on("jax")),
    Contender("keras_torch_call", "keras_call", ("keras", "torch"), keras_on("torch")),
    Contender("keras_tensorflow_call", "keras_call", ("keras", "tensorflow"), keras_on("tensorflow")),
    Contender("torch_inference", "torch_predict", ("torch",), CPU),
    Contender("jax_jit", "jax_predict", ("jax",), CPU),
    Contender("sklearn_mlp", "sklearn_predict", ("sklearn",)),
    Contender("numpy_hand", "numpy_predict", ("numpy", "threadpoolctl")),
)
