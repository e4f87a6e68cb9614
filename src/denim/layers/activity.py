"""Penalties on what layers make."""

from __future__ import annotations

from denim import ops
from denim.ops import tracing
from denim.ops.traced import Traced
from denim.program.builder import ProgramBuilder
from denim.program.specs import Regularizer


def add_penalty(builder: ProgramBuilder, rule: Regularizer, node: int) -> None:
    """Add a penalty on a node's elements, averaged over the batch, to the loss; none where both factors are 0."""
    output = Traced(builder, node)
    for factor, function in ((rule.l1, ops.abs), (rule.l2, ops.square)):
        if factor:
            builder.add_loss(tracing.traced(builder, ops.multiply(function(output), factor)).node)
