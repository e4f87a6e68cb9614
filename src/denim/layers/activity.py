"""Penalties on what layers make."""

from __future__ import annotations

from typing import Any

from denim import ops
from denim.ops import tracing
from denim.ops.running import run_traced
from denim.ops.traced import OverBatch, Traced
from denim.program.builder import ProgramBuilder, has_spec
from denim.program.specs import Regularizer


def penalize(builder: ProgramBuilder, regularizer: Any, node: int, layer: str) -> None:
    """Add what a regularizer, or a user's function, makes of a node's tensor to the loss, over the batch's size."""
    if has_spec(regularizer):
        add_penalty(builder, regularizer.spec(), node)
        return
    what = f"the activity regularizer of {layer!r}"
    value = run_traced(what, builder, lambda: regularizer(Traced(builder, node)))
    value = tracing.traced(builder, value)
    if isinstance(value, OverBatch) and value.function == "sum":
        value = value.samples  # whose sum over the batch's size is their mean
    elif value.shared:
        value = value / tracing.batch_size(Traced(builder, node))
    builder.add_loss(value.node)


def add_penalty(builder: ProgramBuilder, rule: Regularizer, node: int) -> None:
    """Add a penalty on a node's elements, averaged over the batch, to the loss; none where both factors are 0."""
    output = Traced(builder, node)
    for factor, function in ((rule.l1, ops.abs), (rule.l2, ops.square)):
        if factor:
            builder.add_loss(tracing.traced(builder, ops.multiply(function(output), factor)).node)
