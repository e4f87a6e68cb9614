"""Shuffled and split in Keras's order."""

from __future__ import annotations

from typing import Any

import numpy as np

Arrays = tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def check_share(test_split: Any) -> None:
    """Refuse what is no share of the rows.

    Raises:
        ValueError: unless it is at least 0 and below 1.
    """
    if not 0 <= test_split < 1:
        raise ValueError(f"Invalid `test_split` argument: {test_split}. It must be between 0 and 1 (exclusive of 1).")


def orders(seed: int, *counts: int) -> list[np.ndarray]:
    """Row numbers of parts of these lengths, in the order that Keras's data sets come in."""
    generator = np.random.RandomState(seed)
    found = [np.arange(count) for count in counts]
    for order in found:
        generator.shuffle(order)
    return found


def split(x: np.ndarray, y: np.ndarray, test_split: float, seed: int) -> Arrays:
    """``(x_train, y_train), (x_test, y_test)``: shuffled, the last rows for testing."""
    (order,) = orders(seed, len(x))
    train, test = np.split(order, [int(len(x) * (1 - test_split))])
    return (x[train], y[train]), (x[test], y[test])
