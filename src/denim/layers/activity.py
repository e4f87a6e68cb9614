"""Penalties on what layers make."""

from __future__ import annotations

from typing import Any

from denim import ops
from denim.ops import tracing
from denim.ops.running import run_traced
from denim.ops.traced import BatchValue, Traced, Untraceable
from denim.program.builder import ProgramBuilder, has_spec
from denim.program.specs import Regularizer


def penalize(builder: ProgramBuilder, regularizer: Any, node: int, layer: str) -> None:
    """Add what a regularizer, which may be a user's own, makes of a node's tensor to the loss, over the batch's size.

    Raises:
        NotImplementedError: for one that is not a sum over the batch.
    """
    if has_spec(regularizer):
        add_penalty(builder, regularizer.spec(), node)
        return
    what = f"the activity regularizer of {layer!r}"
    value = run_traced(what, builder, lambda: regularizer(Traced(builder, node)))
    if not isinstance(value, BatchValue) or value.kind != "sum":
        raise Untraceable(f"In {what}: an activity regularizer gives a sum, as ops.sum(x) does. Received: {value!r}")
    builder.add_loss(value.tensor.node)


def add_penalty(builder: ProgramBuilder, rule: Regularizer, node: int) -> None:
    """Add a penalty on a node's elements, averaged over the batch, to the loss; none where both factors are 0."""
    output = Traced(builder, node)
    for factor, function in ((rule.l1, ops.abs), (rule.l2, ops.square)):
        if factor:
            builder.add_loss(tracing.traced(builder, ops.multiply(function(output), factor)).node)
