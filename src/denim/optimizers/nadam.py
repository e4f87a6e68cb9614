"""Nadam."""

from __future__ import annotations

from typing import Any

from denim import config
from denim.optimizers.optimizer import Optimizer
from denim.program import specs
from denim.program.formulas.optimizers import nadam_momenta, updates_before
from denim.variables import Variable


class Nadam(Optimizer):
    """Adam with Nesterov momentum, whose share rises with the steps: u_t = beta_1 (1 - 0.96^t / 2).

    Args:
        learning_rate: a float or a schedule.
        beta_1: how much of the mean each step keeps.
        beta_2: how much of the mean of squares each step keeps.
        epsilon: keeps the division finite.
        name, further: as of ``Optimizer``.

    Source: https://keras.io/api/optimizers/nadam/ (Dozat, 2015).
    """

    slot_order = (("momentum", "velocity"),)

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

    def spec(self) -> specs.Nadam:
        """The update rule as a Program states it."""
        return specs.Nadam(self.beta_1, self.beta_2, self.epsilon, **self.rules())

    @property
    def variables(self) -> list[Variable]:
        """As of every optimizer and, once it is built, the product u_1 u_2 ... u_t, which follows from the counter."""
        if not self.built:
            return super().variables
        rule = self.spec()
        updates = updates_before(rule, int(self._iterations.value))
        product = nadam_momenta(rule, updates)[2] if updates else 1.0
        dtype = self._weights[0].dtype if self._weights else config.floatx()
        return [*super().variables, Variable(product, dtype=dtype, trainable=False, name="variable")]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {**super().get_config(), "beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}
