"""Calibration against numbers worked out by hand and by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

from denim.judging.calibration import brier, reliability
from denim.judging.intervals import bootstrap


def test_error_by_hand() -> None:
    # Three classes; four answers at 0.9, three of them right; two at 0.6, both right.
    probabilities = np.array([[0.9, 0.1, 0.0]] * 4 + [[0.4, 0.6, 0.0]] * 2)
    found = reliability(np.array([0, 0, 0, 1, 1, 1]), probabilities)

    assert found.counts[found.counts > 0].tolist() == [2, 4]
    assert found.true.tolist() == [1, 0.75]
    assert found.ece == pytest.approx((4 * 0.15 + 2 * 0.4) / 6)
    assert found.brier == pytest.approx((3 * 0.02 + 1.62 + 2 * 0.32) / 6)


def test_of_two_classes_it_is_the_second_that_is_looked_at() -> None:
    found = reliability(np.array([0, 0, 1, 1]), np.array([0.15, 0.15, 0.15, 0.85]))

    assert found.said == pytest.approx([0.15, 0.85])
    assert found.true == pytest.approx([1 / 3, 1])
    assert found.brier == pytest.approx((3 * 0.15**2 + 0.85**2) / 4)


def test_certain_answers_are_in_the_last_bin() -> None:
    found = reliability(np.array([0, 1, 2]), np.eye(3))
    assert found.counts.tolist() == [0] * 9 + [3]
    assert (found.ece, found.brier) == (0, 0)


def test_brier_of_two_classes_is_scikit_learns() -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="it is the judge")
    rng = np.random.default_rng(3)
    true, said = rng.integers(0, 2, 100), rng.random(100)
    assert brier(true, said) == pytest.approx(metrics.brier_score_loss(true, said))


def test_bootstrap_is_the_same_again_and_covers() -> None:
    values = np.random.default_rng(1).normal(size=200)

    def scores(rows: np.ndarray) -> dict[str, float]:
        return {"mean": float(rows.mean())}

    found = bootstrap(scores, [values])
    half = 1.96 * values.std() / np.sqrt(200)

    assert found == bootstrap(scores, [values])
    assert found["mean"] == pytest.approx((values.mean() - half, values.mean() + half), abs=0.02)
