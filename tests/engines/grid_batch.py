"""The grid's programs with nodes that reduce over the batch, and with losses and metrics that are one number of it."""

from __future__ import annotations

from grid_nodes import add, constant, elementwise
from programs import Case, Draft, case

from denim.program.formulas.reductions import BATCH_REDUCTIONS
from denim.program.nodes import BatchReduce, Rearrange, Reduce, Target
from denim.program.specs import SGD, TRACED, Adam, Head, Loss, Metric


def batch_cases() -> list[Case]:
    """All of this part of the grid."""
    return [*_within(), *_losses(), *_several()]


def over_batch(draft: Draft, x: int, function: str = "mean") -> int:
    return add(draft, BatchReduce(f"{function}_of_batch_{len(draft.nodes)}", x, function))


def _within() -> list[Case]:
    """Between dense layers, of vectors and of several rows a sample."""
    found = []
    for i, function in enumerate(BATCH_REDUCTIONS):
        for j, shape in enumerate(((17,), (3, 5))):
            draft = Draft()
            x = draft.activation(draft.dense(draft.input(*shape), shape[-1]), "tanh")
            y = elementwise(draft, "subtract", x, over_batch(draft, x, function))
            y = draft.dense(draft.reshape(y, 15) if j else y, 2)
            draft.added.append(over_batch(draft, elementwise(draft, "square", x), function))
            head = Head(y, Loss("mean_squared_error"), 1.0, (), (2,))
            found.append(
                case(f"batch-{function}-{j}", draft.program([head], SGD()), seed=2900 + 10 * i + j, batch_size=5)
            )
    return found


def _root(draft: Draft, y: int, truth: int) -> int:
    squares = elementwise(draft, "square", elementwise(draft, "subtract", truth, y))
    mean = over_batch(draft, add(draft, Reduce("mean", squares, "mean")))
    return elementwise(draft, "sqrt", elementwise(draft, "add", mean, constant(draft, 0.1, (1,))))


def _losses() -> list[Case]:
    found = []
    reductions = ("sum_over_batch_size", "sum", "mean_with_sample_weight")
    for i, reduction in enumerate(reductions):
        for weighted in (False, True):
            draft = Draft()
            y = draft.dense(draft.activation(draft.dense(draft.input(9), 17), "tanh"), 3)
            truth = add(draft, Target("truth", 0, (3,)))
            root = _root(draft, y, truth)
            distance = elementwise(draft, "abs", elementwise(draft, "subtract", truth, y))
            values = add(draft, Reduce("values", distance, "mean"))
            metrics = (
                Metric(TRACED, "root", values=root, of_batch=True),
                Metric(TRACED, "far", values=distance, of_batch=True),
                Metric(TRACED, "root_by_sample", values=root, weighted=True),
            )
            for name, node in (("shared", root), ("mean", values)):
                loss = Loss(TRACED, reduction=reduction, values=node, of_batch=True)  # type: ignore[arg-type]
                program = draft.program([Head(y, loss, 0.7, metrics, (3,))], Adam())
                called = f"batch-loss-{name}-{reduction}-{'weighted' if weighted else 'plain'}"
                found.append(case(called, program, seed=2950 + i, batch_size=5, weighted=weighted))
    return found


def _several() -> list[Case]:
    """One output with a batch's number, one with each sample's; the batch standardized in between."""
    draft = Draft()
    x = draft.dense(draft.input(9), 33)
    middle = elementwise(draft, "subtract", x, over_batch(draft, x))
    spread = over_batch(draft, elementwise(draft, "square", middle))
    root = elementwise(draft, "sqrt", elementwise(draft, "add", spread, constant(draft, 0.5, (33,))))
    x = draft.dropout(elementwise(draft, "divide", middle, root), 0.3)
    first, second = draft.dense(x, 4), draft.dense(x, 1)
    lost = _root(draft, first, add(draft, Target("truth", 0, (4,))))
    everywhere = add(draft, Rearrange("spread", lost, (1,), (0,)))
    heads = [
        Head(first, Loss(TRACED, values=everywhere, of_batch=True), 2.0, (), (4,)),
        Head(second, Loss("mean_absolute_error"), 0.5, (), (1,)),
    ]
    return [case("batch-several", draft.program(heads, SGD()), seed=2990, batch_size=5, weighted=True)]
