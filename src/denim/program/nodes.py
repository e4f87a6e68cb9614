"""The closed set of node types a Program is made of.

A node is frozen, hashable data: no arrays, no device, no padding. Nodes refer to each other by their index in
``Program.nodes``; every node makes one tensor, so a node's index names its tensor too. Shapes are those of one sample,
without the batch axis.
"""

from __future__ import annotations

from dataclasses import dataclass

from denim.program.random import RandomStream

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Input:
    """What the caller feeds: one tensor of ``shape`` per sample.

    ``dtype`` is the dtype the arithmetic sees; arrays of other dtypes are converted as they are gathered.
    """

    name: str
    shape: Shape
    dtype: str = "float32"

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes this one reads."""
        return ()


@dataclass(frozen=True)
class Dense:
    """``x @ kernel + bias`` over the last axis of x. ``kernel`` and ``bias`` index ``Program.parameters``."""

    name: str
    input: int
    units: int
    kernel: int
    bias: int | None = None

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes this one reads."""
        return (self.input,)


@dataclass(frozen=True)
class Activation:
    """An activation function of ``denim.program.formulas.activations``, elementwise or (softmax) over the last axis.

    ``alpha`` is the function's one number where it has one (leaky_relu, elu), or None for the function's default.
    """

    name: str
    input: int
    function: str
    alpha: float | None = None

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes this one reads."""
        return (self.input,)


@dataclass(frozen=True)
class Dropout:
    """While training, zero each element with probability ``rate`` and scale the others by 1 / (1 - rate)."""

    name: str
    input: int
    rate: float
    stream: RandomStream

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes this one reads."""
        return (self.input,)


@dataclass(frozen=True)
class Reshape:
    """The same elements in the same order under another ``shape`` (Flatten is one of these)."""

    name: str
    input: int
    shape: Shape

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes this one reads."""
        return (self.input,)


Node = Input | Dense | Activation | Dropout | Reshape
