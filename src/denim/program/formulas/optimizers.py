"""What a step does with the gradients: clip them, let weights decay, then the update rule, in place on the arrays.

A slot whose magnitude falls below ``SLOT_FLOOR`` becomes zero, so that none ever holds a denormal number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from denim.program.buffer import flat_buffer
from denim.program.specs import SGD, Adagrad, Adam, GradientRules, Nadam, Optimizer, RMSprop

if TYPE_CHECKING:
    from denim.program.program import Program

SLOT_FLOOR = 1e-30
_SHARES_BELOW_ONE = 1000
"""Beyond this step, 1 - 0.96^t / 2 is 1 in float64."""


def initial_slots(optimizer: Optimizer, program: Program) -> tuple[np.ndarray, ...]:
    """The optimizer's slots before the first step: one flat buffer for each name in ``optimizer.slots``."""
    slots = tuple(flat_buffer(program) for _ in optimizer.slots)
    if isinstance(optimizer, Adagrad):
        for view in program.views(slots[0]):
            view[...] = optimizer.initial_accumulator_value
    return slots


def step(
    optimizer: Optimizer,
    weights: Sequence[np.ndarray],
    gradients: Sequence[np.ndarray],
    slots: Sequence[Sequence[np.ndarray]],
    iterations: int,
    learning_rate: float,
    decays: Sequence[bool] | None = None,
) -> None:
    """One update of all trainable weights together, in place on them and on the slots.

    Args:
        weights: one array for each weight.
        gradients: one of each weight's shape; they are left as they are.
        slots: for each name in ``optimizer.slots``, one array of each weight's shape.
        iterations: steps done before this one.
        decays: whether weight decay applies to each weight; None for all of them.
    """
    lr = float(learning_rate)
    with np.errstate(all="ignore"):
        clipped = clip(optimizer, gradients)
        for i, (w, g) in enumerate(zip(weights, clipped, strict=True)):
            if optimizer.weight_decay is not None and (decays is None or decays[i]):
                w -= w * optimizer.weight_decay * lr
            _update(optimizer, w, g, [slot[i] for slot in slots], lr, iterations + 1)


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
    elif isinstance(rule, Adam):
        _adam(rule, w, g, slots, lr, t)
    else:
        _nadam(rule, w, g, slots, lr, t)


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
    named = dict(zip(rule.slots, slots, strict=True))
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


def _adam(rule: Adam, w: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], lr: float, t: int) -> None:
    m, v = slots[0], slots[1]
    _store(m, m + (g - m) * (1.0 - rule.beta_1))
    _store(v, v + (g * g - v) * (1.0 - rule.beta_2))
    if rule.amsgrad:
        _store(slots[2], np.maximum(slots[2], v))
        v = slots[2]
    alpha = lr * math.sqrt(1.0 - rule.beta_2**t) / (1.0 - rule.beta_1**t)
    w -= m * alpha / (np.sqrt(v) + rule.epsilon)


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
