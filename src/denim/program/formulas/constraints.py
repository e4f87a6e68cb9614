"""What a constraint makes of a weight."""

from __future__ import annotations

import numpy as np

from denim.program.specs import NonNegative, NormRange


def constrain(constraint: NonNegative | NormRange, w: np.ndarray) -> np.ndarray:
    """The weight as it must be, a new array."""
    if isinstance(constraint, NonNegative):
        return np.maximum(w, 0.0)
    norms = np.sqrt(np.sum(np.square(w), axis=constraint.axes, keepdims=True))
    bounded = np.clip(norms, constraint.minimum, constraint.maximum)
    desired = constraint.rate * bounded + (1.0 - constraint.rate) * norms
    result: np.ndarray = w * (desired / (constraint.epsilon + norms))
    return result
