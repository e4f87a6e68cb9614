"""Who is timed: each runs as ``python -m benchmarks.contenders.<module>`` in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Contender:
    """A module of this package, what it must find installed, and the environment it runs in."""

    module: str
    requires: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


ONE_BLAS_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

CONTENDERS = {
    contender.module: contender
    for contender in (
        Contender("denim_fit", ("denim",)),
        Contender("keras_jax", ("keras", "jax"), {"KERAS_BACKEND": "jax"}),
        Contender("sklearn_mlp", ("sklearn",)),
        Contender("numpy_hand", ("numpy",), ONE_BLAS_THREAD),
        Contender("jax_hand", ("jax",)),
        Contender("torch_hand", ("torch",)),
    )
}
