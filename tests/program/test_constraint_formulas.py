"""What constraints make of a weight."""

from __future__ import annotations

import numpy as np
import pytest

from denim.program.formulas.constraints import constrain
from denim.program.specs import Constraint, NonNegative, NormRange

W = np.array([[3.0, 0.0, -1.0], [-4.0, 0.0, 0.5]])
ROWS = np.sqrt([[10.0], [16.25]])
"""Its columns' norms are 5, 0 and the root of 1.25."""


@pytest.mark.parametrize(
    ("constraint", "factors"),
    [
        (NormRange(maximum=2.0, epsilon=1.0), [2 / 6, 0.0, 1.25**0.5 / (1 + 1.25**0.5)]),
        (NormRange(1.0, 1.0, epsilon=0.5), [1 / 5.5, 2.0, 1 / (0.5 + 1.25**0.5)]),
        (NormRange(minimum=10.0, epsilon=1.0), [10 / 6, 10.0, 10 / (1 + 1.25**0.5)]),
        (NormRange(2.0, 3.0, 0.25, epsilon=1.0), [4.5 / 6, 0.5, (0.5 + 0.75 * 1.25**0.5) / (1 + 1.25**0.5)]),
        (NormRange(maximum=2.0, axes=(1,), epsilon=1.0), 2 / (1 + ROWS)),
        (NormRange(maximum=2.0, axes=(0, 1), epsilon=1.0), 2 / (1 + 26.25**0.5)),
    ],
)
def test_norms(constraint: Constraint, factors: object) -> None:
    np.testing.assert_allclose(constrain(constraint, W), W * np.array(factors), rtol=1e-15)


def test_non_negative() -> None:
    assert constrain(NonNegative(), W).tolist() == [[3.0, 0.0, 0.0], [0.0, 0.0, 0.5]]


@pytest.mark.parametrize("constraint", [NonNegative(), NormRange(maximum=1.0)])
def test_what_is_not_a_number_stays_so(constraint: Constraint) -> None:
    assert np.isnan(constrain(constraint, np.array([[np.nan], [1.0]]))[0, 0])
