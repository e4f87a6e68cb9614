"""Calibration against numbers worked out by hand and by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from denim.judging.calibration import brier, calibration
from denim.judging.intervals import bootstrap


def test_error_by_hand() -> None:
    # Four answers at 0.9, three of them right; two at 0.6, both right.
    probabilities = np.array([[0.9, 0.1]] * 4 + [[0.4, 0.6]] * 2)
    found = calibration(np.array([0, 0, 0, 1, 1, 1]), probabilities)

    assert [(part.rows, part.right) for part in found.bins] == [(2, 2), (4, 3)]
    assert found.error == pytest.approx((4 * 0.15 + 2 * 0.4) / 6)
    assert found.brier == pytest.approx((3 * 0.02 + 1.62 + 2 * 0.32) / 6)


def test_certain_answers_are_in_the_last_bin() -> None:
    found = calibration(np.array([0, 1]), np.eye(2))
    assert [(part.low, part.high, part.right) for part in found.bins] == [(0.9, 1.0, 2)]
    assert (found.error, found.brier) == (0, 0)


def test_brier_of_two_classes_is_twice_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="it is the judge")
    rng = np.random.default_rng(3)
    true, said = rng.integers(0, 2, 100), rng.random(100)
    expected = 2 * metrics.brier_score_loss(true, said)
    assert brier(true, np.stack([1 - said, said], axis=1)) == pytest.approx(expected)


def test_bootstrap_is_the_same_again_and_covers() -> None:
    values = np.random.default_rng(1).normal(size=200)

    def scores(rows: np.ndarray) -> dict[str, float]:
        return {"mean": float(rows.mean())}

    found = bootstrap(scores, [values])
    half = 1.96 * values.std() / np.sqrt(200)

    assert found == bootstrap(scores, [values])
    assert found["mean"] == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)
