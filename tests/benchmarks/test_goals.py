"""Goals, reached and not reached."""

from __future__ import annotations

import pytest
from benchmarks.goals import Faster, Memory, OfBound, Within, best_rival, verdicts
from results_example import ran, script, training


@pytest.mark.parametrize(("jax", "reached"), [(0.5, True), (0.49, False)])
def test_faster_than_the_best(jax: float, reached: bool) -> None:
    verdict = Faster(2.5).verdict(training(0.2, jax))
    assert verdict.reached is reached
    assert verdict.measured.endswith("JAX by hand")


def test_faster_than_one_rival() -> None:
    assert Faster(5, ("keras_jax",)).verdict(script()).measured == "8.00x Keras on JAX"


def test_a_rival_that_did_not_run_leaves_the_goal_open() -> None:
    assert Faster(25, ("keras_tensorflow",)).verdict(script()).reached is None


def test_without_denim_nothing_is_reached() -> None:
    document = training()
    document["contenders"] = document["contenders"][1:]
    assert [v.reached for v in verdicts(document)] == [None, None]


def test_denims_own_variants_are_no_rivals() -> None:
    document = training()
    document["contenders"].append(ran("denim_call", "denim, model(x)", 0.01))
    rival = best_rival(document)
    assert rival is not None
    assert rival["name"] == "jax_hand"


@pytest.mark.parametrize(("share", "reached"), [(0.5, True), (0.51, False)])
def test_share_of_the_bound(share: float, reached: bool) -> None:
    verdict = OfBound(share).verdict(training(0.2))
    assert (verdict.measured, verdict.reached) == ("50%", reached)


@pytest.mark.parametrize(("seconds", "reached"), [(8e-6, True), (8.1e-6, False)])
def test_seconds(seconds: float, reached: bool) -> None:
    assert Within(8e-6).verdict(training(seconds)).reached is reached


@pytest.mark.parametrize(("peak", "reached"), [(115_000_000, True), (115_100_000, False)])
def test_memory(peak: int, reached: bool) -> None:
    verdict = Memory(60).verdict(script(peak=peak))
    assert verdict.goal == "peak memory of the data + 60 MB = 115 MB over NumPy"
    assert verdict.reached is reached
