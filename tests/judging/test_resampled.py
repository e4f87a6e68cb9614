"""The corrected t-test against numbers worked out by hand, and against how often it is wrong where nothing differs."""

from __future__ import annotations

import numpy as np
import pytest

stats = pytest.importorskip("scipy.stats", reason="the test takes Student's distribution from it")

from denim.judging.resampled import compare_folds, corrected_t_test, interval  # noqa: E402


def test_p_value_by_hand() -> None:
    differences = np.array([0.02, 0.04, 0.01, 0.03, 0.05])
    # mean 0.03, variance 0.00025; t = 0.03 / sqrt((1/5 + 1/4) * 0.00025), four degrees of freedom
    statistic = 0.03 / np.sqrt((1 / 5 + 1 / 4) * 0.00025)

    assert corrected_t_test(differences, 1 / 4) == pytest.approx(2 * stats.t.sf(statistic, 4))
    assert corrected_t_test(-differences, 1 / 4) == corrected_t_test(differences, 1 / 4)


def test_without_the_correction_it_is_the_plain_test() -> None:
    differences = np.random.default_rng(0).normal(0.1, 0.3, 12)
    assert corrected_t_test(differences, 0) == pytest.approx(stats.ttest_1samp(differences, 0).pvalue)
    expected = stats.ttest_1samp(differences, 0).confidence_interval(0.95)
    assert interval(differences, 0) == pytest.approx((expected.low, expected.high))


def test_equal_models_are_level() -> None:
    (pair,) = compare_folds({"a": [0.5, 0.7, 0.6], "b": [0.7, 0.6, 0.5]}, 0.5, higher_is_better=True)
    assert (pair.difference, pair.p_value, pair.more_than_noise) == (0.0, 1.0, False)


def test_the_better_one_comes_first_in_either_direction() -> None:
    scores = {"a": [1.0, 1.1, 0.9, 1.0], "b": [2.0, 2.1, 1.9, 2.2]}
    (higher,) = compare_folds(scores, 1 / 3, higher_is_better=True)
    (lower,) = compare_folds(scores, 1 / 3, higher_is_better=False)

    assert (higher.first, higher.second) == ("b", "a")
    assert (lower.first, lower.second) == ("a", "b")
    assert higher.difference == lower.difference == pytest.approx(1.05)
    assert higher.interval[0] < 1.05 < higher.interval[1]
    assert higher.more_than_noise


def test_correction_for_the_number_of_pairs() -> None:
    rng = np.random.default_rng(0)
    scores = {name: rng.normal(0.8, 0.02, 10).tolist() for name in "abcd"}
    pairs = compare_folds(scores, 1 / 9, higher_is_better=True)

    assert len(pairs) == 6
    assert all(pair.adjusted_p_value >= pair.p_value for pair in pairs)
    smallest = min(pairs, key=lambda pair: pair.p_value)
    assert smallest.adjusted_p_value == pytest.approx(min(1, 6 * smallest.p_value))


def test_overlapping_folds_are_not_called_a_difference() -> None:
    # Scores of folds whose trainings share most rows have a common part that does not average out.
    rng = np.random.default_rng(2)
    wrong = {"plain": 0, "corrected": 0}
    for _ in range(400):
        common = rng.normal(0, 1)
        differences = common * np.sqrt(0.2) + rng.normal(0, np.sqrt(0.8), 10)
        wrong["plain"] += corrected_t_test(differences, 0) < 0.05
        wrong["corrected"] += corrected_t_test(differences, 0.25) < 0.05

    assert wrong["plain"] > 60
    assert wrong["corrected"] < 30
