"""The grid's programs with nodes that join, reduce, rearrange, look up, make noise, and with losses made of nodes."""

from __future__ import annotations

from dataclasses import replace

from programs import Case, Draft, case, labels

from denim.program.formulas.elementwise import ELEMENTWISE
from denim.program.formulas.reductions import REDUCTIONS
from denim.program.nodes import (
    Concatenate,
    Constant,
    Elementwise,
    Embedding,
    MatMul,
    Node,
    Noise,
    Rearrange,
    Reduce,
    Target,
    Weight,
)
from denim.program.random import RandomStream
from denim.program.specs import SGD, TRACED, Adam, Head, Loss, Metric, RMSprop

_ABOVE_ZERO = ("log", "sqrt", "rsqrt", "reciprocal", "log1p")
"""Functions that want positive numbers."""


def node_cases() -> list[Case]:
    """All of this part of the grid."""
    return [
        *_joins(),
        *_functions(),
        *_reductions(),
        *_rearrangements(),
        *_weights(),
        *_weights_of_layers(),
        *_products(),
        *_embeddings(),
        *_noises(),
        *_traced(),
    ]


def add(draft: Draft, node: Node) -> int:
    """Any node."""
    return draft.add_node(node, node.output_shape(*(draft.widths[i] for i in node.inputs)))


def elementwise(draft: Draft, function: str, *inputs: int) -> int:
    return add(draft, Elementwise(f"{function}_{len(draft.nodes)}", inputs, function))


def constant(draft: Draft, value: float, shape: tuple[int, ...]) -> int:
    size = 1
    for n in shape:
        size *= n
    return add(draft, Constant(f"constant_{len(draft.nodes)}", (value,) * size, shape))


def _classified(name: str, draft: Draft, x: int, seed: int, **how: object) -> Case:
    y = draft.activation(draft.dense(x, 4), "softmax")
    how = {"optimizer": RMSprop(), "batch_size": 5} | how
    optimizer = how.pop("optimizer")
    return case(name, draft.program([labels(y)], optimizer), seed=seed, **how)  # type: ignore[arg-type]


def _joins() -> list[Case]:
    found = []
    for i, widths in enumerate(((3, 5), (16, 16), (17, 1, 30), (100, 28))):
        draft = Draft()
        x = draft.input(9)
        parts = tuple(
            draft.activation(draft.dense(x, width), ("relu", "tanh")[k % 2]) for k, width in enumerate(widths)
        )
        joined = add(draft, Concatenate("join", parts, 0))
        found.append(_classified(f"concatenate-{'-'.join(map(str, widths))}", draft, joined, 2000 + i))
    draft = Draft()
    a, b = draft.input(7), draft.input(5)
    deep = draft.activation(draft.dense(b, 8), "relu")
    found.append(
        _classified("wide-and-deep", draft, add(draft, Concatenate("join", (a, deep), 0)), 2010, batch_size=32)
    )
    draft = Draft()
    x = draft.input(3, 4)
    first = add(draft, Concatenate("rows", (x, draft.dense(x, 4)), 0))
    last = add(draft, Concatenate("columns", (first, first), 1))
    found.append(_classified("concatenate-axes", draft, draft.reshape(last, 48), 2011, optimizer=Adam()))
    draft = Draft()
    x = draft.activation(draft.dense(draft.input(9), 16), "relu")
    y = elementwise(draft, "add", x, draft.activation(draft.dense(x, 16), "relu"))
    y = elementwise(draft, "add", y, draft.activation(draft.dense(y, 16), "relu"))
    found.append(_classified("residual", draft, y, 2012, batch_size=33))
    return found


def _functions() -> list[Case]:
    found = []
    for i, formula in enumerate(ELEMENTWISE.values()):
        draft = Draft()
        x = draft.input(6)
        operands = []
        for k in range(formula.arity):
            y = draft.dense(x, 17)
            if formula.name in _ABOVE_ZERO or (formula.name == "power" and k == 0) or (formula.name == "divide" and k):
                y = draft.activation(y, "softplus")
            operands.append(y)
        y = elementwise(draft, formula.name, *operands)
        kept = elementwise(draft, "multiply", y, draft.dense(x, 17))
        found.append(_classified(f"elementwise-{formula.name}", draft, kept, 2100 + i, optimizer=SGD(momentum=0.5)))
    return found


def _reductions() -> list[Case]:
    found = []
    for i, function in enumerate(REDUCTIONS):
        draft = Draft()
        x = draft.dense(draft.input(5, 3), 17 if function != "prod" else 4)
        y = draft.reshape(add(draft, Reduce("reduced", x, function)), 5)
        both = add(draft, Concatenate("both", (y, draft.dense(y, 3)), 0))
        found.append(_classified(f"reduce-{function}", draft, both, 2200 + i, optimizer=SGD()))
    return found


def _rearrangements() -> list[Case]:
    found = []
    orders = {
        "transpose": ((4, 3), tuple(i + 4 * j for i in range(4) for j in range(3))),
        "spread": ((12, 2), tuple(i for i in range(12) for _ in range(2))),
        "cut": ((2, 2), (0, 1, 4, 5)),
        "reverse": ((12,), tuple(range(11, -1, -1))),
        "one": ((1,), (7,)),
    }
    for i, (name, (shape, indices)) in enumerate(orders.items()):
        draft = Draft()
        x = draft.dense(draft.input(3, 6), 4)
        y = add(draft, Rearrange(name, x, shape, indices))
        size = len(indices)
        y = draft.reshape(y, size) if len(shape) > 1 else y
        found.append(_classified(f"rearrange-{name}", draft, y, 2300 + i))
    return found


def _weights() -> list[Case]:
    found = []
    for i, regularized in enumerate((False, True)):
        draft = Draft()
        x = draft.dense(draft.input(9), 17)
        slope = add(draft, Weight("slope", draft.parameter((17,)), (17,)))
        y = elementwise(draft, "multiply", x, slope)
        if regularized:
            squares = elementwise(draft, "square", slope)
            draft.added.append(add(draft, Reduce("penalty", squares, "sum")))
            draft.added.append(add(draft, Reduce("activity", elementwise(draft, "abs", y), "sum")))
        found.append(_classified(f"weight{'-added' * regularized}", draft, y, 2400 + i, optimizer=Adam()))
    draft = Draft()
    x = draft.dense(draft.input(9), 17)
    shift = add(draft, Weight("shift", draft.parameter((1,)), (1,)))
    spread = add(draft, Rearrange("spread", shift, (17,), (0,) * 17))
    y = elementwise(draft, "add", elementwise(draft, "multiply", x, spread), constant(draft, 0.5, (17,)))
    found.append(_classified("weight-of-one", draft, y, 2410, batch_size=33))
    return found


def _weights_of_layers() -> list[Case]:
    """Formulas of what dense layers multiply by: a penalty on a kernel and a bias, and a kernel used turned round."""
    draft = Draft()
    x = draft.dense(draft.input(9), 17)
    layer = draft.nodes[x]
    for index, shape in ((layer.kernel, (9, 17)), (layer.bias, (17,))):  # type: ignore[union-attr]
        weight = add(draft, Weight(f"weight_{index}", index, shape))
        draft.added.append(add(draft, Reduce(f"penalty_{index}", elementwise(draft, "square", weight), "mean")))
    penalized = _classified("penalty-on-a-layer", draft, draft.activation(x, "relu"), 2420, optimizer=Adam())
    draft = Draft()
    x = draft.input(9)
    code = draft.dense(x, 5)
    layer = draft.nodes[code]
    kernel = add(draft, Weight("kernel", layer.kernel, (9, 5)))  # type: ignore[union-attr]
    scale = draft.reshape(add(draft, Reduce("scale", elementwise(draft, "abs", kernel), "sum")), 9)
    decoded = elementwise(draft, "multiply", draft.dense(code, 9), scale)
    return [penalized, _classified("kernel-in-a-formula", draft, decoded, 2421, optimizer=SGD(), batch_size=33)]


def _products() -> list[Case]:
    draft = Draft()
    x = draft.input(4, 6)
    a, b = draft.dense(x, 17), draft.dense(x, 3)
    turned = add(draft, Rearrange("turned", a, (17, 4), tuple(i + 17 * j for i in range(17) for j in range(4))))
    y = add(draft, MatMul("product", (turned, b)))
    cases = [_classified("matmul", draft, draft.reshape(y, 51), 2500, optimizer=SGD())]
    draft = Draft()
    x = draft.input(2, 4, 6)
    a, b = draft.dense(x, 4), draft.dense(x, 5)
    y = add(draft, MatMul("product", (a, b)))
    return [*cases, _classified("matmul-stacked", draft, draft.reshape(y, 40), 2501, optimizer=SGD())]


def _embeddings() -> list[Case]:
    found = []
    for i, (places, rows, width) in enumerate(((1, 5, 3), (4, 11, 8), (6, 3, 17))):
        draft = Draft()
        x = draft.input(places, dtype="int32")
        table = draft.parameter((rows, width))
        y = draft.reshape(add(draft, Embedding("table", x, table, width)), places * width)
        found.append(
            _classified(f"embedding-{places}-{rows}-{width}", draft, y, 2600 + i, dtypes=("int64",), optimizer=Adam())
        )
    return found


def _noises() -> list[Case]:
    found = []
    for i, (noise, amount) in enumerate(
        (("gaussian_noise", 0.3), ("gaussian_dropout", 0.2), ("alpha_dropout", 0.25), ("alpha_dropout", 0.0))
    ):
        for always in (False, True):
            draft = Draft()
            x = draft.activation(draft.dense(draft.input(9), 17), "selu")
            stream = RandomStream(0, 12345 if always else None)
            y = add(draft, Noise("noise", x, noise, amount, stream, always))
            name = f"{noise}-{amount}{'-always' * always}"
            found.append(_classified(name, draft, y, 2700 + 2 * i + always, batch_size=5, optimizer=SGD()))
    draft = Draft()
    x = draft.dropout(draft.activation(draft.dense(draft.input(9), 17), "relu"), 0.4)
    draft.nodes[x] = replace(draft.nodes[x], always=True)  # type: ignore[call-arg]
    found.append(_classified("dropout-always", draft, x, 2720))
    return found


def _traced() -> list[Case]:
    found = []
    reductions = ("sum_over_batch_size", "sum", "mean_with_sample_weight")
    for i, reduction in enumerate(reductions):
        draft = Draft()
        x = draft.dense(draft.activation(draft.dense(draft.input(9), 17), "tanh"), 3)
        truth = add(draft, Target("truth", 0, (3,)))
        squares = elementwise(draft, "square", elementwise(draft, "subtract", truth, x))
        values = add(draft, Reduce("values", squares, "mean"))
        metric = Metric(TRACED, "squares", values=squares, weighted=i > 0)
        other = Metric("mean_absolute_error", "mae")
        loss = Loss(TRACED, reduction=reduction, values=values)  # type: ignore[arg-type]
        head = Head(x, loss, 0.7, (metric, other), (3,))
        found.append(
            case(f"traced-loss-{reduction}", draft.program([head], Adam()), seed=2800 + i, batch_size=5, weighted=i > 0)
        )
    draft = Draft()
    x = draft.dense(draft.input(4, 9), 3)
    truth = add(draft, Target("truth", 0, (4, 3)))
    distance = elementwise(draft, "abs", elementwise(draft, "subtract", truth, x))
    values = add(draft, Reduce("values", distance, "max"))
    head = Head(x, Loss(TRACED, values=values), 1.0, (Metric(TRACED, "far", values=values),), (4, 3))
    found.append(case("traced-loss-positions", draft.program([head], SGD()), seed=2810, batch_size=5, weighted=True))
    return found
