"""Adam."""

from __future__ import annotations

from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class Adam(Optimizer):
    """Running means of gradients and of their squares: w -= m * a / (sqrt(v) + epsilon).

    a = lr * sqrt(1 - beta_2^t) / (1 - beta_1^t) at step t = 1, 2, ...

    Args:
        learning_rate: a float or a schedule.
        beta_1: how much of the mean each step keeps.
        beta_2: how much of the mean of squares each step keeps.
        epsilon: keeps the division finite.
        amsgrad: whether to divide by the largest v so far (Reddi et al., ICLR 2018).
        name, further: as of ``Optimizer``.

    Source: https://keras.io/api/optimizers/adam/ (Kingma and Ba, ICLR 2015).
    """

    slot_order = (("momentum", "velocity"), ("velocity_hat",))

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **further)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.amsgrad = bool(amsgrad)

    def spec(self) -> specs.Adam:
        """The update rule as a Program states it."""
        return specs.Adam(self.beta_1, self.beta_2, self.epsilon, self.amsgrad, **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {
            **super().get_config(),
            "beta_1": self.beta_1,
            "beta_2": self.beta_2,
            "epsilon": self.epsilon,
            "amsgrad": self.amsgrad,
        }
