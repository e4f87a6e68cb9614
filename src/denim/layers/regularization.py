"""Layers that act only while training: Dropout."""

from __future__ import annotations

from numbers import Real
from typing import Any

from denim.layers.base import Layer
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Dropout as DropoutNode


class Dropout(Layer):
    """While training, zero each element with probability ``rate`` and scale the others by 1 / (1 - rate).

    Args:
        rate: in [0, 1).
        noise_shape: only None yet.
        seed: fixes the masks whatever the seed of ``fit``.

    Raises:
        ValueError: for another rate or seed.
        NotImplementedError: for a noise_shape.

    Source: Srivastava et al., 2014; https://keras.io/api/layers/regularization_layers/dropout/
    """

    def __init__(self, rate: float, noise_shape: None = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        given: Any = rate
        if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= float(given) < 1:
            raise ValueError(
                f"Dropout: `rate` is the fraction to drop, at least 0 and below 1. Received: rate={rate!r}"
            )
        if noise_shape is not None:
            raise NotImplementedError(f"Dropout: noise_shape is not supported yet. Received: {noise_shape!r}")
        if seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__")):
            raise ValueError(f"Dropout: seed must be an integer or None. Received: seed={seed!r}")
        self.rate = float(rate)
        self.noise_shape = noise_shape
        self.seed = None if seed is None else int(seed)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A Dropout node, unless nothing is ever dropped."""
        if self.rate == 0.0:
            return inputs[0]
        return builder.add(DropoutNode(self.name, inputs[0], self.rate, builder.stream(self.seed)))

    def get_config(self) -> dict[str, Any]:
        """Rate, seed, noise shape."""
        return {**super().get_config(), "rate": self.rate, "seed": self.seed, "noise_shape": self.noise_shape}
