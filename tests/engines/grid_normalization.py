"""The grid's programs with batch normalization, layer normalization and scaling.

A bias before a batch normalization has a gradient of zero in exact arithmetic; adaptive optimizers would blow up its
round-off, so that such layers have none, or plain gradient descent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from programs import WIDTHS, Case, Draft, case, labels

from denim.program.specs import SGD, Adagrad, Adam, Head, Loss, Metric, Nadam, Optimizer, RMSprop

Normalize = Callable[[Draft, int], int]


def normalizing_cases() -> list[Case]:
    """All of this part of the grid."""
    return [*_batch_norms(), *_batch_norm_graphs(), *_layer_norms(), *_scalings()]


def _batch(draft: Draft, x: int) -> int:
    return draft.batch_norm(x, momentum=0.9)


def _layer(draft: Draft, x: int) -> int:
    return draft.layer_norm(x)


def _classifier(draft: Draft, x: int, optimizer: Optimizer, classes: int = 4) -> tuple[Draft, int, Optimizer]:
    return draft, draft.activation(draft.dense(x, classes), "softmax"), optimizer


def _finish(name: str, classifier: tuple[Draft, int, Optimizer], **how: object) -> Case:
    draft, x, optimizer = classifier
    return case(name, draft.program([labels(x)], optimizer), **how)  # type: ignore[arg-type]


def _before_activation(name: str, normalize: Normalize, width: int, optimizer: Optimizer, **how: object) -> Case:
    draft = Draft()
    x = draft.dense(draft.input(9), width, bias=False)
    x = draft.activation(normalize(draft, x), "relu")
    return _finish(name, _classifier(draft, x, optimizer), **how)


def _after_activation(name: str, normalize: Normalize, optimizer: Optimizer, **how: object) -> Case:
    draft = Draft()
    x = draft.activation(draft.dense(draft.input(9), 17), "tanh")
    return _finish(name, _classifier(draft, normalize(draft, x), optimizer), **how)


def _first(name: str, normalize: Normalize, optimizer: Optimizer, **how: object) -> Case:
    draft = Draft()
    x = draft.activation(draft.dense(normalize(draft, draft.input(11)), 8), "relu")
    return _finish(name, _classifier(draft, x, optimizer), **how)


def _on_positions(name: str, normalize: Normalize, optimizer: Optimizer, **how: object) -> Case:
    draft = Draft()
    x = draft.activation(normalize(draft, draft.dense(draft.input(5, 7), 9, bias=False)), "relu")
    x = draft.activation(normalize(draft, draft.dense(x, 4)), "softmax")
    program = draft.program([replace(labels(x), target_shape=(5,))], optimizer)
    return case(name, program, **how)  # type: ignore[arg-type]


def _batch_norms() -> list[Case]:
    found = [
        _before_activation("batch-norm-batch-1", _batch, 17, RMSprop(), seed=900, batch_size=1),
        _before_activation("batch-norm-batch-2", _batch, 17, SGD(momentum=0.9), seed=901, batch_size=2),
        _before_activation("batch-norm-batch-5", _batch, 24, RMSprop(), seed=902, batch_size=5),
        _before_activation("batch-norm-last-of-one-row", _batch, 25, RMSprop(), seed=904, batch_size=5),
        _before_activation("batch-norm-batch-33", _batch, 33, Adam(), seed=905, batch_size=33, weighted=True),
        _before_activation("batch-norm-batch-33-one-row", _batch, 100, SGD(), seed=32 * 29, batch_size=33),
        _after_activation("batch-norm-after-activation", _batch, RMSprop(), seed=907, batch_size=32),
        _after_activation("batch-norm-after-activation-2", _batch, SGD(), seed=908, batch_size=2),
        _after_activation("batch-norm-after-activation-1", _batch, Adagrad(), seed=909, batch_size=1),
        _first("batch-norm-first", _batch, Adam(), seed=910, batch_size=33),
        _first("batch-norm-first-uint8", _batch, SGD(momentum=0.9), seed=911, batch_size=5, dtypes=("uint8",)),
        _first("batch-norm-first-float64", _batch, RMSprop(), seed=912, batch_size=32, dtypes=("float64",)),
        _on_positions("batch-norm-rank-2", _batch, SGD(momentum=0.9), seed=913, batch_size=5, weighted=True),
        _on_positions("batch-norm-rank-2-one-row", _batch, RMSprop(), seed=914, batch_size=1),
    ]
    for i, width in enumerate(WIDTHS):
        name = f"batch-norm-width-{width}"
        found.append(_before_activation(name, _batch, width, (SGD(), RMSprop())[i % 2], seed=915 + i, batch_size=5 + i))
    settings = {
        "no-gamma": {"gamma": False},
        "no-beta": {"beta": False},
        "neither": {"gamma": False, "beta": False},
        "frozen": {"frozen": True, "trainable": False},
        "frozen-but-trained": {"frozen": True},
        "untrained": {"trainable": False},
        "momentum-0": {"momentum": 0.0},
        "momentum-1": {"momentum": 1.0},
        "small-epsilon": {"epsilon": 1e-5},
        "large-epsilon": {"epsilon": 1.0},
    }
    for i, (name, setting) in enumerate(settings.items()):

        def normalize(draft: Draft, x: int, setting: dict = setting) -> int:
            return draft.batch_norm(x, **setting)

        name = f"batch-norm-{name}"
        optimizer = (RMSprop(), Adam(), SGD(momentum=0.5))[i % 3]
        found.append(_before_activation(name, normalize, 16, optimizer, seed=930 + i, batch_size=(32, 5)[i % 2]))
    return found


def _batch_norm_graphs() -> list[Case]:
    found = []

    draft = Draft()
    x = draft.dropout(draft.activation(_batch(draft, draft.dense(draft.input(12), 16, bias=False)), "relu"), 0.3)
    x = draft.dropout(draft.activation(_batch(draft, draft.dense(x, 8, bias=False)), "gelu"), 0.2)
    found.append(_finish("batch-norm-dropout-after", _classifier(draft, x, Nadam()), seed=940, batch_size=33))

    draft = Draft()
    x = _batch(draft, draft.dropout(draft.activation(draft.dense(draft.input(12), 16), "relu"), 0.3))
    found.append(_finish("batch-norm-dropout-before", _classifier(draft, x, RMSprop()), seed=941, batch_size=5))

    # The mask lies in the ReLU's memory: read there once and twice, and shown as an output.
    draft = Draft()
    x = draft.activation(_batch(draft, draft.dense(draft.input(5), 270, bias=False)), "relu")
    x = draft.dropout(x, 0.3)
    heads = [
        labels(draft.activation(draft.dense(x, 3), "softmax")),
        Head(draft.dense(x, 2), Loss("mean_squared_error"), 0.5, (), (2,)),
    ]
    program = draft.program(heads, SGD(), outputs=[x])
    found.append(case("batch-norm-dropout-read-twice", program, seed=953, batch_size=5))

    draft = Draft()
    x = draft.dropout(draft.activation(_layer(draft, draft.dense(draft.input(5), 33)), "relu"), 0.3)
    x = draft.dropout(draft.activation(_layer(draft, draft.dense(x, 17)), "relu"), 0.5)
    found.append(_finish("layer-norm-dropout-after", _classifier(draft, x, Adam()), seed=954, batch_size=7))

    draft = Draft()
    x = _batch(draft, draft.dropout(_batch(draft, draft.dropout(draft.input(6), 0.2)), 0.4))
    found.append(_finish("batch-norm-dropout-in-turns", _classifier(draft, x, SGD()), seed=942, batch_size=32))

    draft = Draft()
    x = _batch(draft, _batch(draft, draft.dense(draft.input(7), 9)))
    x = draft.activation(x, "elu")
    found.append(_finish("batch-norm-twice-in-a-row", _classifier(draft, x, SGD()), seed=943, batch_size=5))

    draft = Draft()
    trunk = draft.activation(draft.dense(draft.input(8), 12), "relu")
    heads = [
        labels(draft.activation(draft.dense(_batch(draft, trunk), 3), "softmax")),
        Head(draft.dense(trunk, 2), Loss("mean_squared_error"), 0.5, (Metric("mean_absolute_error", "mae"),), (2,)),
    ]
    found.append(case("batch-norm-in-a-branch", draft.program(heads, SGD()), seed=944, batch_size=5, weighted=True))

    draft = Draft()
    trunk = draft.dense(draft.input(8), 6, bias=False)
    heads = [
        labels(draft.activation(_batch(draft, trunk), "softmax")),
        Head(draft.activation(_batch(draft, trunk), "tanh"), Loss("mean_squared_error"), 1.0, (), (6,)),
    ]
    found.append(case("batch-norm-two-on-one", draft.program(heads, RMSprop()), seed=945, batch_size=32))

    draft = Draft()
    first = draft.dense(draft.input(8), 8, bias=False)
    x = draft.activation(_batch(draft, first), "relu")
    x = draft.activation(_batch(draft, draft.again(first, x)), "relu")
    found.append(_finish("batch-norm-shared-dense", _classifier(draft, x, SGD()), seed=946, batch_size=33))

    draft = Draft()
    left, right = draft.input(9), draft.input(9)
    a = draft.dense(left, 7, bias=False)
    normal = draft.batch_norm(a, momentum=0.7)
    again = draft.batch_norm_again(normal, draft.again(a, right))
    heads = [
        labels(draft.activation(normal, "softmax")),
        Head(draft.activation(again, "relu"), Loss("mean_squared_error"), 0.5, (), (7,)),
    ]
    found.append(case("batch-norm-shared-by-two-inputs", draft.program(heads, SGD()), seed=947, batch_size=5))

    draft = Draft()
    x = _batch(draft, draft.reshape(draft.input(2, 3, 4), 6, 4))
    x = _batch(draft, draft.reshape(x, 24))
    found.append(_finish("batch-norm-around-reshape", _classifier(draft, x, RMSprop()), seed=948, batch_size=32))

    draft = Draft()
    x = _batch(draft, draft.dense(draft.input(5), 3, bias=False))
    head = Head(x, Loss("mean_squared_error"), 1.0, (Metric("mean_squared_error", "mse"),), (3,))
    found.append(case("batch-norm-last", draft.program([head], RMSprop()), seed=949, batch_size=5))

    draft = Draft()
    x = draft.activation(draft.dense(draft.input(5), 6), "softmax")
    x = draft.activation(draft.dense(_batch(draft, x), 3), "softmax")
    heads = [labels(x)]
    program = draft.program(heads, SGD(), outputs=[x, x - 2, x - 1])
    found.append(case("batch-norm-read-as-output", program, seed=950, batch_size=5))

    draft = Draft()
    x = draft.input(6)
    _batch(draft, draft.dense(x, 4))  # read by no head; its moving statistics move nevertheless
    found.append(_finish("batch-norm-without-loss", _classifier(draft, x, SGD()), seed=951, batch_size=5))

    draft = Draft("float64")
    x = draft.activation(_batch(draft, draft.dense(draft.input(9), 17, bias=False)), "gelu")
    x = draft.layer_norm(draft.dense(x, 8))
    how = {"batch_size": 5, "dtypes": ("float64",)}
    found.append(_finish("double-normalization", _classifier(draft, x, Adam()), seed=952, **how))
    return found


def _layer_norms() -> list[Case]:
    found = [
        _before_activation("layer-norm-batch-1", _layer, 17, Adam(), seed=960, batch_size=1),
        _before_activation("layer-norm-batch-2", _layer, 24, RMSprop(), seed=961, batch_size=2),
        _before_activation("layer-norm-batch-33", _layer, 130, SGD(), seed=962, batch_size=33, weighted=True),
        _before_activation("layer-norm-width-1", _layer, 1, SGD(), seed=963, batch_size=5),
        _before_activation("layer-norm-width-2", _layer, 2, SGD(), seed=964, batch_size=5),
        _before_activation("layer-norm-width-31", _layer, 31, RMSprop(), seed=965, batch_size=32),
        _after_activation("layer-norm-after-activation", _layer, Adam(), seed=966, batch_size=5),
        _first("layer-norm-first", _layer, RMSprop(), seed=967, batch_size=32),
        _first("layer-norm-first-uint8", _layer, RMSprop(), seed=968, batch_size=5, dtypes=("uint8",)),
        _on_positions("layer-norm-rank-2", _layer, SGD(momentum=0.9), seed=969, batch_size=5, weighted=True),
    ]
    settings = {
        "no-gamma": {"gamma": False},
        "no-beta": {"beta": False},
        "neither": {"gamma": False, "beta": False},
        "epsilon": {"epsilon": 1e-5},
    }
    for i, (name, setting) in enumerate(settings.items()):

        def normalize(draft: Draft, x: int, setting: dict = setting) -> int:
            return draft.layer_norm(x, **setting)  # type: ignore[arg-type]

        found.append(_before_activation(f"layer-norm-{name}", normalize, 16, RMSprop(), seed=970 + i, batch_size=5))

    draft = Draft()
    x = draft.dropout(draft.activation(_layer(draft, draft.dense(draft.input(7), 9)), "gelu"), 0.3)
    x = draft.activation(_layer(draft, _batch(draft, draft.dense(x, 8, bias=False))), "relu")
    found.append(_finish("layer-norm-and-batch-norm", _classifier(draft, x, SGD()), seed=975, batch_size=33))

    draft = Draft()
    trunk = draft.dense(draft.input(8), 6)
    heads = [
        labels(draft.activation(_layer(draft, trunk), "softmax")),
        Head(draft.activation(trunk, "tanh"), Loss("mean_squared_error"), 1.0, (), (6,)),
    ]
    found.append(case("layer-norm-in-a-branch", draft.program(heads, RMSprop()), seed=976, batch_size=5))

    draft = Draft()
    first = draft.dense(draft.input(8), 8)
    x = draft.activation(_layer(draft, first), "relu")
    x = draft.activation(_layer(draft, draft.again(first, x)), "relu")
    found.append(_finish("layer-norm-shared-dense", _classifier(draft, x, SGD()), seed=977, batch_size=5))
    return found


def _scalings() -> list[Case]:
    found = []

    draft = Draft()
    x = draft.scaling(draft.reshape(draft.input(4, 6), 24), scale=1 / 255.0)
    x = draft.activation(draft.dense(x, 16), "relu")
    how = {"batch_size": 32, "dtypes": ("uint8",)}
    found.append(_finish("scaling-uint8", _classifier(draft, x, RMSprop()), seed=980, **how))

    draft = Draft()
    x = draft.scaling(draft.input(9), scale=1 / 127.5, offset=-1.0)
    x = draft.activation(draft.dense(x, 16), "relu")
    how = {"batch_size": 5, "dtypes": ("uint8",)}
    found.append(_finish("scaling-uint8-with-offset", _classifier(draft, x, Adam()), seed=981, **how))

    features = tuple(120.0 + 3.0 * i for i in range(9))
    factors = tuple(1.0 / (70.0 + i) for i in range(9))
    draft = Draft()
    x = draft.activation(draft.dense(draft.scaling(draft.input(9), shift=features, scale=factors), 8), "tanh")
    how = {"batch_size": 33, "dtypes": ("uint8",), "weighted": True}
    found.append(_finish("scaling-per-feature-uint8", _classifier(draft, x, SGD()), seed=982, **how))

    draft = Draft()
    offsets = tuple(0.1 * i for i in range(3))
    x = draft.scaling(draft.input(4, 3), shift=0.5, scale=2.0, offset=offsets)
    x = draft.activation(draft.dense(draft.reshape(x, 12), 8), "relu")
    found.append(_finish("scaling-rank-2", _classifier(draft, x, RMSprop()), seed=983, batch_size=5))

    draft = Draft()
    x = draft.scaling(draft.input(4, 3), shift=(0.5, 1.0, 1.5), scale=(2.0, 3.0, 4.0))
    x = draft.reshape(draft.activation(draft.dense(x, 5), "relu"), 20)
    found.append(_finish("scaling-rank-2-kept", _classifier(draft, x, RMSprop()), seed=988, batch_size=5))

    draft = Draft()
    x = draft.scaling(draft.reshape(draft.input(12), 2, 6), scale=tuple(0.5 + i for i in range(6)))
    x = draft.activation(draft.dense(draft.reshape(x, 12), 8), "relu")
    found.append(_finish("scaling-reshaped", _classifier(draft, x, SGD()), seed=989, batch_size=5))

    draft = Draft()
    x = draft.scaling(draft.scaling(draft.input(4, 3), scale=0.5, offset=0.25), shift=0.125, scale=3.0)
    x = draft.activation(draft.dense(draft.reshape(x, 12), 8), "relu")
    found.append(_finish("scaling-twice", _classifier(draft, x, SGD()), seed=990, batch_size=5))

    draft = Draft()
    x = draft.input(9)
    head = Head(draft.dense(draft.scaling(x, scale=0.5), 3), Loss("mean_squared_error"), 1.0, (), (3,))
    other = Head(draft.dense(x, 2), Loss("mean_squared_error"), 1.0, (), (2,))
    found.append(case("scaling-beside-unscaled", draft.program([head, other], SGD()), seed=991, batch_size=5))

    draft = Draft()
    x = draft.scaling(draft.input(3, 7), scale=0.5, offset=1.0)
    head = Head(draft.dense(draft.reshape(x, 21), 3), Loss("mean_squared_error"), 1.0, (), (3,))
    found.append(case("scaling-shown", draft.program([head], SGD(), outputs=(x,)), seed=992, batch_size=5))

    draft = Draft()
    x = draft.activation(draft.dense(draft.input(6), 8), "tanh")
    x = draft.scaling(x, shift=-0.25, scale=tuple(0.5 + 0.25 * i for i in range(8)), offset=0.125)
    found.append(_finish("scaling-inside", _classifier(draft, x, RMSprop()), seed=984, batch_size=5))

    draft = Draft()
    x = _batch(draft, draft.scaling(draft.dropout(draft.input(6), 0.2), scale=3.0))
    how = {"batch_size": 5, "dtypes": ("int16",)}
    found.append(_finish("scaling-dropout-batch-norm", _classifier(draft, x, SGD()), seed=985, **how))

    draft = Draft()
    x = draft.scaling(draft.dense(draft.input(6), 2), scale=(10.0, 0.1), offset=(-1.0, 1.0))
    head = Head(x, Loss("mean_squared_error"), 1.0, (), (2,))
    found.append(case("scaling-last", draft.program([head], SGD()), seed=986, batch_size=2))

    draft = Draft()
    x = draft.scaling(draft.input(), scale=2.0, offset=1.0)
    x = draft.activation(draft.dense(draft.reshape(x, 1), 3), "relu")
    found.append(_finish("scaling-rank-0", _classifier(draft, x, SGD()), seed=987, batch_size=5))
    return found
