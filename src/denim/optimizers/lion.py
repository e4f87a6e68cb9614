"""Lion."""

from __future__ import annotations

from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class Lion(Optimizer):
    """Steps of one size, in the direction of a running mean: w -= lr * sign(beta_1 * m + (1 - beta_1) * g).

    Then m = beta_2 * m + (1 - beta_2) * g.

    Args:
        learning_rate: a float or a schedule.
        beta_1: how much of the direction is the running mean's; above 0 and at most 1.
        beta_2: how much of the running mean each step keeps.
        name, further: as of ``Optimizer``.

    Raises:
        ValueError: for a beta_1 out of range.

    Source: https://keras.io/api/optimizers/lion/ (Chen et al., 2023).
    """

    slot_order = (("momentum",),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: float = 0.9,
        beta_2: float = 0.99,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **further)
        if not 0 < beta_1 <= 1:
            raise ValueError(
                "Argument `beta_1` must be in the [0, 1] range. Otherwise, the optimizer degenerates to SignSGD. "
                f"Received: beta_1={beta_1}."
            )
        self.beta_1 = beta_1
        self.beta_2 = beta_2

    def spec(self) -> specs.Lion:
        """The update rule as a Program states it."""
        return specs.Lion(self.beta_1, self.beta_2, **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2}
