"""Workloads as they go to a contender, and as they are written."""

from __future__ import annotations

import pytest
from benchmarks.contenders import PREDICTORS, TRAINERS, Contender
from benchmarks.goals import GOALS
from benchmarks.process import ROOT, why_missing
from benchmarks.scripts import LABELS, SCRIPTS
from benchmarks.workloads import INFERENCES, WORKLOADS, Inference, Workload


@pytest.mark.parametrize("workload", WORKLOADS.values(), ids=lambda each: each.name)
def test_a_workload_survives_the_command_line(workload: Workload) -> None:
    assert Workload.from_json(workload.to_json()) == workload


@pytest.mark.parametrize("inference", INFERENCES.values(), ids=lambda each: each.name)
def test_an_inference_survives_the_command_line(inference: Inference) -> None:
    assert Inference.from_json(inference.to_json()) == inference


def test_titles() -> None:
    assert WORKLOADS["W5"].title() == "W5: 50-256-256-1, mse, batch 256, adam, 200,000 rows"
    assert WORKLOADS["W7"].title() == ("W7: 784-100-10, dropout 0.3, batch normalization, batch 32, adam, 48,000 rows")
    assert INFERENCES["P1"].title() == "P1: 784-100-10, predict one row"


def test_goals_and_scripts_name_what_there_is() -> None:
    assert set(GOALS) <= {*WORKLOADS, *INFERENCES, *SCRIPTS}
    assert set(LABELS) <= set(TRAINERS)


@pytest.mark.parametrize("contender", [*TRAINERS.values(), *PREDICTORS.values()], ids=lambda each: each.module)
def test_every_contender_is_a_file(contender: Contender) -> None:
    assert (ROOT / "benchmarks" / "contenders" / f"{contender.module}.py").is_file()


def test_a_contender_that_is_not_installed_is_named() -> None:
    assert why_missing(Contender("x", "x", ("numpy", "no_such_package"))) == "not installed: no_such_package"
    assert why_missing(Contender("x", "x", ("numpy",))) is None
