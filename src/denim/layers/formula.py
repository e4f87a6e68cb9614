"""Layers whose nodes are traced from a formula: what they compute, written with the operations of ``denim.ops``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denim.layers.base import Layer
from denim.layers.symbolic import INDICES
from denim.ops import tracing
from denim.ops.traced import Traced
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Input


def emit_formula(builder: ProgramBuilder, formula: Callable[..., Any], *inputs: int) -> int:
    """The node of what ``formula`` makes of these nodes' tensors, whose first axis is the batch."""
    with tracing.building(builder):
        return tracing.traced(builder, formula(*(_tensor(builder, node) for node in inputs))).node


def _tensor(builder: ProgramBuilder, index: int) -> Traced:
    node = builder.node(index)
    whole = isinstance(node, Input) and node.dtype == INDICES
    return Traced(builder, index, INDICES if whole else None)


class FormulaLayer(Layer):
    """A layer that says by ``formula`` what it computes."""

    def formula(self, *inputs: Any) -> Any:
        """The output of these tensors, whose first axis is the batch."""
        raise NotImplementedError

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """The nodes of the formula."""
        return emit_formula(builder, self.formula, *inputs)
