"""Random arrays, by Keras's names and rules; the numbers are denim's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.random.draws import (
        beta,
        binomial,
        categorical,
        dropout,
        gamma,
        normal,
        randint,
        shuffle,
        truncated_normal,
        uniform,
    )
    from denim.random.seeds import SeedGenerator

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]

__getattr__, __dir__ = bind(
    __name__, {**dict.fromkeys(__all__, "denim.random.draws"), "SeedGenerator": "denim.random.seeds"}
)
