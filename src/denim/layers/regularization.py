"""Layers that act only while training: Dropout, AlphaDropout, noise, and penalties on what passes through."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from denim import ops, regularizers
from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape
from denim.ops import tracing
from denim.ops.traced import Traced
from denim.program.builder import ProgramBuilder
from denim.program.formulas.noise import alpha_dropout_scaling
from denim.program.nodes import Dropout as DropoutNode
from denim.program.nodes import Noise

NoiseShape = tuple["int | None", ...]


class _Random(Layer):
    """What layers with random numbers have in common: a seed that fixes them whatever the seed of ``fit``."""

    keeps_mask = True

    def __init__(self, seed: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if seed is not None and (isinstance(seed, bool) or not hasattr(seed, "__index__")):
            raise ValueError(f"{type(self).__name__}: seed must be an integer or None. Received: seed={seed!r}")
        self.seed = None if seed is None else int(seed)

    def get_config(self) -> dict[str, Any]:
        """The seed."""
        return {**super().get_config(), "seed": self.seed}

    def noise(self, builder: ProgramBuilder, node: int, kind: str, amount: float) -> int:
        """A Noise node."""
        return builder.add(Noise(self.name, node, kind, amount, builder.stream(self.seed)))


class _Dropping(_Random):
    """What Dropout and AlphaDropout have in common: a rate, and the shape of the mask."""

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.rate = _rate(type(self).__name__, rate)
        self.noise_shape = _noise_shape(type(self).__name__, noise_shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input, which the mask can be spread over."""
        super().check_inputs(shapes)
        if self.noise_shape is None:
            return
        pairs = list(zip(self.noise_shape[1:], shapes[0][1:], strict=False))
        if len(self.noise_shape) != len(shapes[0]) or any(mask not in (None, 1, size) for mask, size in pairs):
            raise ValueError(
                f"{type(self).__name__}: the sizes of `noise_shape` must be 1, None, or those of the input. Received: "
                f"noise_shape={self.noise_shape} for input shape {shapes[0]}"
            )

    def ones(self, x: Traced) -> Traced | None:
        """A tensor of ones of the mask's shape; None if it is the input's own."""
        if self.noise_shape is None:
            return None
        pairs = list(zip(self.noise_shape[1:], x.sample, strict=True))
        shape = tuple(size if mask is None else mask for mask, size in pairs)
        if self.noise_shape[0] == 1:
            return tracing.traced(x.builder, np.ones(shape))
        if shape == x.sample:
            return None
        some = x[(slice(None), *(slice(mask) for mask, _ in pairs))]
        return ops.cast(ops.less_equal(ops.zeros_like(some), 0), x.dtype)

    def get_config(self) -> dict[str, Any]:
        """Rate, seed, noise shape."""
        return {**super().get_config(), "rate": self.rate, "noise_shape": self.noise_shape}


class Dropout(_Dropping):
    """While training, zero each element with probability ``rate`` and scale the others by 1 / (1 - rate).

    Args:
        rate: in [0, 1).
        noise_shape: the shape of the mask, batch axis first: 1 where all are to be dropped or kept together, None for
            the input's size.
        seed: fixes the masks whatever the seed of ``fit``.

    Raises:
        ValueError: for another rate, shape or seed.

    Source: Srivastava et al., 2014; https://keras.io/api/layers/regularization_layers/dropout/
    """

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A Dropout node, unless nothing is ever dropped."""
        if self.rate == 0.0:
            return inputs[0]
        x = Traced(builder, inputs[0])
        ones = self.ones(x)
        if ones is None:
            return self._dropped(builder, x.node)
        mask = Traced(builder, self._dropped(builder, ones.node))
        return tracing.traced(builder, ops.multiply(x, mask)).node

    def _dropped(self, builder: ProgramBuilder, node: int) -> int:
        return builder.add(DropoutNode(self.name, node, self.rate, builder.stream(self.seed)))


class AlphaDropout(_Dropping):
    """While training, put selu's negative limit in the place of each element with probability ``rate``.

    All are then scaled and shifted so that mean and variance stay.

    Args:
        rate: in [0, 1).
        noise_shape: the shape of the mask, batch axis first: 1 where all are to be dropped or kept together, None for
            the input's size.
        seed: fixes the masks whatever the seed of ``fit``.

    Raises:
        ValueError: for another rate, shape or seed.

    Source: Klambauer et al., 2017; https://keras.io/api/layers/regularization_layers/alpha_dropout/
    """

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A Noise node, unless nothing is ever dropped."""
        if self.rate == 0.0:
            return inputs[0]
        x = Traced(builder, inputs[0])
        ones = self.ones(x)
        if ones is None:
            return self.noise(builder, x.node, "alpha_dropout", self.rate)
        zeros = tracing.traced(builder, ops.subtract(ones, 1.0))
        # What the noise makes of 0 is above 0 where it keeps, below where it drops, and 0 where nothing is trained.
        shift = Traced(builder, self.noise(builder, zeros.node, "alpha_dropout", self.rate))
        scale, _ = alpha_dropout_scaling(self.rate)
        kept = ops.where(ops.equal(shift, 0.0), 1.0, scale)
        factor = ops.where(ops.less(shift, 0.0), 0.0, kept)
        return tracing.traced(builder, ops.add(ops.multiply(x, factor), shift)).node


class GaussianNoise(_Random):
    """While training, add normal noise of mean 0 and this standard deviation.

    Args:
        stddev: from 0 to 1.
        seed: fixes the noise whatever the seed of ``fit``.

    Raises:
        ValueError: for another standard deviation or seed.

    Source: https://keras.io/api/layers/regularization_layers/gaussian_noise/
    """

    def __init__(self, stddev: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        if isinstance(stddev, bool) or not isinstance(stddev, Real) or not 0 <= float(stddev) <= 1:
            raise ValueError(
                "Invalid value received for argument `stddev`. Expected a float value between 0 and 1. "
                f"Received: stddev={stddev!r}"
            )
        self.stddev: float = float(stddev)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A Noise node, unless there is none."""
        return self.noise(builder, inputs[0], "gaussian_noise", self.stddev) if self.stddev else inputs[0]

    def get_config(self) -> dict[str, Any]:
        """Standard deviation and seed."""
        return {**super().get_config(), "stddev": self.stddev}


class GaussianDropout(_Random):
    """While training, multiply by normal noise of mean 1 and standard deviation sqrt(rate / (1 - rate)).

    Args:
        rate: in [0, 1).
        seed: fixes the noise whatever the seed of ``fit``.

    Raises:
        ValueError: for another rate or seed.

    Source: Srivastava et al., 2014; https://keras.io/api/layers/regularization_layers/gaussian_dropout/
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(seed, **kwargs)
        self.rate = _rate("GaussianDropout", rate)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A Noise node, unless there is none."""
        return self.noise(builder, inputs[0], "gaussian_dropout", self.rate) if self.rate else inputs[0]

    def get_config(self) -> dict[str, Any]:
        """Rate and seed."""
        return {**super().get_config(), "rate": self.rate}


class ActivityRegularization(Layer):
    """What comes in goes out; ``l1 sum |x| + l2 sum x^2``, averaged over the batch, is added to the loss.

    Raises:
        ValueError: for a factor that is no number of at least 0.

    Source: https://keras.io/api/layers/regularization_layers/activity_regularization/
    """

    keeps_mask = True

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1, self.l2 = l1, l2

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """No node of its own."""
        return inputs[0]

    def get_config(self) -> dict[str, Any]:
        """Both factors."""
        config = super().get_config()
        del config["activity_regularizer"]
        return {**config, "l1": self.l1, "l2": self.l2}


def _rate(owner: str, rate: Any) -> float:
    if isinstance(rate, bool) or not isinstance(rate, Real) or not 0 <= float(rate) < 1:
        raise ValueError(f"{owner}: `rate` is the fraction to drop, at least 0 and below 1. Received: rate={rate!r}")
    return float(rate)


def _noise_shape(owner: str, shape: Any) -> NoiseShape | None:
    if shape is None:
        return None
    sizes = tuple(shape) if isinstance(shape, Sequence) and not isinstance(shape, str) else ()
    whole = all(size is None or (isinstance(size, int) and not isinstance(size, bool) and size > 0) for size in sizes)
    if not sizes or not whole:
        raise ValueError(
            f"{owner}: `noise_shape` must be a tuple or list of positive integers or None, the batch axis first. "
            f"Received: noise_shape={shape!r}"
        )
    return sizes
