"""AdamW."""

from __future__ import annotations

from typing import Any

from denim.optimizers.adam import Adam


class AdamW(Adam):
    """Adam with weight decay that does not pass through the moments: first w -= w * weight_decay * lr.

    Args:
        weight_decay: at least 0.
        learning_rate, beta_1, beta_2, epsilon, amsgrad, name, further: as of ``Adam``.

    Source: https://keras.io/api/optimizers/adamw/ (Loshchilov and Hutter, ICLR 2019).
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        amsgrad: bool = False,
        *,
        name: str | None = None,
        **further: Any,
    ) -> None:
        given: Any = weight_decay
        if given is None:
            raise ValueError("Argument `weight_decay` must be a float. Received: weight_decay=None")
        super().__init__(
            learning_rate, beta_1, beta_2, epsilon, amsgrad, name=name, weight_decay=weight_decay, **further
        )
