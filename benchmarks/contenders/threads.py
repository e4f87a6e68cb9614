"""The ways to use the cores that a contender may choose from."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.contenders.protocol import Variants
from benchmarks.machine import cores


def one_or_all(set_threads: Callable[[int], object]) -> Variants:
    """All cores, or one, which is often faster where a network is small."""
    variants = {"one thread": partial(set_threads, 1)}
    if cores() > 1:
        variants["all threads"] = partial(set_threads, cores())
    return variants


def blas() -> Variants:
    """The same for the BLAS that NumPy calls."""
    from threadpoolctl import threadpool_limits

    return one_or_all(threadpool_limits)
