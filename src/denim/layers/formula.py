"""Layers whose nodes are traced from a formula: what they compute, written with the operations of ``denim.ops``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denim.layers.base import Layer
from denim.layers.masks import tensor_of
from denim.ops import tracing
from denim.program.builder import ProgramBuilder


def emit_formula(builder: ProgramBuilder, formula: Callable[..., Any], *inputs: int) -> int:
    """The node of what ``formula`` makes of these nodes' tensors, whose first axis is the batch."""
    with tracing.building(builder):
        return tracing.traced(builder, formula(*(tensor_of(builder, node) for node in inputs))).node


class FormulaLayer(Layer):
    """A layer that says by ``formula`` what it computes."""

    def formula(self, *inputs: Any) -> Any:
        """The output of these tensors, whose first axis is the batch."""
        raise NotImplementedError

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """The nodes of the formula."""
        return emit_formula(builder, self.formula, *inputs)
