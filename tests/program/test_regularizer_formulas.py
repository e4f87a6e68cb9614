"""Penalties and their gradients."""

from __future__ import annotations

import numpy as np
import pytest

from denim.program.formulas.regularizers import penalty, penalty_gradient
from denim.program.specs import Regularizer

W = np.array([[1.0, -2.0], [0.0, 0.5]])


@pytest.mark.parametrize(
    ("regularizer", "value", "gradient"),
    [
        (Regularizer(), 0.0, [[0.0, 0.0], [0.0, 0.0]]),
        (Regularizer(l1=0.5), 1.75, [[0.5, -0.5], [0.0, 0.5]]),
        (Regularizer(l2=2.0), 10.5, [[4.0, -8.0], [0.0, 2.0]]),
        (Regularizer(0.5, 2.0), 12.25, [[4.5, -8.5], [0.0, 2.5]]),
    ],
)
def test_penalties(regularizer, value, gradient):
    assert penalty(regularizer, W) == value
    assert penalty_gradient(regularizer, W).tolist() == gradient


def test_the_gradient_keeps_the_dtype():
    assert penalty_gradient(Regularizer(0.1, 0.1), W.astype("float32")).dtype == np.float32
