"""What a regularizer adds to the loss, and to the gradient of the parameter it belongs to."""

from __future__ import annotations

import numpy as np

from denim.program.specs import Regularizer


def penalty(regularizer: Regularizer, w: np.ndarray) -> float:
    """``l1 sum |w| + l2 sum w^2``."""
    return regularizer.l1 * float(np.sum(np.abs(w))) + regularizer.l2 * float(np.sum(w * w))


def penalty_gradient(regularizer: Regularizer, w: np.ndarray) -> np.ndarray:
    """The penalty's gradient by w, of w's dtype; that of ``|0|`` is 0."""
    return regularizer.l1 * np.sign(w) + 2.0 * regularizer.l2 * w
