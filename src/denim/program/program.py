"""Program: what is computed, as one frozen, validated, serialisable value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from denim.program.nodes import Dropout, Input, Node, Noise, Shape, shared
from denim.program.specs import Head, Optimizer, Parameter
from denim.program.validation import validate

if TYPE_CHECKING:
    import numpy as np

ALIGNMENT = 16
"""Elements: every parameter starts at a multiple of this in the flat buffer (64 bytes of float32)."""


@dataclass(frozen=True)
class Program:
    """Nodes in topological order, the parameters they use, the outputs, and how to train them.

    Args:
        nodes: each node reads nodes of lower index only.
        parameters: in the order of the model's weights.
        outputs: node indices that ``predict`` returns, in order.
        heads: losses and metrics; empty for a program that only predicts.
        added: nodes whose elements, summed over a sample and averaged over the batch, are added to the total loss.
        optimizer: None for a program that does not train.
        dtype: of parameters and arithmetic, "float32" or "float64".

    Raises:
        ValueError: for a description that cannot be run; the text names the rule, the value and what would be right.
    """

    nodes: tuple[Node, ...]
    parameters: tuple[Parameter, ...] = ()
    outputs: tuple[int, ...] = ()
    heads: tuple[Head, ...] = ()
    optimizer: Optimizer | None = None
    dtype: str = "float32"
    added: tuple[int, ...] = ()
    shapes: tuple[Shape, ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shapes", validate(self))

    @cached_property
    def inputs(self) -> tuple[int, ...]:
        """The indices of the Input nodes, in order: the order of the feed's arrays."""
        return tuple(i for i, node in enumerate(self.nodes) if isinstance(node, Input))

    @cached_property
    def shared(self) -> tuple[bool, ...]:
        """Of each node, whether its tensor is the same for all samples."""
        return shared(self.nodes)

    @cached_property
    def always_draws(self) -> bool:
        """Whether random numbers enter when predicting, too."""
        return any(isinstance(node, (Dropout, Noise)) and node.always for node in self.nodes)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Where each parameter starts in the flat buffer, in elements."""
        starts, at = [], 0
        for parameter in self.parameters:
            starts.append(at)
            at += -(-parameter.size // ALIGNMENT) * ALIGNMENT
        return tuple(starts)

    @cached_property
    def size(self) -> int:
        """Elements of the flat parameter buffer, gaps between parameters included (they hold zeros)."""
        if not self.parameters:
            return 0
        return self.offsets[-1] + -(-self.parameters[-1].size // ALIGNMENT) * ALIGNMENT

    def views(self, flat: np.ndarray) -> list[np.ndarray]:
        """The parameters as shaped views into a flat buffer of this program's layout."""
        return [
            flat[start : start + parameter.size].reshape(parameter.shape)
            for start, parameter in zip(self.offsets, self.parameters, strict=True)
        ]
