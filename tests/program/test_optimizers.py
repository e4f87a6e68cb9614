"""The update rules against Keras's, written out in Python floats for one parameter."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from denim.engines.rewriting import constraining
from denim.program.formulas.optimizers import clip, initial_slots, nadam_momenta, step
from denim.program.nodes import Dense, Input
from denim.program.program import Program
from denim.program.specs import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    Ftrl,
    Lion,
    Nadam,
    NonNegative,
    NormRange,
    Optimizer,
    Parameter,
    RMSprop,
)

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


def nadam(w, g, s, t):
    def u(i):
        return 0.8 * (1 - 0.5 * 0.96**i)

    s["m"] = 0.8 * s.get("m", 0.0) + 0.2 * g
    s["v"] = 0.95 * s.get("v", 0.0) + 0.05 * g * g
    s["u"] = s.get("u", 1.0) * u(t)
    m_hat = u(t + 1) * s["m"] / (1 - s["u"] * u(t + 1)) + (1 - u(t)) * g / (1 - s["u"])
    return w - LR * m_hat / (math.sqrt(s["v"] / (1 - 0.95**t)) + 1e-2)


def adamax(w, g, s, t):
    s["m"] = 0.8 * s.get("m", 0.0) + 0.2 * g
    s["u"] = max(0.95 * s.get("u", 0.0), abs(g))
    return w - LR / (1 - 0.8**t) * s["m"] / (s["u"] + 1e-2)


def adadelta(w, g, s, t):
    s["a"] = 0.8 * s.get("a", 0.0) + 0.2 * g * g
    d = -g * math.sqrt(s.get("x", 0.0) + 1e-2) / math.sqrt(s["a"] + 1e-2)
    s["x"] = 0.8 * s.get("x", 0.0) + 0.2 * d * d
    return w + LR * d


def lion(w, g, s, t):
    direction = 0.8 * s.get("m", 0.0) + 0.2 * g
    s["m"] = 0.7 * s.get("m", 0.0) + 0.3 * g
    return w - LR * math.copysign(1.0, direction)


def ftrl(w, g, s, t):
    before = s.get("n", 0.2)
    s["n"] = before + g * g
    sigma = (s["n"] ** 0.7 - before**0.7) / LR
    s["z"] = s.get("z", 0.0) + g + 2 * 0.03 * w - sigma * w
    clipped = min(max(s["z"], -0.01), 0.01)
    return (clipped - s["z"]) / (s["n"] ** 0.7 / LR + 2 * (0.02 + 0.5 / (2 * LR)))


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
        (Nadam(beta_1=0.8, beta_2=0.95, epsilon=1e-2), nadam),
        (Adamax(beta_1=0.8, beta_2=0.95, epsilon=1e-2), adamax),
        (Adadelta(rho=0.8, epsilon=1e-2), adadelta),
        (Lion(beta_1=0.8, beta_2=0.7), lion),
        (Ftrl(-0.7, 0.2, 0.01, 0.02, 0.03, 0.5), ftrl),
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
    [
        SGD(momentum=0.9, weight_decay=0.1, clipvalue=0.2),
        RMSprop(momentum=0.5, centered=True, clipnorm=1.0),
        Adagrad(global_clipnorm=1.0),
        Adam(amsgrad=True),
        Nadam(weight_decay=0.1),
        Adamax(),
        Adadelta(ema_momentum=0.5),
        Lion(ema_momentum=0.9, ema_overwrite_frequency=2),
        SGD(gradient_accumulation_steps=2),
    ],
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
    accumulator, linear, average = initial_slots(Ftrl(ema_momentum=0.5), program(Ftrl()))
    assert all((view == 0.1).all() for view in program(Ftrl()).views(accumulator))
    assert not linear.any() and not average.any()


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


GRADIENT_PAIR = (np.array([[3.0, 0.0], [0.0, -4.0]]), np.array([12.0]))


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        (SGD(), GRADIENT_PAIR),
        (SGD(clipvalue=3.5), ([[3.0, 0.0], [0.0, -3.5]], [3.5])),
        (SGD(clipnorm=2.5), ([[1.5, 0.0], [0.0, -2.0]], [2.5])),
        (SGD(clipnorm=6.0), ([[3.0, 0.0], [0.0, -4.0]], [6.0])),
        (SGD(global_clipnorm=6.5), ([[1.5, 0.0], [0.0, -2.0]], [6.0])),
        (SGD(global_clipnorm=13.0), GRADIENT_PAIR),
    ],
)
def test_clipping(rules, wanted):
    for got, want, gradient in zip(clip(rules, GRADIENT_PAIR), wanted, GRADIENT_PAIR, strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-15)
        assert gradient.dtype == got.dtype
    assert GRADIENT_PAIR[1][0] == 12.0


@pytest.mark.parametrize("rules", [SGD(clipnorm=1.0), SGD(global_clipnorm=1.0), SGD(clipvalue=1.0)])
def test_gradients_of_zero_stay_zero_and_float32_stays_float32(rules):
    (got,) = clip(rules, [np.zeros(3, "float32")])
    assert got.dtype == np.float32
    assert got.tolist() == [0.0, 0.0, 0.0]


@pytest.mark.filterwarnings("ignore:invalid value")
def test_an_infinite_gradient_spoils_its_own_weight_or_with_a_global_norm_all():
    gradients = [np.array([np.inf, 1.0]), np.array([2.0])]
    own, other = clip(SGD(clipnorm=1.0), gradients)
    assert np.isnan(own[0])
    assert own[1] == 0.0
    assert other[0] == 1.0
    assert all(np.isnan(each).all() for each in clip(SGD(global_clipnorm=1.0), gradients))


def test_decay_comes_before_the_step_and_leaves_out_what_does_not_decay():
    weights, gradients = [np.array([2.0]), np.array([2.0])], [np.array([0.5]), np.array([0.5])]
    step(SGD(weight_decay=0.25), weights, gradients, [], 0, LR, decays=[True, False])
    assert weights[0][0] == pytest.approx(2.0 - 2.0 * 0.25 * LR - 0.5 * LR, rel=1e-15)
    assert weights[1][0] == pytest.approx(2.0 - 0.5 * LR, rel=1e-15)


def test_all_weights_decay_unless_told_otherwise():
    weights = [np.array([2.0]), np.array([-4.0])]
    step(Adam(weight_decay=0.25), weights, [np.zeros(1)] * 2, [[np.zeros(1)] * 2] * 2, 0, LR)
    assert [w[0] for w in weights] == pytest.approx([1.95, -3.9], rel=1e-15)


def test_the_global_norm_is_that_of_all_weights_of_the_step():
    weights = [np.zeros(1), np.zeros(1)]
    step(SGD(global_clipnorm=1.0), weights, [np.array([3.0]), np.array([4.0])], [], 0, 1.0)
    assert [w[0] for w in weights] == pytest.approx([-0.6, -0.8], rel=1e-15)


@pytest.mark.parametrize("t", [1, 2, 7, 999, 1000, 1001, 5000])
def test_the_product_of_nadams_momenta_is_known_at_any_step(t):
    rule = Nadam(beta_1=0.999)
    shares = [0.999 * (1 - 0.5 * 0.96**i) for i in range(1, t + 2)]
    now, following, product = nadam_momenta(rule, t)
    assert (now, following) == (shares[-2], shares[-1])
    assert product == pytest.approx(math.prod(shares[:-1]), rel=1e-11)


def steps(optimizer: Optimizer, gradients, start=1.0, constraint=None):
    """The one weight after each step, and the slots by name."""
    weight = np.array([start])
    slots = [[np.full(1, optimizer.start_of(name))] for name in optimizer.slots]
    weights = []
    for iterations, g in enumerate(gradients):
        step(optimizer, [weight], [np.array([g])], slots, iterations, LR, constraints=[constraining(constraint)])
        weights.append(float(weight[0]))
    return weights, {name: float(slot[0][0]) for name, slot in zip(optimizer.slots, slots, strict=True)}


def test_an_average_follows_the_weights_from_the_second_step_on():
    weights, slots = steps(SGD(ema_momentum=0.75), (1.0, 1.0, 1.0))
    assert weights == pytest.approx([0.9, 0.8, 0.7])
    assert slots == {"average": pytest.approx(0.75 * (0.75 * 0.9 + 0.25 * 0.8) + 0.25 * 0.7)}


def test_an_average_takes_the_weights_place_after_every_so_many_updates():
    weights, slots = steps(SGD(ema_momentum=0.5, ema_overwrite_frequency=2), (1.0, 1.0, 1.0, 1.0))
    second = 0.5 * 0.9 + 0.5 * 0.8
    third = second - 0.1
    fourth = 0.5 * (0.5 * second + 0.5 * third) + 0.5 * (third - 0.1)
    assert weights == pytest.approx([0.9, second, third, fourth])
    assert slots["average"] == pytest.approx(fourth)


def test_gradients_are_gathered_and_their_mean_is_applied():
    rule = SGD(momentum=0.5, gradient_accumulation_steps=3, clipvalue=1.5, weight_decay=1.0)
    weights, slots = steps(rule, (1.0, 2.0, 6.0, 4.0))
    after = 1.0 - 1.0 * LR - 1.5 * LR
    assert weights == pytest.approx([1.0, 1.0, after, after])
    assert rule.slots == ("momentum", "gradient_accumulator")
    assert slots == {"momentum": pytest.approx(-1.5 * LR), "gradient_accumulator": 4.0}


def test_an_adaptive_rule_counts_updates_and_not_steps():
    gathered, _ = steps(Adam(gradient_accumulation_steps=2), (0.5, 0.5, -1.5, -1.5, 0.25, 0.25))
    plain, _ = steps(Adam(), (0.5, -1.5, 0.25))
    assert gathered[1::2] == pytest.approx(plain, rel=1e-15)


def test_with_gathered_gradients_the_average_moves_every_step_and_counts_updates():
    rule = SGD(ema_momentum=0.5, ema_overwrite_frequency=2, gradient_accumulation_steps=2)
    weights, slots = steps(rule, (1.0,) * 4)
    third = 0.5 * 0.9 + 0.5 * 0.9
    assert weights == pytest.approx([1.0, 0.9, third, 0.5 * third + 0.5 * (third - 0.1)])
    assert slots["average"] == pytest.approx(weights[-1])


def test_a_constraint_is_applied_after_the_step_and_after_the_average():
    rule = SGD(ema_momentum=0.5, ema_overwrite_frequency=1)
    assert steps(rule, (1.0, 20.0), 0.5, NonNegative()) == (
        [0.4, 0.0],
        {"average": pytest.approx(0.5 * 0.4 - 0.5 * 1.6)},
    )
    weights, _ = steps(SGD(gradient_accumulation_steps=2), (0.0,), -3.0, NormRange(maximum=2.0, epsilon=1.0))
    assert weights == [-3.0 * (2.0 / 4.0)]


def test_the_sign_of_what_is_not_a_number_is_none():
    weights, _ = steps(Lion(), (0.0, math.nan))
    assert weights[0] == 1.0 and math.isnan(weights[1])
