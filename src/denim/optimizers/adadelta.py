"""Adadelta."""

from __future__ import annotations

from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class Adadelta(Optimizer):
    """Steps whose size follows from those before: d = -g * sqrt(x + epsilon) / sqrt(a + epsilon), w += lr * d.

    a and x are running means of the squares of gradients and of steps.

    Args:
        learning_rate: a float or a schedule; 1.0 is the paper's form.
        rho: how much of the running means each step keeps.
        epsilon: keeps the division finite.
        name, further: as of ``Optimizer``.

    Source: https://keras.io/api/optimizers/adadelta/ (Zeiler, 2012).
    """

    slot_order = (("accumulated_grad", "accumulated_delta_var"),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.95,
        epsilon: float = 1e-7,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **further)
        self.rho = rho
        self.epsilon = epsilon

    def spec(self) -> specs.Adadelta:
        """The update rule as a Program states it."""
        return specs.Adadelta(self.rho, self.epsilon, **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {**super().get_config(), "rho": self.rho, "epsilon": self.epsilon}
