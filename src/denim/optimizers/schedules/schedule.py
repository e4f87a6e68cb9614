"""The base of all learning rate schedules."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from denim import config


class LearningRateSchedule:
    """A learning rate for each step: define ``__call__(step)`` in a class of your own.

    The step is a whole number, 0 for the first: the optimizer's ``iterations`` before it is incremented.

    Source: https://keras.io/api/optimizers/learning_rate_schedules/
    """

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step."""
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `__call__(self, step)`."
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal schedule."""
        raise NotImplementedError(
            f"Learning rate schedule '{type(self).__name__}' must override `get_config()` in order to be serializable."
        )

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A schedule from ``get_config``."""
        return cls(**config)


class FormulaSchedule(LearningRateSchedule):
    """One that a formula gives for many steps at once, computed in ``config.floatx()``."""

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step, or of each of an array of steps."""
        steps = np.asarray(step)
        with np.errstate(all="ignore"):
            rates = self.rates(steps.astype(config.floatx()))
        return np.asarray(rates, config.floatx()).reshape(steps.shape)[()]

    @abstractmethod
    def rates(self, steps: np.ndarray) -> np.ndarray:
        """The formula; what it computes with is of the dtype of ``steps``."""


def rates_of(schedule: LearningRateSchedule, first: int, count: int) -> np.ndarray:
    """The learning rates of ``count`` steps from step ``first`` on, each rounded to ``config.floatx()``.

    Raises:
        ValueError: if the schedule gives something else than a number.
    """
    steps = np.arange(first, first + count)
    given = schedule(steps) if isinstance(schedule, FormulaSchedule) else [schedule(step) for step in steps]
    try:
        rates = np.array(given, config.floatx()).reshape(count).astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"A learning rate schedule must give one number for a step. Received from {schedule!r}: {given[0]!r} for "
            f"step {first}"
        ) from None
    return rates


def check_positive(name: str, value: Any) -> None:
    """Nothing if ``value`` is above 0.

    Raises:
        ValueError: if it is not.
    """
    if value <= 0:
        raise ValueError(f"Argument `{name}` must be > 0. Received: {name}={value}")
