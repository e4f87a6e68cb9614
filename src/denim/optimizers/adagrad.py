"""Adagrad."""

from __future__ import annotations

from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class Adagrad(Optimizer):
    """Gradients divided by the root of the sum of all their squares so far: w -= lr * g / sqrt(a + epsilon).

    Args:
        learning_rate: a float or a schedule.
        initial_accumulator_value: where the sums of squares start; not negative.
        epsilon: keeps the division finite.
        name, further: as of ``Optimizer``.

    Source: https://keras.io/api/optimizers/adagrad/ (Duchi et al., JMLR 2011).
    """

    slot_order = (("accumulator",),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **further)
        self.initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon

    def spec(self) -> specs.Adagrad:
        """The update rule as a Program states it."""
        return specs.Adagrad(self.initial_accumulator_value, self.epsilon, **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {
            **super().get_config(),
            "initial_accumulator_value": self.initial_accumulator_value,
            "epsilon": self.epsilon,
        }
