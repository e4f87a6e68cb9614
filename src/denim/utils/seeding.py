"""One seed for everything random."""

from __future__ import annotations

import random

import numpy as np

from denim.random.seeds import forget

_LARGEST = 2**32 - 1


def set_random_seed(seed: int) -> None:
    """Seed Python's ``random`` and NumPy's global generator, and with them initial weights, shuffling and dropout.

    Raises:
        ValueError: unless it is an integer from 0 to 2**32 - 1.
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__") or not 0 <= seed <= _LARGEST:
        raise ValueError(f"`seed` must be an integer from 0 to {_LARGEST}. Received: seed={seed!r}")
    random.seed(int(seed))
    np.random.seed(int(seed))  # noqa: NPY002
    forget()
