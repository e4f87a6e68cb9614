"""The grid's programs with weights that functions of the user's rewrite after each step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from programs import Case, Draft, case, labels

from denim import ops
from denim.ops.rewriting import rewrite
from denim.program.nodes import Elementwise, Embedding, Weight
from denim.program.specs import SGD, Adam, NonNegative, NormRange, Optimizer, Parameter, Regularizer, RMSprop

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "clipped": lambda w: ops.clip(w, -0.2, 0.3),
    "where": lambda w: ops.where(w < 0.0, ops.zeros_like(w), w * 0.9),
    "first-axis": lambda w: w / (ops.norm(w, axis=0, keepdims=True) + 0.1),
    "last-axis": lambda w: w - ops.mean(w, axis=-1, keepdims=True),
    "all": lambda w: w * ops.minimum(1.0, 1.5 / ops.sqrt(ops.sum(ops.square(w)))),
    "turned": lambda w: ops.flip(ops.tanh(w), axis=0),
}
RULES: tuple[Optimizer, ...] = (
    SGD(),
    Adam(gradient_accumulation_steps=2, ema_momentum=0.9, ema_overwrite_frequency=1),
    RMSprop(momentum=0.5, weight_decay=0.1),
    SGD(momentum=0.9, clipnorm=0.05),
)


def rewritten_cases() -> list[Case]:
    """All of this part of the grid."""
    return [*_networks(), *_graphs()]


def _rewritten(draft: Draft, function: Callable[[Any], Any]) -> Draft:
    def ruled(parameter: Parameter) -> Parameter:
        rule = rewrite(parameter.name, function, parameter.shape, "float32")
        return replace(parameter, constraint=rule)

    draft.parameters = [ruled(each) for each in draft.parameters]
    return draft


def _finish(name: str, draft: Draft, optimizer: Optimizer, **how: Any) -> Case:
    return case(f"rewritten-{name}", draft.program([labels(len(draft.nodes) - 1)], optimizer), **how)


def _networks() -> list[Case]:
    found = []
    for i, (name, function) in enumerate(FUNCTIONS.items()):
        # Several panels of weights, and the last of them narrow; products backwards, which read W^T, too.
        for j, widths in enumerate(((9, 17, 4), (33, 57, 26, 3), (1, 1, 2))):
            draft = Draft()
            x = draft.input(widths[0])
            for width in widths[1:-1]:
                x = draft.activation(draft.dense(x, width, kernel_regularizer=Regularizer(0.003, 0.005)), "relu")
            draft.activation(draft.dense(x, widths[-1]), "softmax")
            how = {"seed": 2600 + 3 * i + j, "batch_size": (5, 32, 2)[j]}
            found.append(_finish(f"{name}-{j}", _rewritten(draft, function), RULES[(i + j) % 4], **how))
    return found


def _graphs() -> list[Case]:
    found = []
    draft = Draft()
    first = draft.dense(draft.input(6), 6)
    x = draft.activation(draft.again(first, draft.activation(first, "tanh")), "relu")
    draft.activation(draft.dense(x, 3), "softmax")
    found.append(_finish("shared", _rewritten(draft, FUNCTIONS["first-axis"]), SGD(), seed=2650, batch_size=5))

    draft = Draft()
    x = draft.batch_norm(draft.dense(draft.input(9), 57, bias=False), momentum=0.8)
    draft.activation(draft.dense(draft.layer_norm(draft.activation(x, "relu")), 3), "softmax")
    _rewritten(draft, FUNCTIONS["all"])
    frozen = [replace(each, trainable=False) for each in draft.parameters[:1]]
    bound = [replace(draft.parameters[-1], constraint=NonNegative())]
    normed = [replace(draft.parameters[-2], constraint=NormRange(maximum=0.4))]
    draft.parameters = [*frozen, *draft.parameters[1:-2], *normed, *bound]
    found.append(_finish("among-others", draft, Adam(), seed=2651, batch_size=33))

    draft = Draft()
    table = draft.parameter((11, 57))
    x = draft.input(3, dtype="int32")
    y = draft.reshape(draft.add_node(Embedding("table", x, table, 57), (3, 57)), 171)
    draft.activation(draft.dense(y, 3), "softmax")
    rule = _rewritten(draft, FUNCTIONS["last-axis"])
    found.append(_finish("table", rule, RULES[1], seed=2652, batch_size=5, dtypes=("int64",), shuffled=False))

    draft = Draft()
    x = draft.reshape(draft.dense(draft.input(9), 60), 3, 4, 5)
    weight = draft.parameter((3, 4, 5))
    scale = draft.add_node(Weight("scale", weight, (3, 4, 5)), (3, 4, 5))
    y = draft.add_node(Elementwise("scaled", (x, scale), "multiply"), (3, 4, 5))
    draft.activation(draft.dense(draft.reshape(y, 60), 3), "softmax")
    rule = _rewritten(
        draft, lambda w: w / (ops.norm(w, axis=1, keepdims=True) + 1.0) if len(w.shape) == 3 else w * 0.99
    )
    found.append(_finish("three-axes", rule, SGD(momentum=0.5), seed=2653, batch_size=5))
    return found
