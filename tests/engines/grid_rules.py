"""The grid's programs with regularizers, clipping, weight decay and learning rates of their own for each step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from programs import Case, Draft, case, labels

from denim.program.specs import (
    SGD,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    Ftrl,
    Head,
    Lion,
    Loss,
    Nadam,
    Optimizer,
    Regularizer,
    RMSprop,
)

L1, L2, BOTH = Regularizer(l1=0.01), Regularizer(l2=0.02), Regularizer(0.003, 0.005)
RULES: dict[str, Optimizer] = {
    "sgd": SGD(),
    "momentum": SGD(momentum=0.9),
    "nesterov": SGD(momentum=0.8, nesterov=True),
    "rmsprop": RMSprop(),
    "centered": RMSprop(momentum=0.5, centered=True),
    "adagrad": Adagrad(),
    "adam": Adam(),
    "amsgrad": Adam(amsgrad=True),
    "nadam": Nadam(),
    "adamax": Adamax(),
    "adadelta": Adadelta(),
    "lion": Lion(),
    "ftrl": Ftrl(),
}
GRADIENT_RULES: dict[str, dict[str, float]] = {
    "weight-decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 0.05},
    "clipvalue": {"clipvalue": 0.005},
    "global-clipnorm": {"global_clipnorm": 0.05},
}


def rule_cases() -> list[Case]:
    """All of this part of the grid."""
    return [*_regularizers(), *_gradient_rules(), *_learning_rates()]


def _network(kernel: Regularizer | None = None, bias: Regularizer | None = None) -> Draft:
    """Nine inputs, a hidden layer and a softmax, the last node; both layers have these regularizers."""
    draft = Draft()
    x = draft.dense(draft.input(9), 17, kernel_regularizer=kernel, bias_regularizer=bias)
    x = draft.dense(draft.activation(x, "relu"), 4, kernel_regularizer=kernel, bias_regularizer=bias)
    draft.activation(x, "softmax")
    return draft


def _finish(name: str, draft: Draft, optimizer: Optimizer, **how: object) -> Case:
    program = draft.program([labels(len(draft.nodes) - 1)], optimizer)
    return case(name, program, **how)  # type: ignore[arg-type]


def _regularizers() -> list[Case]:
    found = []
    variants: list[tuple[str, Regularizer | None, Regularizer | None, Optimizer]] = [
        ("l1-kernel", L1, None, SGD()),
        ("l2-kernel", L2, None, RMSprop()),
        ("both-kernel", BOTH, None, Adam()),
        ("l1-bias", None, L1, SGD(momentum=0.9)),
        ("l2-bias", None, L2, Adagrad()),
        ("l1-and-l2", L1, L2, RMSprop(centered=True)),
        ("both-on-both", BOTH, BOTH, Nadam()),
        ("nothing", Regularizer(), Regularizer(), SGD()),
    ]
    for i, (name, kernel, bias, optimizer) in enumerate(variants):
        draft = _network(kernel, bias)
        how = {"batch_size": (1, 2, 5, 32, 33)[i % 5], "weighted": i % 3 == 0}
        found.append(_finish(f"regularizer-{name}", draft, optimizer, seed=1000 + i, **how))

    zeros = _finish("regularizer-of-zeros", _network(L1, L1), SGD(), seed=1010, batch_size=5)
    for view in zeros.program.views(zeros.state.parameters)[:2]:
        view[::2] = 0.0  # the slope of |0| is 0
    found.append(zeros)

    draft = Draft()
    first = draft.dense(draft.input(6), 6, kernel_regularizer=BOTH, bias_regularizer=L1)
    x = draft.activation(draft.again(first, draft.activation(first, "tanh")), "softmax")
    draft.activation(draft.dense(x, 3), "softmax")
    found.append(_finish("regularizer-shared", draft, SGD(), seed=1011, batch_size=5))

    draft = Draft()
    x = draft.dense(draft.input(6), 6, kernel_regularizer=BOTH, trainable=False)
    draft.activation(draft.dense(draft.activation(x, "relu"), 3, kernel_regularizer=L2), "softmax")
    found.append(_finish("regularizer-untrained", draft, RMSprop(), seed=1012, batch_size=5))

    draft = Draft()
    trunk = draft.activation(draft.dense(draft.input(6), 5, kernel_regularizer=L2), "relu")
    heads = [
        labels(draft.activation(draft.dense(trunk, 3, bias_regularizer=L2), "softmax")),
        Head(draft.dense(trunk, 2), Loss("mean_squared_error"), 0.5, (), (2,)),
    ]
    found.append(case("regularizer-two-heads", draft.program(heads, SGD()), seed=1013, batch_size=5, weighted=True))

    draft = Draft()
    x = draft.batch_norm(draft.dense(draft.input(6), 5, bias=False, kernel_regularizer=L1), momentum=0.8)
    gamma = draft.nodes[x].gamma  # type: ignore[union-attr]
    draft.parameters[gamma] = replace(draft.parameters[gamma], regularizer=L2)
    draft.activation(draft.dense(draft.activation(x, "relu"), 3), "softmax")
    optimizer = RMSprop(clipnorm=0.1, weight_decay=0.05)
    found.append(_finish("regularizer-batch-norm-clipnorm", draft, optimizer, seed=1014, batch_size=33))
    return found


def _gradient_rules() -> list[Case]:
    found = []
    seed = 1100
    for rule_name, settings in GRADIENT_RULES.items():
        for optimizer_name, optimizer in RULES.items():
            rule = replace(optimizer, **settings)  # type: ignore[arg-type]
            how = {"batch_size": (1, 2, 5, 32, 33)[seed % 5]}
            found.append(_finish(f"{rule_name}-{optimizer_name}", _network(), rule, seed=seed, **how))
            seed += 1

    together = {
        "decay-and-clipnorm": (RMSprop(weight_decay=0.2, clipnorm=0.1), BOTH),
        "decay-and-clipvalue": (Adam(weight_decay=0.2, clipvalue=0.01), L2),
        "decay-and-global-clipnorm": (SGD(weight_decay=0.2, global_clipnorm=0.1, momentum=0.9), L1),
        "clip-that-is-never-reached": (Adam(global_clipnorm=1e6), None),
        "clip-of-the-penalty": (SGD(clipnorm=0.02), Regularizer(l2=1.0)),
    }
    for name, (rule, kernel) in together.items():
        found.append(_finish(f"together-{name}", _network(kernel), rule, seed=seed, batch_size=5))
        seed += 1

    for name, rule in {
        "adam": Adam(weight_decay=0.3),
        "sgd": SGD(weight_decay=0.3, clipnorm=0.1),
    }.items():
        draft = Draft()
        x = draft.dense(draft.input(9), 8, bias_decays=False)
        draft.activation(draft.dense(draft.activation(x, "relu"), 3, bias_decays=False), "softmax")
        found.append(_finish(f"weight-decay-not-of-biases-{name}", draft, rule, seed=seed, batch_size=5))
        seed += 1

    draft = Draft()
    x = draft.dense(draft.input(9), 8, trainable=False)
    draft.activation(draft.dense(draft.activation(x, "relu"), 3), "softmax")
    rule = RMSprop(weight_decay=0.3, global_clipnorm=0.05)
    found.append(_finish("global-clipnorm-not-of-untrained", draft, rule, seed=seed, batch_size=5))

    draft = Draft()
    first = draft.dense(draft.input(6), 6)
    x = draft.activation(draft.again(first, draft.activation(first, "tanh")), "relu")
    draft.activation(draft.dense(x, 3), "softmax")
    found.append(_finish("clipvalue-shared", draft, SGD(clipvalue=0.01), seed=seed + 1, batch_size=5))
    return found


def _learning_rates() -> list[Case]:
    found = []
    for i, (name, optimizer) in enumerate(RULES.items()):
        rule = replace(optimizer, weight_decay=0.1) if i % 2 else optimizer
        least = 0.001 if isinstance(optimizer, Ftrl) else 0.0  # Ftrl divides by the rate
        rates = np.array([0.02, least, 0.005], ("float64", "float32")[i % 2])
        how = {"batch_size": (2, 5, 33)[i % 3], "learning_rates": rates}
        found.append(_finish(f"learning-rates-{name}", _network(), rule, seed=1200 + i, **how))
    return found
