"""The update rules, in place on flat arrays.

A slot whose magnitude falls below ``SLOT_FLOOR`` becomes zero, so that none ever holds a denormal number. Gaps
between parameters have zero gradients and stay zero.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from denim.program.buffer import flat_buffer
from denim.program.specs import SGD, Adagrad, Adam, Optimizer, RMSprop

if TYPE_CHECKING:
    from denim.program.program import Program

SLOT_FLOOR = 1e-30


def initial_slots(optimizer: Optimizer, program: Program) -> tuple[np.ndarray, ...]:
    """The optimizer's slots before the first step: one flat buffer for each name in ``optimizer.slots``."""
    slots = tuple(flat_buffer(program) for _ in optimizer.slots)
    if isinstance(optimizer, Adagrad):
        for view in program.views(slots[0]):
            view[...] = optimizer.initial_accumulator_value
    return slots


def step(
    optimizer: Optimizer,
    parameters: np.ndarray,
    gradients: np.ndarray,
    slots: Sequence[np.ndarray],
    iterations: int,
    learning_rate: float,
) -> None:
    """One update, in place on ``parameters`` and ``slots``; ``iterations`` counts the steps done before this one.

    All arrays have one shape; gradients are left as they are.
    """
    lr = float(learning_rate)
    with np.errstate(all="ignore"):
        if isinstance(optimizer, SGD):
            _sgd(optimizer, parameters, gradients, slots, lr)
        elif isinstance(optimizer, RMSprop):
            _rmsprop(optimizer, parameters, gradients, slots, lr)
        elif isinstance(optimizer, Adagrad):
            _adagrad(optimizer, parameters, gradients, slots, lr)
        else:
            _adam(optimizer, parameters, gradients, slots, lr, iterations + 1)


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
