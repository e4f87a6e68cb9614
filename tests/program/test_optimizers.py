"""The update rules against Keras's, written out in Python floats for one parameter."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from denim.program.formulas.optimizers import initial_slots, step
from denim.program.nodes import Dense, Input
from denim.program.program import Program
from denim.program.specs import SGD, Adagrad, Adam, Optimizer, Parameter, RMSprop

LR = 0.1
GRADIENTS = (0.5, -1.5, 0.25, 2.0)
Update = Callable[[float, float, dict[str, float], int], float]


def sgd(w, g, s, t):
    return w - LR * g


def momentum(w, g, s, t):
    s["m"] = 0.9 * s.get("m", 0.0) - LR * g
    return w + s["m"]


def nesterov(w, g, s, t):
    s["m"] = 0.9 * s.get("m", 0.0) - LR * g
    return w + 0.9 * s["m"] - LR * g


def rmsprop(w, g, s, t):
    s["v"] = 0.9 * s.get("v", 0.0) + 0.1 * g * g
    return w - LR * g / math.sqrt(s["v"] + 1e-2)


def rmsprop_with_all(w, g, s, t):
    s["v"] = 0.8 * s.get("v", 0.0) + 0.2 * g * g
    s["a"] = 0.8 * s.get("a", 0.0) + 0.2 * g
    s["m"] = 0.5 * s.get("m", 0.0) + LR * g / math.sqrt(s["v"] - s["a"] ** 2 + 1e-2)
    return w - s["m"]


def adagrad(w, g, s, t):
    s["a"] = s.get("a", 0.3) + g * g
    return w - LR * g / math.sqrt(s["a"] + 1e-2)


def adam(w, g, s, t):
    s["m"] = 0.8 * s.get("m", 0.0) + 0.2 * g
    s["v"] = 0.95 * s.get("v", 0.0) + 0.05 * g * g
    return w - LR * math.sqrt(1 - 0.95**t) / (1 - 0.8**t) * s["m"] / (math.sqrt(s["v"]) + 1e-2)


def amsgrad(w, g, s, t):
    s["m"] = 0.8 * s.get("m", 0.0) + 0.2 * g
    s["v"] = 0.95 * s.get("v", 0.0) + 0.05 * g * g
    s["h"] = max(s.get("h", 0.0), s["v"])
    return w - LR * math.sqrt(1 - 0.95**t) / (1 - 0.8**t) * s["m"] / (math.sqrt(s["h"]) + 1e-2)


def program(optimizer: Optimizer, dtype: str = "float64") -> Program:
    nodes = (Input("x", (3,), dtype), Dense("d", 0, 5, 0, 1))
    return Program(nodes, (Parameter("kernel", (3, 5)), Parameter("bias", (5,))), (1,), (), optimizer, dtype)


@pytest.mark.parametrize(
    ("optimizer", "update"),
    [
        (SGD(), sgd),
        (SGD(momentum=0.9), momentum),
        (SGD(momentum=0.9, nesterov=True), nesterov),
        (RMSprop(epsilon=1e-2), rmsprop),
        (RMSprop(rho=0.8, momentum=0.5, epsilon=1e-2, centered=True), rmsprop_with_all),
        (Adagrad(initial_accumulator_value=0.3, epsilon=1e-2), adagrad),
        (Adam(beta_1=0.8, beta_2=0.95, epsilon=1e-2), adam),
        (Adam(beta_1=0.8, beta_2=0.95, epsilon=1e-2, amsgrad=True), amsgrad),
    ],
)
def test_updates(optimizer: Optimizer, update: Update) -> None:
    slots = [slot[:1].copy() for slot in initial_slots(optimizer, program(optimizer))]
    parameter, wanted, memory = np.array([1.0]), 1.0, {}
    for iterations, g in enumerate(GRADIENTS):
        gradient = np.array([g])
        step(optimizer, [parameter], [gradient], [[slot] for slot in slots], iterations, LR)
        wanted = update(wanted, g, memory, iterations + 1)
        assert parameter[0] == pytest.approx(wanted, rel=1e-13)
        assert gradient[0] == g


@pytest.mark.parametrize(
    "optimizer",
    [SGD(momentum=0.9), RMSprop(momentum=0.5, centered=True), Adagrad(), Adam(amsgrad=True)],
)
def test_gaps_stay_zero_and_the_dtype_is_kept(optimizer):
    layout = program(optimizer, "float32")
    parameters, gradients = np.zeros(layout.size, "float32"), np.zeros(layout.size, "float32")
    for flat in (parameters, gradients):
        for view in layout.views(flat):
            view[...] = 0.5
    slots = initial_slots(optimizer, layout)
    assert len(slots) == len(optimizer.slots)
    for iterations in range(3):
        step(optimizer, [parameters], [gradients], [[slot] for slot in slots], iterations, LR)
    gaps = np.ones(layout.size, bool)
    for view in layout.views(gaps):
        view[...] = False
    assert gaps.sum() == 12
    for flat in (parameters, *slots):
        assert flat.dtype == np.float32
        assert not flat[gaps].any()
        assert flat[~gaps].all()


def test_slots_begin_at_zero_or_at_the_initial_accumulator():
    (slot,) = initial_slots(Adagrad(initial_accumulator_value=0.25), program(Adagrad()))
    assert all((view == 0.25).all() for view in program(Adagrad()).views(slot))
    assert not any(slot.any() for slot in initial_slots(Adam(), program(Adam())))
    assert initial_slots(SGD(), program(SGD())) == ()


def test_slots_are_aligned_to_64_bytes():
    for slot in initial_slots(Adam(amsgrad=True), program(Adam(), "float32")):
        assert slot.ctypes.data % 64 == 0


@pytest.mark.parametrize("optimizer", [SGD(momentum=0.5), RMSprop(rho=0.5), Adam(beta_1=0.5, beta_2=0.5)])
def test_slots_below_the_floor_become_zero(optimizer):
    for start, want in ((3e-30, 1.5e-30), (1.9e-30, 0.0), (-1.9e-30, 0.0)):
        if start < 0 and not isinstance(optimizer, SGD):
            continue
        slots = [np.array([start]) for _ in optimizer.slots]
        step(optimizer, [np.zeros(1)], [np.zeros(1)], [[slot] for slot in slots], 0, LR)
        assert [slot[0] for slot in slots] == [pytest.approx(want, rel=1e-12)] * len(slots)


def test_not_a_number_is_not_flushed():
    slots = [np.zeros(1)]
    parameter = np.zeros(1)
    step(RMSprop(), [parameter], [np.array([np.nan])], [slots], 0, LR)
    assert np.isnan(slots[0][0])
    assert np.isnan(parameter[0])
