"""The closed set of node types a Program is made of.

A node is frozen, hashable data: no arrays, no device, no padding. Nodes refer to each other by their index in
``Program.nodes``; every node makes one tensor, so a node's index names its tensor too. Shapes are those of one sample,
without the batch axis. What comes from constants and weights alone, or from what a batch has in common, is the same for
all samples (``shared``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from denim.program.random import RandomStream

Shape = tuple[int, ...]

WHOLE = {"float32": 2**24, "float64": 2**53}
"""By the program's dtype: whole numbers up to this are exact in it, and so may be indices."""


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

    ``dtype`` is the dtype the arithmetic sees; arrays of other dtypes are converted as they are gathered. "int32" means
    whole numbers (what is behind the point is cut off), below ``WHOLE`` in magnitude.
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
    """While training, zero each element with probability ``rate`` and scale the others by 1 / (1 - rate).

    ``always`` does so when predicting and evaluating too.
    """

    name: str
    input: int
    rate: float
    stream: RandomStream
    always: bool = False


@dataclass(frozen=True)
class Noise(_OneInput):
    """While training, noise of some ``kind`` of ``denim.program.formulas.noise``; ``always`` when predicting too.

    ``amount`` is the standard deviation of "gaussian_noise", the rate of "gaussian_dropout" and "alpha_dropout".
    """

    name: str
    input: int
    kind: str
    amount: float
    stream: RandomStream
    always: bool = False


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


@dataclass(frozen=True)
class Target:
    """What the caller gives as the truth for head ``head``, for losses and metrics that are made of nodes.

    ``shape`` may order the elements of the head's ``target_shape`` in another way.
    """

    name: str
    head: int
    shape: Shape

    inputs: ClassVar[tuple[int, ...]] = ()
    parameters: ClassVar[tuple[int, ...]] = ()

    def output_shape(self, *inputs: Shape) -> Shape:
        """The shape of one sample."""
        return self.shape


@dataclass(frozen=True)
class Constant:
    """The same numbers for every sample, in C order."""

    name: str
    values: tuple[float, ...]
    shape: Shape

    inputs: ClassVar[tuple[int, ...]] = ()
    parameters: ClassVar[tuple[int, ...]] = ()

    def output_shape(self, *inputs: Shape) -> Shape:
        """The shape of one sample."""
        return self.shape


@dataclass(frozen=True)
class Weight:
    """A parameter as a tensor, of its own shape, the same for every sample."""

    name: str
    parameter: int
    shape: Shape

    inputs: ClassVar[tuple[int, ...]] = ()

    @property
    def parameters(self) -> tuple[int, ...]:
        """The index of the parameter."""
        return (self.parameter,)

    def output_shape(self, *inputs: Shape) -> Shape:
        """The parameter's shape."""
        return self.shape


class _SeveralInputs:
    """What nodes that read several others have in common; by default no parameters, and the first one's shape."""

    inputs: tuple[int, ...]
    parameters: ClassVar[tuple[int, ...]] = ()

    def output_shape(self, *inputs: Shape) -> Shape:
        """The shape of one sample of this node's tensor, given those of the nodes it reads."""
        return inputs[0]


@dataclass(frozen=True)
class Concatenate(_SeveralInputs):
    """Its inputs one after the other along ``axis`` of a sample (0 is the first after the batch axis)."""

    name: str
    inputs: tuple[int, ...]
    axis: int

    def output_shape(self, *inputs: Shape) -> Shape:
        """The first input's, with the sum of all along the axis."""
        first = inputs[0]
        return (*first[: self.axis], sum(shape[self.axis] for shape in inputs), *first[self.axis + 1 :])


@dataclass(frozen=True)
class Elementwise(_SeveralInputs):
    """A function of ``denim.program.formulas.elementwise``, element by element of inputs of one shape."""

    name: str
    inputs: tuple[int, ...]
    function: str


@dataclass(frozen=True)
class Reduce(_OneInput):
    """The last axis reduced to size 1 by a function of ``denim.program.formulas.reductions``."""

    name: str
    input: int
    function: str

    def output_shape(self, *inputs: Shape) -> Shape:
        """The input's, with 1 as its last axis."""
        return (*inputs[0][:-1], 1)


@dataclass(frozen=True)
class BatchReduce(_OneInput):
    """All samples of the batch reduced to one, element by element, by a function of ``BATCH_REDUCTIONS``."""

    name: str
    input: int
    function: str


@dataclass(frozen=True)
class Rearrange(_OneInput):
    """Elements of a sample in another order, some of them more than once or not at all.

    ``indices`` say, for each element of ``shape`` in C order, which element of the input's it is: how samples are
    transposed, repeated, cut, turned round and spread to a larger shape.
    """

    name: str
    input: int
    shape: Shape
    indices: tuple[int, ...]

    def output_shape(self, *inputs: Shape) -> Shape:
        """The new shape."""
        return self.shape


@dataclass(frozen=True)
class MatMul(_SeveralInputs):
    """Products of matrices, sample by sample: (..., n, k) and (..., k, m) to (..., n, m), the leading axes equal."""

    name: str
    inputs: tuple[int, ...]

    def output_shape(self, *inputs: Shape) -> Shape:
        """(..., n, m)."""
        return (*inputs[0][:-1], inputs[1][-1])


@dataclass(frozen=True)
class Embedding(_OneInput):
    """The row of ``table``, of shape (rows, width), for each whole number of the input."""

    name: str
    input: int
    table: int
    width: int

    @property
    def parameters(self) -> tuple[int, ...]:
        """The index of the table."""
        return (self.table,)

    def output_shape(self, *inputs: Shape) -> Shape:
        """The input's, with the width as a further axis."""
        return (*inputs[0], self.width)


def _present(*indices: int | None) -> tuple[int, ...]:
    return tuple(index for index in indices if index is not None)


Node = (
    Input
    | Dense
    | Activation
    | Dropout
    | Reshape
    | AffineScaling
    | BatchNormalization
    | LayerNormalization
    | Noise
    | Target
    | Constant
    | Weight
    | Concatenate
    | Elementwise
    | Reduce
    | Rearrange
    | MatMul
    | Embedding
    | BatchReduce
)


def shared(nodes: Sequence[Node]) -> tuple[bool, ...]:
    """Of each node, whether its tensor is the same for all samples: it comes from constants, weights and what the batch
    has in common.
    """
    same: list[bool] = []
    for node in nodes:
        same.append(shares(node, same))
    return tuple(same)


def shares(node: Node, before: Sequence[bool]) -> bool:
    """The same of one node, given those of the nodes before it."""
    return isinstance(node, BatchReduce) or (not is_fed(node) and all(before[i] for i in node.inputs))


def is_fed(node: Node) -> bool:
    """Whether the caller gives the numbers."""
    return isinstance(node, (Input, Target))
