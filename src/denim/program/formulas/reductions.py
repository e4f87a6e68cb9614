"""Functions that reduce the last axis, which stays with size 1, and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ReductionFormula:
    """One reduction; ``gradient(x, y, dy)`` is None where it is 0 everywhere."""

    name: str
    forward: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray] | None


def _spread(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    return np.broadcast_to(dy, x.shape)


def _mean_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    return np.broadcast_to(dy / x.shape[-1], x.shape)


def _extreme_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """Those that are equally extreme share alike."""
    chosen = x == y
    return chosen * dy / np.sum(chosen, axis=-1, keepdims=True)


def _product_gradient(x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """Each element's is the product of the others, which a division would not give where one is 0."""
    others = np.ones_like(x)
    for i in range(x.shape[-1]):
        others[..., i] = np.prod(np.delete(x, i, axis=-1), axis=-1)
    return dy * others


REDUCTIONS: dict[str, ReductionFormula] = {
    formula.name: formula
    for formula in (
        ReductionFormula("sum", lambda x: np.sum(x, axis=-1, keepdims=True), _spread),
        ReductionFormula("mean", lambda x: np.mean(x, axis=-1, keepdims=True), _mean_gradient),
        ReductionFormula("max", lambda x: np.max(x, axis=-1, keepdims=True), _extreme_gradient),
        ReductionFormula("min", lambda x: np.min(x, axis=-1, keepdims=True), _extreme_gradient),
        ReductionFormula("prod", lambda x: np.prod(x, axis=-1, keepdims=True), _product_gradient),
        ReductionFormula("argmax", lambda x: np.argmax(x, axis=-1, keepdims=True).astype(x.dtype), None),
        ReductionFormula("argmin", lambda x: np.argmin(x, axis=-1, keepdims=True).astype(x.dtype), None),
    )
}
"""By the name that ``program.nodes.Reduce.function`` holds."""

BATCH_REDUCTIONS = ("sum", "mean", "max", "min")
"""Those that ``program.nodes.BatchReduce.function`` may hold: of the first axis, by the same formulas."""


def over_batch(function: str, x: np.ndarray) -> np.ndarray:
    """The first axis reduced to size 1."""
    return np.moveaxis(REDUCTIONS[function].forward(np.moveaxis(x, 0, -1)), -1, 0)


def over_batch_gradient(function: str, x: np.ndarray, y: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """The gradient by x."""
    gradient = REDUCTIONS[function].gradient
    assert gradient is not None
    return np.moveaxis(gradient(*(np.moveaxis(each, 0, -1) for each in (x, y, dy))), -1, 0)
