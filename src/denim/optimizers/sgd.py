"""Stochastic gradient descent."""

from __future__ import annotations

from typing import Any

from denim.optimizers.optimizer import Optimizer
from denim.program import specs


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for: w -= lr * g, or m = momentum * m - lr * g; w += m.

    Args:
        learning_rate: a float or a schedule.
        momentum: a float within [0, 1].
        nesterov: whether to apply Nesterov's momentum (Sutskever et al., ICML 2013).
        name, further: as of ``Optimizer``.

    Raises:
        ValueError: for a momentum that is no float or out of range.

    Source: https://keras.io/api/optimizers/sgd/
    """

    slot_order = (("momentum",),)

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: float = 0.0,
        nesterov: bool = False,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        if not isinstance(momentum, float) or not 0.0 <= momentum <= 1.0:
            raise ValueError(f"`momentum` must be a float between [0, 1]. Received: momentum={momentum!r}")
        super().__init__(learning_rate, name=name, **further)
        self.momentum = momentum
        self.nesterov = bool(nesterov)

    def spec(self) -> specs.SGD:
        """The update rule as a Program states it."""
        return specs.SGD(self.momentum, self.nesterov, **self.rules())

    def get_config(self) -> dict[str, Any]:
        """The arguments that make an equal optimizer."""
        return {**super().get_config(), "momentum": self.momentum, "nesterov": self.nesterov}
