"""Adamax."""

from __future__ import annotations

from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class Adamax(Optimizer):
    """Adam with the largest gradient so far in place of the root of the mean of squares: u = max(beta_2 * u, |g|).

    w -= m * lr / ((1 - beta_1^t) * (u + epsilon)) at step t = 1, 2, ...

    Args:
        learning_rate: a float or a schedule.
        beta_1: how much of the mean each step keeps.
        beta_2: how much of the largest gradient each step keeps.
        epsilon: keeps the division finite.
        name, further: as of ``Optimizer``.

    Source: https://keras.io/api/optimizers/adamax/ (Kingma and Ba, ICLR 2015, section 7.1).
    """

    slot_order = (("momentum", "norm"),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **further)
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon

    def spec(self) -> specs.Adamax:
        """The update rule as a Program states it."""
        return specs.Adamax(self.beta_1, self.beta_2, self.epsilon, **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
