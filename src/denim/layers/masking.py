"""Masking: steps of a sequence that hold nothing are not to count."""

from __future__ import annotations

from typing import Any

from denim import ops
from denim.layers.formula import FormulaLayer


class Masking(FormulaLayer):
    """Steps all of whose features are ``mask_value`` become 0, and do not count in layers that go by a mask.

    Source: https://keras.io/api/layers/core_layers/masking/
    """

    min_ndim = 2

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.built = True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """True for the steps that count: shape (batch, steps) for inputs of shape (batch, steps, features)."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def formula(self, *inputs: Any) -> Any:
        """The inputs, and 0 where nothing counts."""
        counts = ops.any(ops.not_equal(inputs[0], self.mask_value), axis=-1, keepdims=True)
        return ops.where(counts, inputs[0], 0.0)

    def get_config(self) -> dict[str, Any]:
        """The value."""
        return {**super().get_config(), "mask_value": self.mask_value}
