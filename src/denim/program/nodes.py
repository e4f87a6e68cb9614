"""The closed set of node types a Program is made of.

A node is frozen, hashable data: no arrays, no device, no padding. Nodes refer to each other by their index in
``Program.nodes``; every node makes one tensor, so a node's index names its tensor too. Shapes are those of one sample,
without the batch axis.
"""

from __future__ import annotations

from dataclasses import dataclass

from denim.program.random import RandomStream

Shape = tuple[int, ...]


class _OneInput:
    """What nodes that read one other have in common; by default no parameters, and a tensor of the input's shape."""

    input: int

    @property
    def inputs(self) -> tuple[int, ...]:
        """The nodes this one reads."""
        return (self.input,)

    @property
    def parameters(self) -> tuple[int, ...]:
        """The indices of the parameters this one uses."""
        return ()

    def output_shape(self, *inputs: Shape) -> Shape:
        """The shape of one sample of this node's tensor, given those of the nodes it reads."""
        return inputs[0]


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

    @property
    def parameters(self) -> tuple[int, ...]:
        """The indices of the parameters this one uses."""
        return ()

    def output_shape(self, *inputs: Shape) -> Shape:
        """The shape of one sample."""
        return self.shape


@dataclass(frozen=True)
class Dense(_OneInput):
    """``x @ kernel + bias`` over the last axis of x. ``kernel`` and ``bias`` index ``Program.parameters``."""

    name: str
    input: int
    units: int
    kernel: int
    bias: int | None = None

    @property
    def parameters(self) -> tuple[int, ...]:
        """The indices of the parameters this one uses."""
        return _present(self.kernel, self.bias)

    def output_shape(self, *inputs: Shape) -> Shape:
        """The input's, with the units as its last axis."""
        return (*inputs[0][:-1], self.units)


@dataclass(frozen=True)
class Activation(_OneInput):
    """An activation function of ``denim.program.formulas.activations``: elementwise, or a softmax of the last axis.

    ``alpha`` is the function's one number where it has one (leaky_relu, elu, celu, relu6), or None for its default.
    """

    name: str
    input: int
    function: str
    alpha: float | None = None


@dataclass(frozen=True)
class Dropout(_OneInput):
    """While training, zero each element with probability ``rate`` and scale the others by 1 / (1 - rate)."""

    name: str
    input: int
    rate: float
    stream: RandomStream


@dataclass(frozen=True)
class Reshape(_OneInput):
    """The same elements in the same order under another ``shape`` (Flatten is one of these)."""

    name: str
    input: int
    shape: Shape

    def output_shape(self, *inputs: Shape) -> Shape:
        """The new shape."""
        return self.shape


@dataclass(frozen=True)
class AffineScaling(_OneInput):
    """``(x - shift) * scale + offset`` with constants: one number, or one for each element of the last axis."""

    name: str
    input: int
    shift: float | tuple[float, ...] = 0.0
    scale: float | tuple[float, ...] = 1.0
    offset: float | tuple[float, ...] = 0.0


@dataclass(frozen=True)
class BatchNormalization(_OneInput):
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta`` for each element of the last axis.

    While training, mean and (biased) variance are those of the batch, over all axes but the last, and the moving ones
    become ``momentum * moving + (1 - momentum) * batch``. Otherwise, and where ``frozen``, the moving ones are used.
    ``gamma``, ``beta``, ``mean`` and ``variance`` index ``Program.parameters``.
    """

    name: str
    input: int
    mean: int
    variance: int
    gamma: int | None = None
    beta: int | None = None
    momentum: float = 0.99
    epsilon: float = 1e-3
    frozen: bool = False

    @property
    def parameters(self) -> tuple[int, ...]:
        """The indices of the parameters this one uses."""
        return _present(self.gamma, self.beta, self.mean, self.variance)


@dataclass(frozen=True)
class LayerNormalization(_OneInput):
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta``, mean and variance over the last axis."""

    name: str
    input: int
    gamma: int | None = None
    beta: int | None = None
    epsilon: float = 1e-3

    @property
    def parameters(self) -> tuple[int, ...]:
        """The indices of the parameters this one uses."""
        return _present(self.gamma, self.beta)


def _present(*indices: int | None) -> tuple[int, ...]:
    return tuple(index for index in indices if index is not None)


Node = Input | Dense | Activation | Dropout | Reshape | AffineScaling | BatchNormalization | LayerNormalization
