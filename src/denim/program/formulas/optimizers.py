"""What a step does with the gradients, in place on the arrays.

It gathers and clips them, lets weights decay, applies the update rule, averages the weights and constrains them.

A slot whose magnitude falls below ``SLOT_FLOOR`` becomes zero, so that none ever holds a denormal number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from denim.program.buffer import flat_buffer
from denim.program.specs import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    Ftrl,
    GradientRules,
    Lion,
    Nadam,
    Optimizer,
    RMSprop,
)

if TYPE_CHECKING:
    from denim.program.program import Program

SLOT_FLOOR = 1e-30
_SHARES_BELOW_ONE = 1000
"""Beyond this step, 1 - 0.96^t / 2 is 1 in float64."""


def initial_slots(optimizer: Optimizer, program: Program) -> tuple[np.ndarray, ...]:
    """The optimizer's slots before the first step: one flat buffer for each name in ``optimizer.slots``."""
    slots = tuple(flat_buffer(program) for _ in optimizer.slots)
    for name, slot in zip(optimizer.slots, slots, strict=True):
        start = optimizer.start_of(name)
        for view in program.views(slot) if start else ():
            view[...] = start
    return slots


def updates_before(rules: GradientRules, iterations: int) -> int:
    """The updates of the weights among the first ``iterations`` steps."""
    return iterations // (rules.gradient_accumulation_steps or 1)


def step(
    optimizer: Optimizer,
    weights: Sequence[np.ndarray],
    gradients: Sequence[np.ndarray],
    slots: Sequence[Sequence[np.ndarray]],
    iterations: int,
    learning_rate: float,
    decays: Sequence[bool] | None = None,
    constraints: Sequence[Callable[[np.ndarray], np.ndarray] | None] | None = None,
) -> None:
    """One step of all trainable weights together, in place on them and on the slots.

    Args:
        weights: one array for each weight.
        gradients: one of each weight's shape; they are left as they are.
        slots: for each name in ``optimizer.slots``, one array of each weight's shape.
        iterations: steps done before this one.
        decays: whether weight decay applies to each weight; None for all of them.
        constraints: what makes a weight of each weight as it must be; None for no constraints at all.
    """
    own = slots[: len(optimizer.own_slots)]
    shared = dict(zip(optimizer.shared_slots, slots[len(optimizer.own_slots) :], strict=True))
    updates = updates_before(optimizer, iterations)
    with np.errstate(all="ignore"):
        due = _gathered(optimizer, gradients, shared.get("gradient_accumulator"), iterations)
        if due is not None:
            _apply(optimizer, weights, due, own, updates + 1, float(learning_rate), decays)
        if "average" in shared:
            _average(optimizer, weights, shared["average"], updates)
        for w, constraint in zip(weights, constraints or [None] * len(weights), strict=True):
            if constraint is not None:
                w[...] = constraint(w)


def _gathered(
    rules: GradientRules, gradients: Sequence[np.ndarray], sums: Sequence[np.ndarray] | None, iterations: int
) -> Sequence[np.ndarray] | None:
    """The gradients to be applied now; None while they are only added up."""
    count = rules.gradient_accumulation_steps
    if count is None or sums is None:
        return gradients
    if (iterations + 1) % count:
        for g, total in zip(gradients, sums, strict=True):
            _store(total, g + total)
        return None
    means = [(g + total) / count for g, total in zip(gradients, sums, strict=True)]
    for total in sums:
        total[...] = 0.0
    return means


def _apply(
    optimizer: Optimizer,
    weights: Sequence[np.ndarray],
    gradients: Sequence[np.ndarray],
    slots: Sequence[Sequence[np.ndarray]],
    t: int,
    lr: float,
    decays: Sequence[bool] | None,
) -> None:
    for i, (w, g) in enumerate(zip(weights, clip(optimizer, gradients), strict=True)):
        if optimizer.weight_decay is not None and (decays is None or decays[i]):
            w -= w * optimizer.weight_decay * lr
        _update(optimizer, w, g, [slot[i] for slot in slots], lr, t)


def _average(rules: GradientRules, weights: Sequence[np.ndarray], averages: Sequence[np.ndarray], updates: int) -> None:
    assert rules.ema_momentum is not None
    momentum = rules.ema_momentum if updates else 0.0
    every = rules.ema_overwrite_frequency
    for w, average in zip(weights, averages, strict=True):
        _store(average, momentum * average + (1.0 - momentum) * w)
        if every is not None and (updates + 1) % every == 0:
            w[...] = average


def clip(rules: GradientRules, gradients: Sequence[np.ndarray]) -> list[np.ndarray]:
    """The gradients of all trainable weights after whichever clipping the rules ask for."""
    if rules.clipvalue is not None:
        return [np.clip(g, -rules.clipvalue, rules.clipvalue) for g in gradients]
    if rules.clipnorm is not None:
        return [g * (rules.clipnorm / max(norm([g]), rules.clipnorm)) for g in gradients]
    if rules.global_clipnorm is not None:
        together = norm(gradients)
        factor = rules.global_clipnorm / max(together, rules.global_clipnorm) if math.isfinite(together) else math.nan
        return [g * factor for g in gradients]
    return list(gradients)


def norm(gradients: Sequence[np.ndarray]) -> float:
    """The Euclidean norm of several arrays together."""
    return math.sqrt(sum(float(np.sum(np.square(g, dtype=np.float64))) for g in gradients))


def _update(rule: Optimizer, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float, t: int) -> None:
    if isinstance(rule, SGD):
        _sgd(rule, w, g, slots, lr)
    elif isinstance(rule, RMSprop):
        _rmsprop(rule, w, g, slots, lr)
    elif isinstance(rule, Adagrad):
        _adagrad(rule, w, g, slots, lr)
    elif isinstance(rule, Adadelta):
        _adadelta(rule, w, g, slots, lr)
    elif isinstance(rule, Adam):
        _adam(rule, w, g, slots, lr, t)
    elif isinstance(rule, Adamax):
        _adamax(rule, w, g, slots, lr, t)
    elif isinstance(rule, Nadam):
        _nadam(rule, w, g, slots, lr, t)
    elif isinstance(rule, Ftrl):
        _ftrl(rule, w, g, slots, lr)
    else:
        _lion(rule, w, g, slots, lr)


def _store(slot: np.ndarray, value: np.ndarray) -> None:
    slot[...] = np.where(np.abs(value) < SLOT_FLOOR, 0.0, value)


def _sgd(rule: SGD, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float) -> None:
    if not slots:
        w -= lr * g
        return
    (m,) = slots
    _store(m, rule.momentum * m - lr * g)
    w += rule.momentum * m - lr * g if rule.nesterov else m


def _rmsprop(rule: RMSprop, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float) -> None:
    named = dict(zip(rule.own_slots, slots, strict=True))
    v = named["velocity"]
    _store(v, rule.rho * v + (1.0 - rule.rho) * (g * g))
    square = v + rule.epsilon
    if rule.centered:
        mean = named["average_gradient"]
        _store(mean, rule.rho * mean + (1.0 - rule.rho) * g)
        square = v - mean * mean + rule.epsilon
    change = lr * g / np.sqrt(square)
    if rule.momentum:
        m = named["momentum"]
        _store(m, rule.momentum * m + change)
        change = m
    w -= change


def _adagrad(rule: Adagrad, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float) -> None:
    (total,) = slots
    _store(total, total + g * g)
    w -= lr * g / np.sqrt(total + rule.epsilon)


def _adadelta(rule: Adadelta, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float) -> None:
    squares, changes = slots
    _store(squares, rule.rho * squares + (1.0 - rule.rho) * (g * g))
    change = -(np.sqrt(changes + rule.epsilon) * g / np.sqrt(squares + rule.epsilon))
    _store(changes, rule.rho * changes + (1.0 - rule.rho) * (change * change))
    w += lr * change


def _adam(rule: Adam, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float, t: int) -> None:
    m, v = slots[0], slots[1]
    _store(m, m + (g - m) * (1.0 - rule.beta_1))
    _store(v, v + (g * g - v) * (1.0 - rule.beta_2))
    if rule.amsgrad:
        _store(slots[2], np.maximum(slots[2], v))
        v = slots[2]
    alpha = lr * math.sqrt(1.0 - rule.beta_2**t) / (1.0 - rule.beta_1**t)
    w -= m * alpha / (np.sqrt(v) + rule.epsilon)


def _adamax(rule: Adamax, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float, t: int) -> None:
    m, u = slots
    _store(m, m + (g - m) * (1.0 - rule.beta_1))
    _store(u, np.maximum(rule.beta_2 * u, np.abs(g)))
    w -= m * (lr / (1.0 - rule.beta_1**t)) / (u + rule.epsilon)


def _nadam(rule: Nadam, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float, t: int) -> None:
    m, v = slots
    _store(m, m + (g - m) * (1.0 - rule.beta_1))
    _store(v, v + (g * g - v) * (1.0 - rule.beta_2))
    now, following, product = nadam_momenta(rule, t)
    m_hat = m * (following / (1.0 - product * following)) + g * ((1.0 - now) / (1.0 - product))
    v_hat = v / (1.0 - rule.beta_2**t)
    w -= lr * m_hat / (np.sqrt(v_hat) + rule.epsilon)


def nadam_momenta(rule: Nadam, t: int) -> tuple[float, float, float]:
    """u_t, u_{t+1} and u_1 u_2 ... u_t of step t = 1, 2, ..., where u_t = beta_1 (1 - 0.96^t / 2)."""

    def share(i: int) -> float:
        return 1.0 - 0.5 * 0.96**i

    product = rule.beta_1**t * math.prod(share(i) for i in range(1, min(t, _SHARES_BELOW_ONE) + 1))
    return rule.beta_1 * share(t), rule.beta_1 * share(t + 1), product


def _ftrl(rule: Ftrl, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float) -> None:
    n, z = slots
    rate, p = np.float64(lr), -rule.learning_rate_power  # by 0 it divides to infinity
    before, after = n**p, (n + g * g) ** p
    _store(n, n + g * g)
    _store(z, z + g + 2.0 * rule.l2_shrinkage_regularization_strength * w - (after - before) / rate * w)
    q = after / rate + 2.0 * rule.l2_regularization_strength + rule.beta / rate
    l1 = rule.l1_regularization_strength
    w[...] = (np.clip(z, -l1, l1) - z) / q


def _lion(rule: Lion, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float) -> None:
    (m,) = slots
    w -= lr * np.sign(rule.beta_1 * m + (1.0 - rule.beta_1) * g)
    _store(m, rule.beta_2 * m + (1.0 - rule.beta_2) * g)
