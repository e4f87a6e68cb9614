"""The grid's programs with averages of weights, gradients added up over steps, and constraints."""

from __future__ import annotations

from dataclasses import replace

from programs import Case, Draft, case, labels

from denim.program.nodes import Elementwise, Embedding, Weight
from denim.program.specs import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    Constraint,
    Ftrl,
    Lion,
    Nadam,
    NonNegative,
    NormRange,
    Optimizer,
    Parameter,
    Regularizer,
    RMSprop,
)

BOTH = Regularizer(0.003, 0.005)
RULES: dict[str, Optimizer] = {
    "sgd": SGD(),
    "nesterov": SGD(momentum=0.8, nesterov=True),
    "centered": RMSprop(momentum=0.5, centered=True),
    "adagrad": Adagrad(),
    "adadelta": Adadelta(),
    "amsgrad": Adam(amsgrad=True),
    "adamax": Adamax(),
    "nadam": Nadam(),
    "ftrl": Ftrl(learning_rate_power=-0.6, l1_regularization_strength=0.01, beta=0.1),
    "lion": Lion(),
}
AROUND: dict[str, dict[str, object]] = {
    "average": {"ema_momentum": 0.9},
    "average-in-place": {"ema_momentum": 0.9, "ema_overwrite_frequency": 2},
    "gathered": {"gradient_accumulation_steps": 2},
    "gathered-average": {"gradient_accumulation_steps": 3, "ema_momentum": 0.75, "ema_overwrite_frequency": 1},
}
CONSTRAINTS: dict[str, Constraint] = {
    "non-negative": NonNegative(),
    "max-norm": NormRange(maximum=0.4),
    "max-norm-of-rows": NormRange(maximum=0.4, axes=(1,)),
    "max-norm-of-all": NormRange(maximum=1.5, axes=(0, 1)),
    "unit-norm": NormRange(1.0, 1.0),
    "min-norm": NormRange(minimum=2.0, epsilon=0.01),
    "min-max-norm": NormRange(0.5, 0.7, 0.3),
    "min-max-norm-of-rows": NormRange(0.5, 0.7, 0.3, (1,)),
}
OF_VECTORS: tuple[Constraint, ...] = (NonNegative(), NormRange(maximum=0.2), NormRange(1.0, 1.0))


def update_cases() -> list[Case]:
    """All of this part of the grid."""
    return [*_around(), *_together(), *_constraints(), *_constrained_graphs(), *_constrained_tables()]


def _network(widths: tuple[int, ...] = (9, 17, 4), kernel: Regularizer | None = None) -> Draft:
    draft = Draft()
    x = draft.input(widths[0])
    for width in widths[1:-1]:
        x = draft.activation(draft.dense(x, width, kernel_regularizer=kernel), "relu")
    draft.activation(draft.dense(x, widths[-1], kernel_regularizer=kernel), "softmax")
    return draft


def _constrained(draft: Draft, of_matrices: Constraint | None, of_vectors: Constraint | None) -> Draft:
    def rule(parameter: Parameter) -> Constraint | None:
        return of_matrices if len(parameter.shape) == 2 else of_vectors

    draft.parameters = [replace(each, constraint=rule(each)) for each in draft.parameters]
    return draft


def _finish(name: str, draft: Draft, optimizer: Optimizer, **how: object) -> Case:
    program = draft.program([labels(len(draft.nodes) - 1)], optimizer)
    return case(name, program, **how)  # type: ignore[arg-type]


def _around() -> list[Case]:
    found = []
    seed = 2000
    for around, settings in AROUND.items():
        for name, rule in RULES.items():
            how = {"batch_size": (1, 2, 5, 32, 33)[seed % 5], "iterations": (0, 7)[seed % 2]}
            found.append(_finish(f"{around}-{name}", _network(), replace(rule, **settings), seed=seed, **how))  # type: ignore[arg-type]
            seed += 1
    return found


def _together() -> list[Case]:
    gathered = {"gradient_accumulation_steps": 2}
    average = {"ema_momentum": 0.9, "ema_overwrite_frequency": 1}
    rules: dict[str, Optimizer] = {
        "decay": Adam(weight_decay=0.2, **average),  # type: ignore[arg-type]
        "clipvalue": SGD(momentum=0.9, clipvalue=0.01, **gathered),  # type: ignore[arg-type]
        "clipnorm": RMSprop(clipnorm=0.05, weight_decay=0.1, **gathered),  # type: ignore[arg-type]
        "global-clipnorm": Nadam(global_clipnorm=0.05, **gathered, **average),  # type: ignore[arg-type]
    }
    found = []
    for i, (name, rule) in enumerate(rules.items()):
        found.append(_finish(f"around-{name}", _network(kernel=BOTH), rule, seed=2100 + i, batch_size=5))
        draft = Draft()
        x = draft.batch_norm(draft.dense(draft.input(9), 17, bias=False), momentum=0.8)
        x = draft.layer_norm(draft.dense(draft.activation(x, "relu"), 5))
        draft.activation(draft.dense(x, 3), "softmax")
        found.append(_finish(f"around-{name}-normalized", draft, rule, seed=2120 + i, batch_size=33))
        draft = Draft()
        first = draft.dense(draft.input(6), 6)
        x = draft.activation(draft.again(first, draft.activation(first, "tanh")), "relu")
        draft.activation(draft.dense(x, 3), "softmax")
        found.append(_finish(f"around-{name}-shared", draft, rule, seed=2140 + i, batch_size=5))
    return found


def _constraints() -> list[Case]:
    found = []
    optimizers: tuple[Optimizer, ...] = (SGD(), Adam(), RMSprop(momentum=0.5))
    for i, (name, constraint) in enumerate(CONSTRAINTS.items()):
        # Several panels of weights, and the last of them narrow; products backwards, which read W^T, too.
        for j, widths in enumerate(((9, 17, 4), (33, 57, 26, 3), (1, 1, 2))):
            draft = _constrained(_network(widths), constraint, OF_VECTORS[i % 3])
            how = {"batch_size": (5, 32, 2)[j]}
            found.append(_finish(f"constraint-{name}-{j}", draft, optimizers[j], seed=2200 + 3 * i + j, **how))
    return found


def _constrained_graphs() -> list[Case]:
    found = []
    columns, rows = CONSTRAINTS["max-norm"], CONSTRAINTS["max-norm-of-rows"]
    rules: dict[str, Optimizer] = {
        "clipnorm": SGD(clipnorm=0.05),
        "gathered": Adam(gradient_accumulation_steps=2, ema_momentum=0.9, ema_overwrite_frequency=1),
        "penalized": RMSprop(weight_decay=0.1),
    }
    for i, (name, rule) in enumerate(rules.items()):
        draft = _constrained(_network(kernel=BOTH), (columns, rows)[i % 2], OF_VECTORS[1])
        found.append(_finish(f"constrained-{name}", draft, rule, seed=2300 + i, batch_size=5))

    draft = Draft()
    x = draft.batch_norm(draft.dense(draft.input(9), 57, bias=False), momentum=0.8)
    x = draft.layer_norm(draft.dense(draft.activation(x, "relu"), 5))
    draft.activation(draft.dense(x, 3), "softmax")
    for i, each in enumerate(OF_VECTORS):
        copy = replace(draft, parameters=list(draft.parameters))
        _constrained(copy, rows, each)
        found.append(_finish(f"constrained-normalized-{i}", copy, SGD(momentum=0.9), seed=2310 + i, batch_size=33))

    draft = Draft()
    first = draft.dense(draft.input(6), 6)
    x = draft.activation(draft.again(first, draft.activation(first, "tanh")), "relu")
    draft.activation(draft.dense(x, 3), "softmax")
    found.append(_finish("constrained-shared", _constrained(draft, columns, None), SGD(), seed=2320, batch_size=5))

    draft = _network()
    untrained = [replace(each, trainable=False) for each in draft.parameters[:2]]
    draft.parameters = [*untrained, *draft.parameters[2:]]
    _constrained(draft, columns, NonNegative())
    found.append(_finish("constrained-untrained", draft, Adam(ema_momentum=0.5), seed=2321, batch_size=5))
    return found


def _constrained_tables() -> list[Case]:
    """Weights that lie row by row, of two axes and of three."""
    found = []
    of_rows = NormRange(maximum=0.1, axes=(1,))
    for i, constraint in enumerate((NonNegative(), NormRange(maximum=0.2), of_rows, NormRange(1.0, 1.0, axes=(0, 1)))):
        draft = Draft()
        table = draft.parameter((11, 57))
        x = draft.input(3, dtype="int32")
        y = draft.reshape(draft.add_node(Embedding("table", x, table, 57), (3, 57)), 171)
        draft.activation(draft.dense(y, 3), "softmax")
        draft.parameters[table] = replace(draft.parameters[table], constraint=constraint)
        rule = Adam(gradient_accumulation_steps=2) if i == 1 else SGD(momentum=0.5)
        found.append(
            _finish(
                f"constrained-table-{i}", draft, rule, seed=2400 + i, batch_size=5, dtypes=("int64",), shuffled=False
            )
        )
    for i, axes in enumerate(((0,), (0, 1), (2,), (1, 2), (0, 1, 2))):
        draft = Draft()
        x = draft.reshape(draft.dense(draft.input(9), 60), 3, 4, 5)
        weight = draft.parameter((3, 4, 5))
        scale = draft.add_node(Weight("scale", weight, (3, 4, 5)), (3, 4, 5))
        x = draft.add_node(Elementwise("product", (x, scale), "multiply"), (3, 4, 5))
        draft.activation(draft.dense(draft.reshape(x, 60), 3), "softmax")
        draft.parameters[weight] = replace(draft.parameters[weight], constraint=NormRange(0.5, 0.7, 0.3, axes))
        found.append(_finish(f"constrained-axes-{i}", draft, SGD(momentum=0.5), seed=2410 + i, batch_size=33))
    return found
