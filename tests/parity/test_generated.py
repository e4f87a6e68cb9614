"""Models and trainings that a generator draws: denim and Keras come to the same, as docs/parity.md defines it."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim

from .drawing import Options, Table, draw, line_of
from .judging import Judge
from .training import build, data, first_weights, predicted, train

SAMPLE = Path(__file__).with_name("sample.txt")
FIRST = int(os.environ.get("PARITY_FIRST", "0"))
CASES = int(os.environ.get("PARITY_CASES", "300"))
KERAS_OPENS_NO_H5_WITH = ("losses.CategoricalGeneralizedCrossEntropy", '"crossentropy"')
"""Losses whose names Keras writes there and does not read."""


@pytest.mark.parametrize("line", SAMPLE.read_text().splitlines(), ids=lambda line: str(json.loads(line)["seed"]))
def test_sample(line: str) -> None:
    """Some cases whose results in Keras are stored: for these Keras need not be there."""
    case = json.loads(line)
    with np.load(SAMPLE.with_suffix(".npz")) as stored:
        prefix = f"{case['seed']}/"
        theirs = {key.removeprefix(prefix): stored[key] for key in stored.files if key.startswith(prefix)}
    model = build(denim, case)
    judge = Judge(case)
    mine = train(model, case, first_weights(case, model), data(case))
    assert judge.problems(mine) == []
    assert judge.problems(theirs) == []


@pytest.mark.parametrize("line", SAMPLE.read_text().splitlines(), ids=lambda line: str(json.loads(line)["seed"]))
def test_the_rule_sees_a_small_difference(line: str) -> None:
    case = json.loads(line)
    judge, rate = Judge(case), case["optimizer"]["learning_rate"]
    other = {**case, "optimizer": {**case["optimizer"], "learning_rate": _faster(rate)}}
    model = build(denim, other)
    assert judge.problems(train(model, other, first_weights(other, model), data(other)))


def _faster(rate: Any) -> Any:
    """A learning rate 1 % larger."""
    if isinstance(rate, float):
        return rate * 1.01
    if "values" in rate:
        return {**rate, "values": [value * 1.01 for value in rate["values"]]}
    return {**rate, "initial_learning_rate": rate["initial_learning_rate"] * 1.01}


@pytest.mark.parity
@pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning",
    "ignore:You are saving your model as",
    "ignore:Explicitly requested dtype int64:UserWarning",  # JAX, of class numbers that Keras hands over
    "ignore:Weights are cut to whole numbers:UserWarning",
    "ignore:You are passing weight as `float`:UserWarning",
    "ignore:You are using a softmax over axis:UserWarning",
)
@pytest.mark.parametrize("seed", range(FIRST, FIRST + CASES) if find_spec("keras") else [])
def test_case(real_keras: Any, seed: int, tmp_path: Path) -> None:
    case = json.loads(line_of(draw(seed, Table(denim))))
    judge, arrays = Judge(case), data(case)
    mine, theirs = build(denim, case), build(real_keras, case)
    assert [(v.name, tuple(v.shape)) for v in mine.weights] == [(v.name, tuple(v.shape)) for v in theirs.weights]
    weights = first_weights(case, mine)
    found = {
        "denim": judge.problems(train(mine, case, weights, arrays)),
        "Keras": judge.problems(train(theirs, case, weights, arrays)),
    }
    assert found == {"denim": [], "Keras": []}, line_of(case)
    _files_go_both_ways(real_keras, case, mine, theirs, tmp_path)


def _files_go_both_ways(keras: Any, case: Options, mine: Any, theirs: Any, folder: Path) -> None:
    if case["optimizer"].get("use_ema"):
        return  # after `evaluate`, Keras on JAX has lost the optimizer's averages and can write no file
    endings = [".keras", ".h5"]
    if any(loss in line_of(case) for loss in KERAS_OPENS_NO_H5_WITH):
        endings.remove(".h5")
    for ending in [] if case.get("subclassed") else endings:  # a file holds no class of one's own
        mine.save(folder / f"mine{ending}")
        theirs.save(folder / f"theirs{ending}")
        reread = keras.models.load_model(folder / f"mine{ending}")
        twin = denim.models.load_model(folder / f"theirs{ending}")
        assert_same(reread.weights, mine.weights)
        assert_same(twin.weights, theirs.weights)
        if ending == ".keras":  # Keras does not take up an optimizer's slots from its `.h5` files.
            assert_same(reread.optimizer.variables, mine.optimizer.variables)
            assert_same(twin.optimizer.variables, theirs.optimizer.variables)
            # Keras makes the same of denim's file as of its own.
            assert reread.get_config() == keras.models.load_model(folder / "theirs.keras").get_config()
        assert twin.count_params() == theirs.count_params()
        arrays = data(case)
        right = predicted(mine, case, arrays)
        for key, value in predicted(twin, case, arrays).items():
            np.testing.assert_allclose(value, right[key], rtol=1e-3, atol=1e-4)
    theirs.save_weights(folder / "theirs.weights.h5")
    mine.load_weights(folder / "theirs.weights.h5")
    assert_same(mine.weights, theirs.weights)


def assert_same(one: Any, other: Any) -> None:
    """The same numbers, but for the last places of what one side derives anew."""
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(np.asarray(a.numpy()), np.asarray(b.numpy()), rtol=1e-5)
