"""Losses and metrics as nodes: what they make of a model's outputs and their targets is added to its Program."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeGuard

from denim import ops
from denim.losses import Loss
from denim.metrics import Metric
from denim.ops.traced import OverBatch, Traced, Untraceable
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

        def made(true: Traced, pred: Traced) -> tuple[Traced, bool]:
            nonlocal counts
            values, of_batch = _values_of(loss, loss.call(true, pred))
            if mask is None or of_batch:
                return values, of_batch
            counts = _counts(Traced(pred.builder, mask, "bool"), loss.mask(true), values)
            return values * counts, False

        try:
            values, of_batch = self._added(head, output, target, made)
        except Untraceable as error:
            raise Untraceable(f"The loss {loss.name!r} cannot be trained with. {error}") from error
        ignored: int | None = getattr(loss, "ignore_class", None)
        known = {"ignored": ignored} if counts is None else {"counts": counts.node}
        return specs.Loss(
            specs.TRACED,
            reduction=loss.reduction,  # type: ignore[arg-type]
            values=values,
            of_batch=of_batch,
            **known,
        )

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

        def made(true: Traced, pred: Traced) -> tuple[Traced, bool]:
            rows, of_batch = _rows_of(metric, weighted, true, pred)
            if mask is None or of_batch:
                return rows, of_batch
            counts = _counts(Traced(pred.builder, mask, "bool"), None, rows)
            return ops.concatenate([rows * counts, counts], -1), False

        try:
            rows, of_batch = self._added(head, output, target, made)
        except (AttributeError, NotImplementedError, TypeError):
            return None
        return specs.Metric(specs.TRACED, metric.name, weighted=weighted, values=rows, of_batch=of_batch)

    def _added(
        self, head: int, output: int, target: Shape, make: Callable[[Traced, Traced], tuple[Traced, bool]]
    ) -> tuple[int, bool]:
        """The node that ``make`` makes of targets and predictions, and whether its values' mean is one number of the
        batch; nothing is added where it raises.
        """
        builder = ProgramBuilder.extending(self._all)
        node = self._targets.get(head)
        if node is None:
            node = builder.add(Target(f"target_{head}", head, target))
        with building(builder):
            made, of_batch = make(Traced(builder, node), Traced(builder, output))
            index = made.node
        extended = builder.lowered(*self._lowered.outputs)
        if len(extended.variables) > len(self._lowered.variables):
            raise Untraceable(
                "A loss or metric can use the weights of the model, and no other variables. "
                f"Received: {extended.variables[len(self._lowered.variables)].path!r}."
            )
        self._all, self._targets[head] = extended, node
        self._widths[index] = builder.shape(index)[-1]
        return index, of_batch


def _counts(mask: Traced, further: Any, values: Traced) -> Traced:
    """1 for each row of values that counts, 0 for the others."""
    counts = ops.cast(mask if further is None else ops.logical_and(mask, further), values.dtype)
    if (*counts.sample, 1) != (*values.sample[:-1], 1):
        raise Untraceable(
            f"The output has a mask of shape {mask.shape}, which does not say of each of its values whether it counts. "
            f"They have the shape {values.shape[:-1]}."
        )
    return ops.expand_dims(counts, -1)


def _values_of(loss: Loss, result: Any) -> tuple[Traced, bool]:
    """A node with one value a row, and whether their mean is one number of the batch."""
    if not isinstance(result, Traced) or not result.fed:
        raise Untraceable(
            f"It must be made of y_true and y_pred with the operations of denim.ops. Received: {result!r}, which "
            "training cannot change."
        )
    if not result.shared:
        return ops.expand_dims(result, -1), False
    size = math.prod(result.sample)
    if loss.reduction == "sum" and size != 1:
        result = result * float(size)
    return _values_of_batch(result), True


def _rows_of(metric: Metric, weighted: bool, true: Traced, pred: Traced) -> tuple[Traced, bool]:
    """The same for a metric; what it is to weight it counts by samples."""
    rows = metric.rows(true, pred)  # type: ignore[attr-defined]
    if not isinstance(rows, Traced):
        raise Untraceable(f"The metric {metric.name!r} is not made of y_true and y_pred.")
    return (_values_of_batch(rows), not weighted) if rows.shared else (rows, False)


def _values_of_batch(value: Traced) -> Traced:
    """One value in a row, whose mean is the batch's: what the samples give, where that is averaged anyway."""
    return ops.expand_dims(value.samples if _is_mean(value) else value, -1)


def _is_mean(value: Traced) -> TypeGuard[OverBatch]:
    return isinstance(value, OverBatch) and value.function == "mean" and not value.is_read
