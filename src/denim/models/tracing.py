"""Losses and metrics as nodes: what they make of a model's outputs and their targets is added to its Program."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from denim import ops
from denim.losses import Loss
from denim.metrics import Metric
from denim.ops.traced import BatchValue, Traced, Untraceable
from denim.ops.tracing import building
from denim.program import specs
from denim.program.builder import Lowered, ProgramBuilder
from denim.program.nodes import Node, Shape, Target


class Tracing:
    """A lowered model, to be extended by losses and metrics."""

    def __init__(self, lowered: Lowered) -> None:
        self._lowered = lowered
        self._all = lowered
        self._targets: dict[int, int] = {}
        self._widths: dict[int, int] = {}

    @property
    def nodes(self) -> tuple[Node, ...]:
        """What was added to the model's own."""
        return self._all.nodes[len(self._lowered.nodes) :]

    def width(self, spec: specs.Metric) -> int:
        """How many entries the metric has in an engine's totals."""
        return 1 if spec.values is None else self._widths[spec.values]

    def loss(self, loss: Loss, head: int, output: int, target: Shape, mask: int | None) -> specs.Loss:
        """The loss's values of node ``output``, for the head of this index, whose targets have this sample shape.

        Node ``mask`` says which of them count, if not all do.

        Raises:
            NotImplementedError: for a loss that cannot be differentiated, such as one that is written with NumPy.
            ValueError: for shapes that do not go together.
        """
        loss.spec()

        counts: Traced | None = None

        def made(true: Traced, pred: Traced) -> tuple[Traced, str]:
            nonlocal counts
            values, reduction = _values_of(loss, loss.call(true, pred))
            if mask is None:
                return values, reduction
            counts = _counts(Traced(pred.builder, mask, "bool"), loss.mask(true), values)
            return values * counts, reduction

        try:
            values, reduction = self._added(head, output, target, made)
        except Untraceable as error:
            raise Untraceable(f"The loss {loss.name!r} cannot be trained with. {error}") from error
        ignored: int | None = getattr(loss, "ignore_class", None)
        known = {"ignored": ignored} if counts is None else {"counts": counts.node}
        return specs.Loss(specs.TRACED, reduction=reduction, values=values, **known)  # type: ignore[arg-type]

    def metric(
        self, metric: Metric, weighted: bool, head: int, output: int, target: Shape, mask: int | None
    ) -> specs.Metric | None:
        """The metric's rows of node ``output``; None for one that has to be shown numbers.

        With a node ``mask`` they are 0 where it is, and a further number says where it is not.

        Raises:
            ValueError: for shapes that do not go together.
        """
        if not metric.is_counted(weighted):
            return None

        def made(true: Traced, pred: Traced) -> tuple[Traced, str]:
            rows = _rows_of(metric, true, pred)
            if mask is None:
                return rows, ""
            counts = _counts(Traced(pred.builder, mask, "bool"), None, rows)
            return ops.concatenate([rows * counts, counts], -1), ""

        try:
            rows, _ = self._added(head, output, target, made)
        except (AttributeError, NotImplementedError, TypeError):
            return None
        return specs.Metric(specs.TRACED, metric.name, weighted=weighted, values=rows)

    def _added(
        self, head: int, output: int, target: Shape, make: Callable[[Traced, Traced], tuple[Traced, str]]
    ) -> tuple[int, str]:
        """The node that ``make`` makes of targets and predictions; nothing is added where it raises."""
        builder = ProgramBuilder.extending(self._all)
        node = self._targets.get(head)
        if node is None:
            node = builder.add(Target(f"target_{head}", head, target))
        with building(builder):
            made, said = make(Traced(builder, node), Traced(builder, output))
            index = made.node
        extended = builder.lowered(*self._lowered.outputs)
        if len(extended.variables) > len(self._lowered.variables):
            raise Untraceable(
                "A loss or metric can use the weights of the model, and no other variables. "
                f"Received: {extended.variables[len(self._lowered.variables)].path!r}."
            )
        self._all, self._targets[head] = extended, node
        self._widths[index] = builder.shape(index)[-1]
        return index, said


def _counts(mask: Traced, further: Any, values: Traced) -> Traced:
    """1 for each row of values that counts, 0 for the others."""
    counts = ops.cast(mask if further is None else ops.logical_and(mask, further), values.dtype)
    if (*counts.sample, 1) != (*values.sample[:-1], 1):
        raise Untraceable(
            f"The output has a mask of shape {mask.shape}, which does not say of each of its values whether it counts. "
            f"They have the shape {values.shape[:-1]}."
        )
    return ops.expand_dims(counts, -1)


def _values_of(loss: Loss, result: Any) -> tuple[Traced, str]:
    """A node with one value a row, and how they become one number."""
    mean = loss.reduction != "sum"
    if isinstance(result, BatchValue):
        size = math.prod(result.shape)
        factor = (1.0 if mean else float(size)) if result.kind == "mean" else (1.0 / size if mean else 1.0)
        tensor, reduction = result.tensor, "sum_over_batch_size" if result.kind == "mean" else "sum"
        result = tensor if factor == 1.0 else tensor * factor
        return ops.expand_dims(result, -1), reduction
    if not isinstance(result, Traced) or result.shared:
        raise Untraceable(
            f"It must be made of y_true and y_pred with the operations of denim.ops. Received: {result!r}, which "
            "training cannot change."
        )
    return ops.expand_dims(result, -1), str(loss.reduction)


def _rows_of(metric: Metric, true: Traced, pred: Traced) -> Traced:
    rows = metric.rows(true, pred)  # type: ignore[attr-defined]
    if not isinstance(rows, Traced):
        raise Untraceable(f"The metric {metric.name!r} is not made of y_true and y_pred.")
    return rows
