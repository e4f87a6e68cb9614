"""Losses and metrics give Keras's numbers, on arrays and in training: measures.json holds them.

Numbers agree within 2e-5 of each, and 3e-6 of the largest: they are float32 numbers, added in another order.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim

sys.path.insert(0, str(Path(__file__).parent))

from measures_cases import LOSS_CASES, METRIC_CASES, Case, fit, judge_loss, judge_metric

STORED = json.loads(Path(__file__).with_name("measures.json").read_text(encoding="utf-8"))
NOT_SAID_BY_KERAS = {"Huber": {"delta"}, "CosineSimilarity": {"axis"}}
"""Settings that Keras leaves out of a configuration."""


@pytest.fixture(params=("native", "reference"))
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    denim.utils.clear_session()
    denim.config.set_engine(request.param)
    yield request.param
    denim.config.set_engine(None)


def assert_agrees(got: Any, golden: Any, what: str = "") -> None:
    if isinstance(golden, dict):
        assert sorted(got) == sorted(golden), what
        for key, value in golden.items():
            assert_agrees(got[key], value, f"{what} {key}")
        return
    if what.endswith(" weights"):
        for own, known in zip(got, golden, strict=True):
            assert_agrees(own, known, "a weight")
        return
    got, golden = np.asarray(got, "float64"), np.asarray(golden, "float64")
    assert got.shape == golden.shape, f"{what}: shape {got.shape}, golden {golden.shape}"
    largest = float(np.abs(golden[np.isfinite(golden)]).max(initial=0.0))
    np.testing.assert_allclose(got, golden, rtol=2e-5, atol=3e-6 * max(1.0, largest), err_msg=what)


def judged(judge: Any, case: Case, kind: str) -> None:
    golden = dict(STORED[kind][case.key])
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "More independent predictors")
        outcome = judge(denim, case)
    said = outcome.pop("config")
    expected = golden.pop("config")
    further = set(said) - set(expected)
    assert further == NOT_SAID_BY_KERAS.get(case.name, set()) and {k: said[k] for k in expected} == expected
    golden = {key: value for key, value in golden.items() if not key.endswith("fit")}
    assert_agrees(outcome, golden, case.key)


@pytest.mark.parametrize("case", LOSS_CASES, ids=lambda case: case.key)
def test_losses_on_arrays(case: Case) -> None:
    judged(judge_loss, case, "losses")


@pytest.mark.parametrize("case", METRIC_CASES, ids=lambda case: case.key)
def test_metrics_on_arrays(case: Case) -> None:
    judged(judge_metric, case, "metrics")


@pytest.mark.filterwarnings("ignore:Weights are cut to whole numbers")
@pytest.mark.parametrize("weighted", [False, True], ids=["plain", "weighted"])
@pytest.mark.parametrize("case", [*LOSS_CASES, *METRIC_CASES], ids=lambda case: case.key)
def test_in_training(case: Case, weighted: bool, engine: str) -> None:
    kind = "losses" if case in LOSS_CASES else "metrics"
    golden = STORED[kind][case.key].get("weighted fit" if weighted else "fit")
    if golden is None:
        pytest.skip("Keras does not train with it")
    assert_agrees(fit(denim, case, weighted), golden, case.key)
