"""Ftrl."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class Ftrl(Optimizer):
    """Follow the regularized leader, for wide and shallow networks: with n the sum of squared gradients,

    z += g - w * (n_new^p - n_old^p) / lr and w = (clip(z, -l1, l1) - z) / (n_new^p / lr + 2 * l2 + beta / lr), where
    p = -learning_rate_power.

    Args:
        learning_rate: a float or a schedule.
        learning_rate_power: not positive; 0 for a fixed learning rate.
        initial_accumulator_value: where n starts; not negative.
        l1_regularization_strength, l2_regularization_strength: not negative.
        l2_shrinkage_regularization_strength: a penalty on the magnitude: its gradient is added to g in z.
        beta: of the paper.
        name, further: as of ``Optimizer``.

    Raises:
        ValueError: for a number out of range.

    Source: https://keras.io/api/optimizers/ftrl/ (McMahan et al., KDD 2013).
    """

    slot_order = (("accumulator", "linear"),)

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        l2_shrinkage_regularization_strength: float = 0.0,
        beta: float = 0.0,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        super().__init__(learning_rate, name=name, **further)
        self.learning_rate_power = learning_rate_power
        self.initial_accumulator_value = initial_accumulator_value
        self.l1_regularization_strength = l1_regularization_strength
        self.l2_regularization_strength = l2_regularization_strength
        self.l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self.beta = beta
        for argument, value in self._settings().items():
            negative = argument == "learning_rate_power"
            if value > 0 if negative else value < 0:
                rule = "negative or zero" if negative else "positive or zero"
                raise ValueError(f"`{argument}` needs to be {rule}. Received: {argument}={value}.")

    def _settings(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(specs.Ftrl) if not each.kw_only}

    def spec(self) -> specs.Ftrl:
        """The update rule as a Program states it."""
        return specs.Ftrl(**self._settings(), **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {**super().get_config(), **self._settings()}
