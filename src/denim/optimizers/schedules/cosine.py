"""Schedules along a cosine: once, with a warm-up, or again and again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denim.optimizers.schedules.schedule import FormulaSchedule, check_positive


class CosineDecay(FormulaSchedule):
    """Half a cosine wave from the learning rate down to ``alpha`` of it, after a straight rise if asked for.

    Args:
        initial_learning_rate: at step 0.
        decay_steps: of the fall; above 0.
        alpha: the part of the learning rate that remains at the end.
        name: Keras's; without meaning here.
        warmup_target: where the rise ends and the fall begins; None for no rise.
        warmup_steps: of the rise.

    Source: Loshchilov and Hutter, 2016; https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay/
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.alpha = alpha
        self.name = name
        self.warmup_steps = warmup_steps
        self.warmup_target = warmup_target

    def rates(self, steps: np.ndarray) -> np.ndarray:
        """The formula."""
        number = steps.dtype.type
        start, span = number(self.initial_learning_rate), number(self.decay_steps)
        if self.warmup_target is None:
            return start * self._remaining(np.minimum(steps, span) / span)
        top, rise = number(self.warmup_target), number(self.warmup_steps)
        bounded = np.minimum(steps, span + rise)
        rising = (top - start) * (bounded / rise) + start
        return np.where(bounded < rise, rising, top * self._remaining((bounded - rise) / span))

    def _remaining(self, part: np.ndarray) -> np.ndarray:
        number = part.dtype.type
        wave = number(0.5) * (number(1.0) + np.cos(number(math.pi) * part))
        return number(1.0 - self.alpha) * wave + number(self.alpha)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "alpha": self.alpha,
            "name": self.name,
            "warmup_target": self.warmup_target,
            "warmup_steps": self.warmup_steps,
        }


class CosineDecayRestarts(FormulaSchedule):
    """Half a cosine wave again and again, each longer and lower than the one before.

    Args:
        initial_learning_rate: at step 0.
        first_decay_steps: of the first wave; above 0.
        t_mul: how many times longer each next wave is.
        m_mul: how many times higher each next wave begins.
        alpha: the part of the learning rate that remains at the end of a wave.
        name: Keras's; without meaning here.

    Source: Loshchilov and Hutter, 2016; https://keras.io/api/optimizers/learning_rate_schedules/cosine_decay_restarts/
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: int,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        check_positive("first_decay_steps", first_decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = first_decay_steps
        self.t_mul = t_mul
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def rates(self, steps: np.ndarray) -> np.ndarray:
        """The formula."""
        number = steps.dtype.type
        one, longer, alpha = number(1.0), number(self.t_mul), number(self.alpha)
        passed = steps / number(self.first_decay_steps)
        if longer == one:
            wave = np.floor(passed)
            part = passed - wave
        else:
            wave = np.floor(np.log(one - passed * (one - longer)) / np.log(longer))
            length = np.power(longer, wave)
            part = (passed - (one - length) / (one - longer)) / length
        height = np.power(number(self.m_mul), wave)
        cosine = number(0.5) * height * (one + np.cos(number(math.pi) * part))
        return number(self.initial_learning_rate) * ((one - alpha) * cosine + alpha)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "first_decay_steps": self.first_decay_steps,
            "t_mul": self.t_mul,
            "m_mul": self.m_mul,
            "alpha": self.alpha,
            "name": self.name,
        }
