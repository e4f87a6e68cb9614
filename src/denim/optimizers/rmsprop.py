"""RMSprop."""

from __future__ import annotations

from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class RMSprop(Optimizer):
    """Gradients divided by a running mean of their size: w -= lr * g / sqrt(v + epsilon).

    Args:
        learning_rate: a float or a schedule.
        rho: how much of the running mean of squares each step keeps.
        momentum: of the steps; 0 for none.
        epsilon: keeps the division finite.
        centered: whether to subtract the squared running mean of the gradients (Graves, 2013).
        name, further: as of ``Optimizer``.

    Source: https://keras.io/api/optimizers/rmsprop/
    """

    slot_order = (("velocity",), ("momentum",), ("average_gradient",))

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-7,
        centered: bool = False,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **further)
        self.rho = rho
        self.momentum = momentum
        self.epsilon = epsilon
        self.centered = bool(centered)

    def spec(self) -> specs.RMSprop:
        """The update rule as a Program states it."""
        return specs.RMSprop(self.rho, self.momentum, self.epsilon, self.centered, **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {
            **super().get_config(),
            "rho": self.rho,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "centered": self.centered,
        }
