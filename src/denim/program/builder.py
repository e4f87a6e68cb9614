"""From layers to a Program: collects nodes, parameters and random sites in the order they are met."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from denim.program.nodes import BatchNormalization, Dropout, Input, Node, Noise, Shape, Weight, is_fed, shares
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


class VariableLike(Protocol):
    """What a parameter is made from."""

    path: str
    name: str
    trainable: bool
    regularizer: RegularizerLike | None

    def constraint_spec(self) -> Constraint | None:
        """What holds after each step, as a Program states it."""
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
        inference: the same for evaluating and predicting, where that is another Program of the same parameters.
        masks: of each output, the node that says which parts of it count; None where all do.
        family: the same object for lowerings of one model to arrays of different shapes.
    """

    nodes: tuple[Node, ...]
    parameters: tuple[Parameter, ...]
    outputs: tuple[int, ...]
    variables: tuple[VariableLike, ...]
    dtype: str = "float32"
    added: tuple[int, ...] = ()
    inference: Lowered | None = None
    masks: tuple[int | None, ...] = ()
    family: object = field(default=None, compare=False)

    @property
    def predicting(self) -> Lowered:
        """What evaluates and predicts."""
        return self.inference or self

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
    """Adds nodes one by one; each is known by its index from then on.

    Args:
        dtype: of parameters and arithmetic.
        phase: whether the Program is to train; a Program that predicts is another one only where ``reads_phase``.

    Attributes:
        reads_phase: whether something that was lowered asked for the phase.
        training: True or False where a caller says so of what is lowered now, whatever the phase; else None.
    """

    def __init__(self, dtype: str = "float32", phase: bool = True) -> None:
        self.dtype = dtype
        self.phase = phase
        self.reads_phase = False
        self.training: bool | None = None
        self._nodes: list[Node] = []
        self._shapes: list[Shape] = []
        self._shared: list[bool] = []
        self._fed: list[bool] = []
        self._variables: list[VariableLike] = []
        self._index_of: dict[int, int] = {}
        self._sites = 0
        self._added: list[int] = []
        self._masks: dict[int, int | Callable[[], int | None] | None] = {}

    @classmethod
    def extending(cls, lowered: Lowered) -> ProgramBuilder:
        """A builder that goes on where ``lowered`` ends."""
        builder = cls(lowered.dtype)
        for node in lowered.nodes:
            builder.add(node)
        for variable in lowered.variables:
            builder.parameter(variable)
        builder._sites = 1 + max((n.stream.site for n in lowered.nodes if isinstance(n, (Dropout, Noise))), default=-1)
        builder._added = list(lowered.added)
        for output, mask in zip(lowered.outputs, lowered.masks, strict=True):
            builder.set_mask(output, mask)
        return builder

    def add(self, node: Node) -> int:
        """Append a node that reads earlier ones; returns its index.

        Where ``training`` is set, what acts only while training always acts, or is left out.

        Raises:
            NotImplementedError: for a BatchNormalization that is to use a batch's statistics when predicting.
        """
        if self.training is not None:
            if isinstance(node, (Dropout, Noise)):
                if not self.training:
                    return node.input
                node = replace(node, always=True)
            elif isinstance(node, BatchNormalization):
                node = self._in_mode(node)
        self._shapes.append(node.output_shape(*(self._shapes[i] for i in node.inputs)))
        self._shared.append(shares(node, self._shared))
        self._fed.append(is_fed(node) or any(self._fed[i] for i in node.inputs))
        self._nodes.append(node)
        return len(self._nodes) - 1

    def row_of_each_sample(self) -> int:
        """The first node of numbers that differ from sample to sample."""
        whole = {i for i, node in enumerate(self._nodes) if isinstance(node, Input) and node.dtype != self.dtype}
        return next(i for i, shared in enumerate(self._shared) if not shared and i not in whole)

    def _in_mode(self, node: BatchNormalization) -> BatchNormalization:
        if not self.training:
            return replace(node, frozen=True)
        self.reads_phase = True
        if not self.phase:
            raise NotImplementedError(
                f"{node.name!r} was called with training=True within a model: a BatchNormalization that predicts "
                f"with the "
                "statistics of the batch is not supported. Leave `training` out, or call the model with training=True."
            )
        return node

    def in_phase(self) -> bool:
        """Whether what is lowered now trains; the Program is then another one when it predicts."""
        if self.training is not None:
            return self.training
        self.reads_phase = True
        return self.phase

    @contextmanager
    def mode(self, training: bool | None) -> Iterator[None]:
        """Within, ``training`` is this; None changes nothing."""
        before = self.training
        self.training = before if training is None else training
        try:
            yield
        finally:
            self.training = before

    def node(self, index: int) -> Node:
        """What was added at this index."""
        return self._nodes[index]

    def shape(self, index: int) -> Shape:
        """The shape of one sample of what node ``index`` makes."""
        return self._shapes[index]

    def shared(self, index: int) -> bool:
        """Whether what node ``index`` makes is the same for all samples."""
        return self._shared[index]

    def fed(self, index: int) -> bool:
        """Whether what node ``index`` makes depends on data."""
        return self._fed[index]

    def set_mask(self, index: int, mask: int | Callable[[], int | None] | None) -> None:
        """Let a node, or one that is made when it is asked for, be the mask of what node ``index`` makes.

        A mask that there is already stays.
        """
        if mask != index:
            self._masks.setdefault(index, mask)

    def may_be_masked(self, index: int) -> bool:
        """Whether something was said of a mask of what node ``index`` makes."""
        return index in self._masks

    def mask(self, index: int) -> int | None:
        """The node of truth values that say which parts of a node's tensor count; None where all do."""
        found = self._masks.get(index)
        if callable(found):
            del self._masks[index]
            found = self._masks[index] = found()
        return found

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

    def use_all_parameters(self) -> None:
        """Give every parameter that no node uses a node, so that it stays a weight of the model."""
        used = {index for node in self._nodes for index in node.parameters}
        for index, variable in enumerate(self._variables):
            if index not in used:
                self.add(Weight(variable.name, index, tuple(variable.shape)))

    def add_loss(self, node: int) -> None:
        """Add this node's elements, summed over a sample and averaged over the batch, to the total loss."""
        self._added.append(node)

    def lowered(self, *outputs: int) -> Lowered:
        """What was collected, with these nodes as outputs."""
        masks = tuple(self.mask(output) for output in outputs)
        return Lowered(
            nodes=tuple(self._nodes),
            parameters=tuple(map(_parameter, self._variables)),
            outputs=outputs,
            variables=tuple(self._variables),
            dtype=self.dtype,
            added=tuple(self._added),
            masks=masks,
        )


def has_spec(function: object) -> bool:
    """Whether a Program has a formula for a regularizer or a constraint; what has none becomes nodes.

    A subclass with a ``__call__`` of its own is none of the formula any more.
    """
    kinds = type(function).__mro__
    spec, call = (
        next((i for i, k in enumerate(kinds) if name in vars(k)), len(kinds)) for name in ("spec", "__call__")
    )
    return spec <= call and spec < len(kinds)


def _parameter(variable: VariableLike) -> Parameter:
    regularizer = variable.regularizer.spec() if has_spec(variable.regularizer) else None  # type: ignore[union-attr]
    constraint = variable.constraint_spec()
    return Parameter(variable.path, variable.shape, variable.trainable, regularizer, constraint=constraint)
