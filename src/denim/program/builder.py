"""From layers to a Program: collects nodes, parameters and random sites in the order they are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from denim.program.nodes import Node, Shape
from denim.program.program import Program
from denim.program.random import RandomStream
from denim.program.specs import Constraint, Head, Optimizer, Parameter, Regularizer

if TYPE_CHECKING:
    import numpy as np


class RegularizerLike(Protocol):
    """What adds a penalty on a weight to the loss."""

    def __call__(self, x: np.ndarray) -> Any:
        """The penalty on this weight, a scalar."""
        ...

    def spec(self) -> Regularizer:
        """As a Program states it."""
        ...


class ConstraintLike(Protocol):
    """What a weight must be after each step."""

    def spec(self, rank: int) -> Constraint:
        """As a Program states it, for a weight of so many axes."""
        ...


class VariableLike(Protocol):
    """What a parameter is made from."""

    path: str
    name: str
    trainable: bool
    regularizer: RegularizerLike | None

    @property
    def constraint(self) -> ConstraintLike | None:
        """What holds after each step."""
        ...

    @property
    def value(self) -> np.ndarray:
        """The numbers, wherever they live."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Its shape."""
        ...

    def home(self, view: np.ndarray) -> None:
        """Live in ``view`` from now on."""
        ...


@dataclass(frozen=True)
class Lowered:
    """The forward half of a Program, and whose numbers its parameters are.

    Attributes:
        nodes: in topological order.
        parameters: one for each of ``variables``.
        outputs: node indices.
        variables: the objects given to ``ProgramBuilder.parameter``, in the order of ``parameters``.
        dtype: of parameters and arithmetic.
        added: nodes that are added to the total loss.
    """

    nodes: tuple[Node, ...]
    parameters: tuple[Parameter, ...]
    outputs: tuple[int, ...]
    variables: tuple[VariableLike, ...]
    dtype: str = "float32"
    added: tuple[int, ...] = ()

    def program(self, heads: tuple[Head, ...] = (), optimizer: Optimizer | None = None) -> Program:
        """The Program of these nodes with these heads and this optimizer."""
        return Program(
            nodes=self.nodes,
            parameters=self.parameters,
            outputs=self.outputs,
            heads=heads,
            optimizer=optimizer,
            dtype=self.dtype,
            added=self.added,
        )


class ProgramBuilder:
    """Adds nodes one by one; each is known by its index from then on."""

    def __init__(self, dtype: str = "float32") -> None:
        self.dtype = dtype
        self._nodes: list[Node] = []
        self._shapes: list[Shape] = []
        self._variables: list[VariableLike] = []
        self._index_of: dict[int, int] = {}
        self._sites = 0
        self._added: list[int] = []

    def add(self, node: Node) -> int:
        """Append a node that reads earlier ones; returns its index."""
        self._shapes.append(node.output_shape(*(self._shapes[i] for i in node.inputs)))
        self._nodes.append(node)
        return len(self._nodes) - 1

    def shape(self, index: int) -> Shape:
        """The shape of one sample of what node ``index`` makes."""
        return self._shapes[index]

    def parameter(self, variable: VariableLike) -> int:
        """The index of this variable among the parameters: the same object has the same index every time."""
        key = id(variable)
        if key not in self._index_of:
            self._index_of[key] = len(self._variables)
            self._variables.append(variable)
        return self._index_of[key]

    def stream(self, seed: int | None = None) -> RandomStream:
        """The next random site."""
        self._sites += 1
        return RandomStream(self._sites - 1, seed)

    def add_loss(self, node: int) -> None:
        """Add this node's elements, summed over a sample and averaged over the batch, to the total loss."""
        self._added.append(node)

    def lowered(self, *outputs: int) -> Lowered:
        """What was collected, with these nodes as outputs."""
        return Lowered(
            nodes=tuple(self._nodes),
            parameters=tuple(map(_parameter, self._variables)),
            outputs=outputs,
            variables=tuple(self._variables),
            dtype=self.dtype,
            added=tuple(self._added),
        )


def _parameter(variable: VariableLike) -> Parameter:
    regularizer = None if variable.regularizer is None else variable.regularizer.spec()
    constraint = None if variable.constraint is None else variable.constraint.spec(len(variable.shape))
    return Parameter(variable.path, variable.shape, variable.trainable, regularizer, constraint=constraint)
