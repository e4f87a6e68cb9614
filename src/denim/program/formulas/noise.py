"""Noise that layers add or multiply by while training, from the bits that ``program.random`` gives."""

from __future__ import annotations

import numpy as np

from denim.program.random import drop_threshold, stream_bits

KINDS = ("gaussian_noise", "gaussian_dropout", "alpha_dropout")
ALPHA = -1.7580993408473766
"""What selu tends to on the negative side: -scale * alpha, where alpha dropout puts what it drops."""


def kept(key: int, site: int, step: int, rate: float, count: int, first: int = 0) -> np.ndarray:
    """Whether dropout with this rate keeps each of ``count`` elements, from element ``first`` on."""
    return stream_bits(key, site, step, first, count).astype(np.uint64) >= drop_threshold(rate)


def normal(key: int, site: int, step: int, count: int, first: int = 0) -> np.ndarray:
    """Standard normal numbers by Box and Muller: elements 2p and 2p + 1 come from words 2p and 2p + 1."""
    start = first - first % 2
    pairs = -(-(first + count - start) // 2)
    words = stream_bits(key, site, step, start, 2 * pairs).astype(np.float64).reshape(-1, 2)
    radius = np.sqrt(-2.0 * np.log((words[:, 0] + 1.0) / 4294967296.0))
    angle = 2.0 * np.pi * words[:, 1] / 4294967296.0
    both = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return both.reshape(-1)[first - start :][:count]


def factor_and_shift(
    kind: str, amount: float, key: int, site: int, step: int, count: int, first: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Noise as a factor and a shift for each of ``count`` elements: y = x * factor + shift."""
    if kind == "gaussian_noise":
        return np.ones(count), amount * normal(key, site, step, count, first)
    if kind == "gaussian_dropout":
        deviation = np.sqrt(amount / (1.0 - amount))
        return 1.0 + deviation * normal(key, site, step, count, first), np.zeros(count)
    keeps = kept(key, site, step, amount, count, first)
    a, b = alpha_dropout_scaling(amount)
    return np.where(keeps, a, 0.0), np.where(keeps, b, a * ALPHA + b)


def alpha_dropout_scaling(rate: float) -> tuple[float, float]:
    """Factor and shift that keep the mean and the variance of selu's values (Klambauer et al., 2017)."""
    a = ((1.0 - rate) * (1.0 + rate * ALPHA * ALPHA)) ** -0.5
    return a, -a * ALPHA * rate
