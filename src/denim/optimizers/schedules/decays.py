"""Schedules that only fall: exponential, inverse in time, polynomial, piecewise constant."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from denim.optimizers.schedules.schedule import FormulaSchedule, check_positive


class ExponentialDecay(FormulaSchedule):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: a float.
        decay_steps: above 0.
        decay_rate: what remains after ``decay_steps``.
        staircase: whether ``step / decay_steps`` is rounded down.
        name: Keras's; without meaning here.

    Source: https://keras.io/api/optimizers/learning_rate_schedules/exponential_decay/
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def rates(self, steps: np.ndarray) -> np.ndarray:
        """The formula."""
        number = steps.dtype.type
        return number(self.initial_learning_rate) * np.power(number(self.decay_rate), self.periods(steps))

    def periods(self, steps: np.ndarray) -> np.ndarray:
        """How often ``decay_steps`` have passed."""
        passed = steps / steps.dtype.type(self.decay_steps)
        return np.floor(passed) if self.staircase else passed

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "decay_rate": self.decay_rate,
            "staircase": self.staircase,
            "name": self.name,
        }


class InverseTimeDecay(ExponentialDecay):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Arguments as of ``ExponentialDecay``.

    Source: https://keras.io/api/optimizers/learning_rate_schedules/inverse_time_decay/
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        super().__init__(initial_learning_rate, decay_steps, decay_rate, staircase, name)

    def rates(self, steps: np.ndarray) -> np.ndarray:
        """The formula."""
        number = steps.dtype.type
        return number(self.initial_learning_rate) / (number(1.0) + number(self.decay_rate) * self.periods(steps))


class PolynomialDecay(FormulaSchedule):
    """``(initial_learning_rate - end_learning_rate) * (1 - step / decay_steps) ** power + end_learning_rate``.

    Args:
        initial_learning_rate: at step 0.
        decay_steps: above 0; from then on the end is kept.
        end_learning_rate: at ``decay_steps``.
        power: of the polynomial; 1 is a straight line.
        cycle: whether to begin again, each time down from higher up, with twice, three times, ... as many steps.
        name: Keras's; without meaning here.

    Source: https://keras.io/api/optimizers/learning_rate_schedules/polynomial_decay/
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: int,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        check_positive("decay_steps", decay_steps)
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = decay_steps
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def rates(self, steps: np.ndarray) -> np.ndarray:
        """The formula."""
        number = steps.dtype.type
        span, end = number(self.decay_steps), number(self.end_learning_rate)
        if self.cycle:
            period = span * np.where(steps == 0, number(1.0), np.ceil(steps / span))
            part = steps / period
        else:
            part = np.minimum(steps, span) / span
        remaining = np.power(number(1.0) - part, number(self.power))
        return (number(self.initial_learning_rate) - end) * remaining + end

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "decay_steps": self.decay_steps,
            "end_learning_rate": self.end_learning_rate,
            "power": self.power,
            "cycle": self.cycle,
            "name": self.name,
        }


class PiecewiseConstantDecay(FormulaSchedule):
    """``values[0]`` up to and with step ``boundaries[0]``, then ``values[1]`` up to ``boundaries[1]``, and so on.

    Args:
        boundaries: steps in rising order.
        values: learning rates, one more than boundaries.
        name: Keras's; without meaning here.

    Raises:
        ValueError: for lists that do not fit, or boundaries that do not rise.

    Source: https://keras.io/api/optimizers/learning_rate_schedules/piecewise_constant_decay/
    """

    def __init__(self, boundaries: Sequence[int], values: Sequence[float], name: str = "PiecewiseConstant") -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "The length of boundaries should be 1 less than the length of values. Received: "
                f"boundaries={boundaries} of length {len(boundaries)}, and values={values} of length {len(values)}."
            )
        if any(a >= b for a, b in pairwise(boundaries)):
            raise ValueError(f"The boundaries must rise from each to the next. Received: boundaries={boundaries}")
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def rates(self, steps: np.ndarray) -> np.ndarray:
        """The value whose boundaries the step lies between."""
        whole = np.trunc(np.asarray(self.boundaries, np.float64))
        return np.asarray(self.values, steps.dtype)[np.searchsorted(whole, steps.astype(np.float64), side="left")]

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"boundaries": self.boundaries, "values": self.values, "name": self.name}
