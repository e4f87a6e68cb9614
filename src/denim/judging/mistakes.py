"""Which rows a model is most surely wrong about."""

from __future__ import annotations

import numpy as np


def most_confident(y_true: np.ndarray, probabilities: np.ndarray, count: int) -> np.ndarray:
    """Rows whose most probable class is wrong, the surest first; at most ``count``."""
    predicted = probabilities.argmax(axis=1)
    wrong = np.flatnonzero(predicted != y_true)
    sure = probabilities[wrong, predicted[wrong]]
    return wrong[np.argsort(-sure, kind="stable")][:count]
