"""Small pictures in three classes, and what a model might say of them."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="denim.viz draws with matplotlib")


@pytest.fixture
def said() -> SimpleNamespace:
    """Six pictures of 4 by 3 pixels; rows 1, 3 and 4 are taken for another class, row 3 the most surely."""
    x = np.arange(6 * 12, dtype=np.uint8).reshape(6, 4, 3)
    y = np.array([2, 0, 1, 1, 0, 2], np.uint8)
    probabilities = np.array(
        [[0.1, 0.1, 0.8], [0.3, 0.6, 0.1], [0.0, 0.9, 0.1], [0.95, 0.05, 0.0], [0.2, 0.1, 0.7], [0.0, 0.0, 1.0]],
        np.float32,
    )
    return SimpleNamespace(x=x, y=y, probabilities=probabilities, names=("coat", "bag", "boot"))
