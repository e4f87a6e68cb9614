"""The formulas that tell a difference from noise, against known values and scipy."""

from __future__ import annotations

import numpy as np
import pytest

from denim.judging.comparison import compare, holm, mcnemar, paired_interval
from denim.judging.intervals import wilson

stats = pytest.importorskip("scipy.stats", reason="it is the judge")


@pytest.mark.parametrize(
    ("first_only", "second_only", "p"),
    [(0, 0, 1), (4, 4, 1), (1, 0, 1), (10, 0, 2 / 1024), (6, 2, 2 * (1 + 8 + 28) / 256)],
)
def test_mcnemar_by_hand(first_only: int, second_only: int, p: float) -> None:
    assert mcnemar(first_only, second_only) == mcnemar(second_only, first_only) == p


@pytest.mark.parametrize(("first_only", "second_only"), [(5, 12), (86, 150), (407, 229), (2000, 1900)])
def test_mcnemar_is_a_fair_coin(first_only: int, second_only: int) -> None:
    expected = stats.binomtest(first_only, first_only + second_only).pvalue

    assert mcnemar(first_only, second_only) == pytest.approx(expected, rel=1e-9)


def test_holm() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9, 0.5]) == [1.0, 1.0]
    assert holm([]) == []


def test_paired_interval_by_hand() -> None:
    # (0 + 1) / (98 + 2) = 0.01 each way, so the half width is 1.95996 * sqrt(0.02 / 100).
    assert paired_interval(0, 0, 98) == pytest.approx((-0.0277181, 0.0277181), rel=1e-5)
    low, high = paired_interval(510, 246, 10_000)
    assert (low + high) / 2 == pytest.approx(264 / 10_002)


def test_paired_interval_covers_95_percent() -> None:
    rng = np.random.default_rng(1)
    draws = rng.multinomial(400, [0.08, 0.05, 0.87], size=4000)
    covered = [low <= 0.03 <= high for low, high in (paired_interval(b, c, 400) for b, c, _ in draws.tolist())]

    assert 0.94 < np.mean(covered) < 0.965


@pytest.mark.parametrize(("right", "rows"), [(0, 10), (10, 10), (8877, 10_000)])
def test_accuracy_interval_is_wilsons(right: int, rows: int) -> None:
    expected = stats.binomtest(right, rows).proportion_ci(0.95, method="wilson")

    assert wilson(right, rows) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_every_pair_is_compared_the_better_one_first() -> None:
    rows = np.arange(200)
    right = {"poor": rows < 100, "good": rows < 150, "fair": rows < 101}

    good_poor, fair_poor, good_fair = compare(right)

    assert (good_poor.first, good_poor.second) == ("good", "poor")
    assert (good_poor.first_only, good_poor.second_only, good_poor.rows) == (50, 0, 200)
    assert good_poor.difference == 0.25
    assert good_poor.interval == paired_interval(50, 0, 200)
    assert good_poor.more_than_noise and good_fair.more_than_noise
    assert not fair_poor.more_than_noise
    assert (fair_poor.first, fair_poor.p_value) == ("fair", 1)
    assert good_poor.adjusted_p_value == 3 * good_poor.p_value


def test_the_correction_decides() -> None:
    # 15 to 5 alone has p = 0.041; as the smallest of three it has 0.124.
    (alone,) = compare({"a": np.arange(40) < 15, "b": np.arange(40) >= 35})
    assert alone.p_value == pytest.approx(0.0414, abs=1e-4)
    assert alone.more_than_noise

    same = np.arange(40) < 15
    among = compare({"a": same, "b": np.arange(40) >= 35, "c": same})
    assert among[0].p_value == alone.p_value
    assert not among[0].more_than_noise
