"""The grid: programs of every kind, each small. ``cases()`` gives the same cases every time."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle

import numpy as np
from grid_batch import batch_cases
from grid_nodes import node_cases
from grid_normalization import normalizing_cases
from grid_rewritten import rewritten_cases
from grid_rules import rule_cases
from grid_updates import update_cases
from programs import BATCHES, WIDTHS, Case, Draft, case, chain, labels

from denim.data.feed import Feed
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.losses import LOSSES
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
    Metric,
    Nadam,
    Optimizer,
    RMSprop,
)

OPTIMIZERS: tuple[Optimizer, ...] = (
    SGD(),
    SGD(momentum=0.9),
    SGD(momentum=0.8, nesterov=True),
    RMSprop(),
    RMSprop(rho=0.8, momentum=0.5),
    RMSprop(centered=True),
    RMSprop(momentum=0.5, epsilon=1e-5, centered=True),
    Adagrad(),
    Adam(),
    Adam(beta_1=0.8, amsgrad=True),
    # A large epsilon shows where it stands.
    RMSprop(epsilon=1e-2),
    Adagrad(initial_accumulator_value=0.0, epsilon=1e-2),
    Adam(epsilon=1e-2),
    Adam(epsilon=1e-2, amsgrad=True),
    Nadam(),
    Nadam(beta_1=0.8, beta_2=0.99, epsilon=1e-2),
    Adamax(),
    Adamax(beta_1=0.8, beta_2=0.9, epsilon=1e-2),
    Adadelta(),
    Adadelta(rho=0.8, epsilon=1e-2),
    Lion(),
    Lion(beta_1=0.5, beta_2=0.8),
    Ftrl(),
    Ftrl(-0.7, 0.2, 0.01, 0.02, 0.03, 0.04),
    Ftrl(learning_rate_power=0.0, l1_regularization_strength=0.001),
    Ftrl(learning_rate_power=-1.0, initial_accumulator_value=0.0, beta=1.0),
)


def cases() -> list[Case]:
    """The whole grid."""
    found = [
        *_activations(),
        *_losses(),
        *_optimizers(),
        *_sizes(),
        *_dropouts(),
        *_graphs(),
        *_arrays(),
        *_doubles(),
        *normalizing_cases(),
        *node_cases(),
        *batch_cases(),
        *rule_cases(),
        *update_cases(),
        *rewritten_cases(),
    ]
    names = [each.name for each in found]
    assert len(set(names)) == len(names)
    return found


def _activations() -> list[Case]:
    batches, optimizers = cycle(BATCHES), cycle(OPTIMIZERS)
    numbered = [("leaky_relu", 0.05), ("elu", 0.5), ("leaky_relu", 0.0), ("celu", 0.5), ("relu6", 0.75)]
    variants = [(name, None) for name in ACTIVATIONS] + numbered
    return [
        case(
            f"activation-{name}" + ("" if alpha is None else f"-{alpha}"),
            chain((7, WIDTHS[i % len(WIDTHS)], 5), next(optimizers), hidden=name, alpha=alpha),
            seed=100 + i,
            batch_size=next(batches),
        )
        for i, (name, alpha) in enumerate(variants)
    ]


def _losses() -> list[Case]:
    # (loss, final activation, output width, does the target lack the last axis, settings)
    variants: list[tuple[str, str, int, bool, dict]] = [
        ("categorical_crossentropy", "softmax", 4, False, {}),
        ("categorical_crossentropy", "softmax", 17, False, {"label_smoothing": 0.1}),
        ("categorical_crossentropy", "linear", 9, False, {"from_logits": True}),
        ("categorical_crossentropy", "linear", 3, False, {"from_logits": True, "label_smoothing": 0.2}),
        ("categorical_crossentropy", "sigmoid", 6, False, {}),
        ("binary_crossentropy", "sigmoid", 1, True, {}),
        ("binary_crossentropy", "sigmoid", 1, False, {"label_smoothing": 0.1}),
        ("binary_crossentropy", "sigmoid", 11, False, {}),
        ("binary_crossentropy", "linear", 1, True, {"from_logits": True}),
        ("binary_crossentropy", "linear", 8, False, {"from_logits": True, "label_smoothing": 0.1}),
        ("binary_crossentropy", "softmax", 2, False, {}),
        ("mean_squared_error", "linear", 1, True, {}),
        ("mean_squared_error", "tanh", 13, False, {}),
        ("mean_squared_error", "softmax", 5, False, {}),
        ("mean_absolute_error", "linear", 1, False, {}),
        ("mean_absolute_error", "linear", 10, False, {}),
        ("sparse_categorical_crossentropy", "softmax", 10, True, {}),
        ("sparse_categorical_crossentropy", "softmax", 2, False, {}),
        ("sparse_categorical_crossentropy", "linear", 25, True, {"from_logits": True}),
        ("sparse_categorical_crossentropy", "sigmoid", 4, True, {}),
        ("sparse_categorical_crossentropy", "linear", 1, True, {"from_logits": True}),
    ]
    reductions = cycle(("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"))
    found = []
    for i, (name, final, width, flat, settings) in enumerate(variants):
        draft = Draft()
        x = draft.activation(draft.dense(draft.input(9), 12), "tanh")
        x = draft.activation(draft.dense(x, width), final)
        sparse = LOSSES[name].labels
        shape = (() if flat else (1,)) if sparse else (() if flat else (width,))
        reduction = next(reductions)
        loss = Loss(name, reduction=reduction, **settings)
        metrics = _metrics(name, settings)
        weighted = i % 3 != 0
        program = draft.program([Head(x, loss, 1.5 if i % 4 == 0 else 1.0, metrics, shape)], SGD(momentum=0.9))
        plain = "-".join(f"{key}={value}" for key, value in settings.items())
        shown = "-".join(part for part in (final, str(width), reduction, plain) if part)
        found.append(
            case(f"loss-{name}-{shown}", program, seed=200 + i, batch_size=BATCHES[1 + i % 4], weighted=weighted)
        )
    return found


def _metrics(loss: str, settings: dict) -> tuple[Metric, ...]:
    accuracy = {
        "categorical_crossentropy": "categorical_accuracy",
        "sparse_categorical_crossentropy": "sparse_categorical_accuracy",
        "binary_crossentropy": "binary_accuracy",
    }
    if loss not in accuracy:
        return (Metric("mean_squared_error", "mse"), Metric("mean_absolute_error", "mae", weighted=True))
    return (
        Metric(accuracy[loss], "accuracy"),
        Metric(accuracy[loss], "weighted_accuracy", weighted=True),
        Metric(loss, "again", weighted=True, **settings),
    )


def _optimizers() -> list[Case]:
    return [
        case(
            f"optimizer-{i}-{type(optimizer).__name__}{'-later' if iterations else ''}",
            chain((24, 31, 10), optimizer),
            seed=300 + 2 * i + bool(iterations),
            batch_size=BATCHES[2 + i % 3],
            iterations=iterations,
        )
        for i, optimizer in enumerate(OPTIMIZERS)
        for iterations in ((0, 12345) if isinstance(optimizer, (Adam, Adamax, Nadam)) else (0,))
    ]


def _sizes() -> list[Case]:
    batches, optimizers = cycle(BATCHES), cycle((RMSprop(), SGD(), Adam()))
    turned = WIDTHS[5:] + WIDTHS[:5]
    found = [
        case(
            f"sizes-{width}-{other}-{batch}",
            chain((width, other, max(2, WIDTHS[-1 - i])), next(optimizers)),
            seed=400 + i,
            batch_size=batch,
            shuffled=i % 2 == 0,
        )
        for i, (width, other, batch) in enumerate(zip(WIDTHS, turned, batches, strict=False))
    ]
    found.append(case("sizes-no-hidden", chain((33, 10), RMSprop()), seed=450, batch_size=32))
    found.append(case("sizes-deep", chain((9, 8, 7, 16, 17, 3, 2, 5), Adam(), hidden="tanh"), seed=451, batch_size=33))
    found.append(case("sizes-all-ones", chain((1, 1, 1), SGD()), seed=452, batch_size=1))
    found.append(case("sizes-wide-batch", chain((25, 100, 130), RMSprop()), seed=453, batch_size=130))
    return found


def _dropouts() -> list[Case]:
    found = [
        case(f"dropout-{rate}", chain((17, 25, 9), RMSprop(), rates=(rate,)), seed=500 + i, batch_size=BATCHES[i + 1])
        for i, rate in enumerate((0.0, 0.1, 0.5, 0.9))
    ]
    draft = Draft()
    x = draft.dropout(draft.input(16), 0.2)
    x = draft.dropout(draft.activation(draft.dense(x, 33), "relu"), 0.3, seed=7)
    x = draft.dropout(draft.activation(draft.dense(x, 8), "gelu"), 0.4)
    x = draft.activation(draft.dense(x, 3), "softmax")
    program = draft.program([labels(x)], Adam())
    found.append(case("dropout-everywhere", program, seed=510, batch_size=32, iterations=2**32 - 1))
    draft = Draft()
    x = draft.dropout(draft.dropout(draft.dense(draft.input(4, 3), 5), 0.25), 0.25)
    x = draft.activation(draft.dense(draft.reshape(x, 20), 6), "softmax")
    found.append(case("dropout-twice-rank-2", draft.program([labels(x)], SGD()), seed=511, batch_size=5))
    draft = Draft()
    x = draft.dropout(draft.activation(draft.dense(draft.input(5), 4), "sigmoid"), 0.3)
    head = Head(x, Loss("mean_squared_error"), 1.0, (), (4,))
    found.append(case("dropout-last", draft.program([head], SGD()), seed=512, batch_size=33))
    return found


def _graphs() -> list[Case]:
    found = []

    draft = Draft()
    x = draft.input(8)
    first = draft.dense(x, 8)
    x = draft.activation(draft.again(first, draft.activation(first, "tanh")), "tanh")
    x = draft.activation(draft.dense(x, 3), "softmax")
    found.append(case("graph-shared-in-a-row", draft.program([labels(x)], Adam()), seed=600, batch_size=32))

    draft = Draft()
    left, right = draft.input(9), draft.input(9)
    a = draft.dense(left, 7)
    b = draft.again(a, right)
    heads = [
        labels(draft.activation(a, "softmax")),
        Head(
            draft.activation(b, "relu"), Loss("mean_squared_error"), 0.5, (Metric("mean_absolute_error", "mae"),), (7,)
        ),
    ]
    program = draft.program(heads, RMSprop())
    found.append(
        case("graph-shared-by-two-inputs", program, seed=601, batch_size=5, dtypes=("uint8", "float64"), weighted=True)
    )

    draft = Draft()
    first = draft.dense(draft.input(6), 6)
    second = draft.again(
        first,
        draft.activation(first, "relu"),
    )
    x = draft.activation(draft.dense(second, 3), "softmax")
    found.append(case("graph-shared-kernel-with-own-biases", draft.program([labels(x)], Adam()), seed=614))

    draft = Draft()
    x = draft.activation(draft.dense(draft.input(6), 5), "relu")
    x = draft.activation(draft.dense(x, 3), "softmax")
    draft.parameters[1] = replace(draft.parameters[1], trainable=False)
    draft.parameters[2] = replace(draft.parameters[2], trainable=False)
    found.append(case("graph-frozen-bias-and-frozen-kernel", draft.program([labels(x)], Adam()), seed=615))

    draft = Draft()
    trunk = draft.activation(draft.dense(draft.input(16), 24), "relu")
    heads = [
        labels(
            draft.activation(draft.dense(trunk, 10), "softmax"),
            Metric("sparse_categorical_accuracy", "w", weighted=True),
        ),
        Head(
            draft.activation(draft.dense(trunk, 1), "sigmoid"),
            Loss("binary_crossentropy"),
            0.3,
            (Metric("binary_accuracy", "binary"),),
            (),
        ),
    ]
    found.append(case("graph-two-heads", draft.program(heads, Adam()), seed=602, batch_size=33))
    found.append(case("graph-two-heads-weighted", draft.program(heads, SGD()), seed=603, batch_size=32, weighted=True))

    draft = Draft()
    trunk = draft.dense(draft.input(7), 9)
    heads = [
        Head(draft.activation(trunk, "relu"), Loss("mean_squared_error"), 1.0, (), (9,)),
        Head(draft.activation(trunk, "tanh"), Loss("mean_absolute_error"), 2.0, (), (9,)),
        labels(draft.activation(draft.dense(trunk, 4), "softmax")),
    ]
    program = draft.program(heads, RMSprop(), outputs=[trunk, heads[2].output, 0])
    found.append(case("graph-three-consumers", program, seed=604, batch_size=5))

    draft = Draft()
    x = draft.activation(draft.dense(draft.input(6), 5), "softmax")
    heads = [
        labels(x),
        Head(x, Loss("mean_squared_error"), 0.25, (), (5,)),
        Head(x, None, 1.0, (Metric("categorical_accuracy", "only"),), (5,)),
    ]
    found.append(case("graph-three-heads-on-one-node", draft.program(heads, SGD()), seed=605, batch_size=2))

    draft = Draft()
    hidden = draft.activation(draft.dense(draft.input(12), 8), "sigmoid")
    out = draft.dense(hidden, 3)
    heads = [Head(hidden, Loss("mean_squared_error"), 0.1, (), (8,)), labels(out, from_logits=True)]
    found.append(case("graph-head-in-the-middle", draft.program(heads, Adam()), seed=606, batch_size=32))

    draft = Draft()
    x = draft.dense(draft.input(5, 7), 9)
    x = draft.activation(draft.dense(draft.activation(x, "relu"), 4), "softmax")
    found.append(
        case(
            "graph-rank-2",
            draft.program([replace(labels(x), target_shape=(5,))], SGD(momentum=0.9)),
            seed=607,
            batch_size=5,
            weighted=True,
        )
    )

    draft = Draft()
    x = draft.dense(draft.input(2, 3, 4), 5)
    x = draft.activation(draft.dense(draft.reshape(x, 3, 10), 1), "sigmoid")
    head = Head(x, Loss("binary_crossentropy"), 1.0, (Metric("binary_accuracy", "a", weighted=True),), (3,))
    found.append(case("graph-rank-3", draft.program([head], RMSprop()), seed=608, batch_size=33, weighted=True))

    draft = Draft()
    x = draft.reshape(draft.input(4, 6), 24)
    x = draft.activation(draft.dense(x, 16), "relu")
    x = draft.activation(draft.dense(draft.reshape(x, 16), 10), "softmax")
    found.append(
        case("graph-flatten", draft.program([labels(x)], RMSprop()), seed=609, batch_size=32, dtypes=("uint8",))
    )

    draft = Draft()
    x = draft.activation(draft.dense(draft.input(8), 17, trainable=False), "relu")
    x = draft.activation(draft.dense(x, 17, bias=False), "relu")
    x = draft.activation(draft.dense(x, 3), "softmax")
    found.append(case("graph-frozen-and-no-bias", draft.program([labels(x)], Adam()), seed=610, batch_size=32))

    draft = Draft()
    x = draft.activation(draft.input(7), "tanh")
    x = draft.dense(draft.activation(draft.dense(x, 6), "softmax"), 5)
    x = draft.activation(draft.activation(draft.activation(x, "elu"), "softplus"), "softmax")
    found.append(case("graph-activations-in-a-row", draft.program([labels(x)], SGD()), seed=611, batch_size=5))

    draft = Draft()
    x = draft.input(6)
    middle = draft.activation(draft.dense(x, 6), "relu")
    shared = draft.dense(middle, 6)
    twice = draft.again(shared, draft.activation(shared, "tanh"))
    thrice = draft.again(shared, x)
    heads = [
        Head(twice, Loss("mean_squared_error"), 1.0, (), (6,)),
        Head(thrice, Loss("mean_absolute_error"), 1.0, (), (6,)),
    ]
    found.append(
        case("graph-shared-three-times", draft.program(heads, RMSprop(centered=True)), seed=612, batch_size=33)
    )

    draft = Draft()
    x = draft.input(5)
    draft.activation(draft.dense(x, 4), "relu")  # read by no head: its gradient is zero
    x = draft.activation(draft.dense(x, 3), "softmax")
    found.append(case("graph-branch-without-loss", draft.program([labels(x)], Adam()), seed=613, batch_size=5))
    return found


def _arrays() -> list[Case]:
    found = [
        case(
            f"array-{dtype}",
            chain((31, 16, 10), OPTIMIZERS[i % 3 * 4]),
            seed=700 + i,
            batch_size=BATCHES[1 + i % 4],
            dtypes=(dtype,),
            shuffled=i % 2 == 0,
        )
        for i, dtype in enumerate(("uint8", "float64", "int64", "float16", "int8", "uint16", "int32", "bool"))
    ]
    base = case("array-every-other-column", chain((9, 8, 4), Adam()), seed=720, batch_size=5)
    wide = np.zeros((base.feed.rows, 18), "float32")
    wide[:, ::2] = base.feed.inputs[0]
    found.append(_with_feed(base, Feed(base.feed.rows, (wide[:, ::2],), base.feed.targets)))
    base = case("array-column-order", chain((25, 8, 4), RMSprop()), seed=721, batch_size=32)
    found.append(_with_feed(base, Feed(base.feed.rows, (np.asfortranarray(base.feed.inputs[0]),), base.feed.targets)))
    base = case("array-backward-rows", chain((8, 8, 4), SGD()), seed=722, batch_size=5)
    feed = base.feed
    found.append(_with_feed(base, Feed(feed.rows, (feed.inputs[0][::-1],), (feed.targets[0][::-1],))))
    for i, dtype in enumerate(("uint8", "int32", "uint64", "int16")):
        base = case(f"array-labels-{dtype}", chain((8, 9, 4), RMSprop()), seed=730 + i, batch_size=5)
        targets = tuple(each.astype(dtype) for each in base.feed.targets)
        found.append(_with_feed(base, Feed(base.feed.rows, base.feed.inputs, targets)))
    base = case("array-zero-weights", chain((8, 9, 4), Adam()), seed=740, batch_size=5)
    weights = np.zeros(base.feed.rows)
    weights[::3] = 1.0
    found.append(_with_feed(base, Feed(base.feed.rows, base.feed.inputs, base.feed.targets, (weights,))))
    return found


def _with_feed(base: Case, feed: Feed) -> Case:
    return replace(base, feed=feed)


def _doubles() -> list[Case]:
    return [
        case(
            "double-rmsprop", chain((9, 17, 4), RMSprop(), dtype="float64"), seed=800, batch_size=5, dtypes=("float64",)
        ),
        case(
            "double-adam",
            chain((33, 16, 8, 3), Adam(), hidden="gelu", rates=(0.2,), dtype="float64"),
            seed=801,
            batch_size=32,
            dtypes=("float64",),
        ),
    ]
