"""Denim's numbers are Keras's: whole trainings and single formulas against golden.json and golden.npz.

The rule of tolerance. Two float32 programs that add in different orders differ by round-off, and a
training carries it along. So an array agrees with the golden one where

    |got - golden| <= 2e-5 * |golden| + 2e-6 * scale,    scale = max(1, largest |golden| of the array)

that is, about 170 units in the last place of each value, plus 17 of the largest one. Optimizer
variables may all be small, squared gradients above all: for them the floor is 2e-5 * largest |golden|.
The accuracies are means of zeros and ones and fall under the same rule, which no single changed
count would pass. ``DENIM_GOLDEN_SCALE`` multiplies both bounds.

The rule was judged by running the trainings in real Keras with float64 arithmetic: the worst of them
uses less than half of it. To judge again: ``DENIM_GOLDEN_MODULE=keras KERAS_BACKEND=jax`` runs all of
this with real Keras instead of denim, and with ``DENIM_GOLDEN_FLOATX=float64 JAX_ENABLE_X64=1`` in
float64. Loss formulas at p = 0 and p = 1 then fail, and should: Keras clips to 1 - 1e-7, which in
float32 is 1 - 1.19e-7, so binary cross-entropy of (0, 1) is 15.942 and not 16.118.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cases import CASES
from formulas import (
    ACTIVATION_CASES,
    LOSS_CASES,
    REDUCTIONS,
    ActivationCase,
    LossCase,
)
from storage import Array, read
from trajectory import Outcome, train

MODULE = os.environ.get("DENIM_GOLDEN_MODULE", "denim")
ENGINES = ("native", "reference") if MODULE == "denim" else (MODULE,)
FLOATX = os.environ.get("DENIM_GOLDEN_FLOATX", "float32")
SCALE = float(os.environ.get("DENIM_GOLDEN_SCALE", "1"))
RTOL = 2e-5 * SCALE
ATOL = 2e-6 * SCALE

DOCUMENT, ARRAYS = read()

if MODULE != "denim":  # Keras itself is not quite ready for NumPy 2
    pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def assert_agrees(got: Any, golden: Any, what: str, floor: float | None = None) -> None:
    """The rule of tolerance above; shapes must be equal, and NaN and infinity where the golden has them."""
    got, golden = np.asarray(got, dtype="float64"), np.asarray(golden, dtype="float64")
    assert got.shape == golden.shape, f"{what}: shape {got.shape}, golden {golden.shape}"
    largest = float(np.abs(golden[np.isfinite(golden)]).max(initial=0.0))
    atol = ATOL * max(1.0, largest) if floor is None else floor * largest
    np.testing.assert_allclose(got, golden, rtol=RTOL, atol=atol, err_msg=what)


def golden(case: str, kind: str) -> dict[str, Array]:
    """The arrays ``case/<case>/<kind>/...`` under what follows, in the order in which they were written."""
    prefix = f"case/{case}/{kind}/"
    return {name.removeprefix(prefix): a for name, a in ARRAYS.items() if name.startswith(prefix)}


@pytest.fixture(scope="module")
def keras_module() -> Any:
    module = importlib.import_module(MODULE)
    if FLOATX != "float32":
        module.config.set_floatx(FLOATX)
        module.config.set_dtype_policy(FLOATX)
    return module


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest, keras_module: Any) -> Iterator[str]:
    name: str = request.param
    if MODULE != "denim":
        yield name
        return
    before = keras_module.config.get_engine()
    keras_module.config.set_engine(name)
    yield name
    keras_module.config.set_engine(before)


@pytest.fixture(scope="module", params=CASES)
def trained(request: pytest.FixtureRequest, engine: str, keras_module: Any) -> tuple[str, Outcome]:
    """A case's name, and what training it left: once per case and engine."""
    name: str = request.param
    weights = list(golden(name, "initial").values())
    return name, train(keras_module, CASES[name], golden(name, "data"), weights)


def test_history(trained: tuple[str, Outcome]) -> None:
    name, outcome = trained
    expected = DOCUMENT["cases"][name]["history"]
    assert list(outcome.history) == list(expected)
    for key, values in expected.items():
        assert_agrees(outcome.history[key], values, key)


def test_evaluation(trained: tuple[str, Outcome]) -> None:
    name, outcome = trained
    assert_agrees(outcome.evaluation, DOCUMENT["cases"][name]["evaluation"], "evaluate")


def test_prediction(trained: tuple[str, Outcome]) -> None:
    name, outcome = trained
    assert_agrees(outcome.prediction, ARRAYS[f"case/{name}/prediction"], "predict")
    assert outcome.prediction.dtype == np.dtype(FLOATX)


def test_weights(trained: tuple[str, Outcome]) -> None:
    name, outcome = trained
    expected = golden(name, "final")
    assert len(outcome.weights) == len(expected)
    for got, (index, value) in zip(outcome.weights, expected.items(), strict=True):
        assert_agrees(got, value, f"weight {index}")


def test_optimizer_variables(trained: tuple[str, Outcome]) -> None:
    name, outcome = trained
    names = DOCUMENT["cases"][name]["optimizer_names"]
    assert outcome.optimizer_names == names
    values = golden(name, "optimizer").values()
    for variable, got, value in zip(names, outcome.optimizer_values, values, strict=True):
        assert_agrees(got, value, variable, floor=RTOL)


@pytest.mark.parametrize("case", ACTIVATION_CASES, ids=lambda case: case.key)
def test_activation(keras_module: Any, case: ActivationCase) -> None:
    function = getattr(keras_module.activations, case.name)
    got = function(case.inputs(), **case.options)
    # Value by value: the grid spans 1e-20 to 1e4, and small results must be right as well.
    expected = ARRAYS[f"activation/{case.key}/value"]
    np.testing.assert_allclose(np.asarray(got), expected, rtol=RTOL, atol=case.absolute * SCALE)


@pytest.mark.parametrize("case", LOSS_CASES, ids=lambda case: case.key)
def test_loss_function(keras_module: Any, case: LossCase) -> None:
    function = getattr(keras_module.losses, case.function)
    got = function(case.true(), case.pred(), **case.options)
    assert_agrees(got, ARRAYS[f"loss/{case.key}/rows"], "rows")


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("case", LOSS_CASES, ids=lambda case: case.key)
def test_loss_class(keras_module: Any, case: LossCase, reduction: str) -> None:
    loss = getattr(keras_module.losses, case.name)(**case.options, reduction=reduction)
    got = loss(case.true(), case.pred(), sample_weight=case.sample_weight())
    assert_agrees(got, ARRAYS[f"loss/{case.key}/{reduction}"], reduction)
