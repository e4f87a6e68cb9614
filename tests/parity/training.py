"""A case as a model of denim's or of Keras's, its data, and what training makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from operator import attrgetter
from typing import Any

import numpy as np

from .drawing import EPOCHS, Options

VALIDATION_ROWS = 14
VALIDATION_SPLIT = 0.3
Arrays = dict[str, np.ndarray]
Outcome = dict[str, np.ndarray]
"""Everything that a training leaves behind, by name."""


def made(keras: Any, value: Any) -> Any:
    """What stands in a case, as an object of ``keras``."""
    if isinstance(value, Mapping) and "new" in value:
        return attrgetter(value["new"])(keras)(**{k: made(keras, v) for k, v in value.items() if k != "new"})
    return [made(keras, item) for item in value] if isinstance(value, list) else value


def build(keras: Any, case: Options, dtype: str = "float32") -> Any:
    """The compiled model."""
    entrances = [
        keras.Input(tuple(entry["shape"]), dtype="int32" if "classes" in entry else dtype, name=f"in{i}")
        for i, entry in enumerate(case["inputs"])
    ]
    layers = _layers(keras, case, dtype)
    if case.get("subclassed"):
        model = _subclassed(keras, case, layers, dtype)
        model(_one_or_list([np.zeros((1, *entrance.shape[1:]), entrance.dtype) for entrance in entrances]))
    elif case.get("sequential"):
        model = keras.Sequential([entrances[0], *layers], name="chain")
    else:
        outputs = _through(case, layers, entrances)
        model = keras.Model(_one_or_list(entrances), _one_or_list(outputs), name="graph")
    targets = case["targets"]
    several = len(targets) > 1

    def of_outputs(key: str) -> Any:
        parts = [made(keras, target.get(key)) for target in targets]
        if case.get("by_name"):
            return {f"out{i}": part for i, part in enumerate(parts) if part is not None}
        return parts if several and any(parts) else parts[0] if not several else None

    model.compile(
        optimizer=made(keras, case["optimizer"]),
        loss=of_outputs("loss"),
        loss_weights=_named(case, case.get("loss_weights")),
        metrics=_filled(of_outputs("metrics"), several),
        weighted_metrics=_filled(of_outputs("weighted_metrics"), several),
    )
    return model


def _layers(keras: Any, case: Options, dtype: str) -> list[Any]:
    """A layer for each entry of the graph."""
    layers: list[Any] = []
    for i, (name, options, _) in enumerate(case["graph"], len(case["inputs"])):
        if name.startswith("="):
            layers.append(layers[int(name[1:])])
            continue
        settings = {key: made(keras, value) for key, value in options.items()}
        title = next((f"out{k}" for k, at in enumerate(case["outputs"]) if at == i), f"layer{len(layers)}")
        layers.append(getattr(keras.layers, name)(**settings, name=title, dtype=dtype))
    return layers


def _through(case: Options, layers: list[Any], tensors: Iterable[Any], training: Any = None) -> list[Any]:
    """The outputs of the graph."""
    found = list(tensors)
    for layer, (name, _, reads) in zip(layers, case["graph"], strict=True):
        mode = {"training": training} if name == "BatchNormalization" and training is not None else {}
        found.append(layer(_one_or_list([found[at] for at in reads]), **mode))
    return [found[at] for at in case["outputs"]]


def _subclassed(keras: Any, case: Options, layers: list[Any], dtype: str) -> Any:
    """The same graph as a model with a ``call``."""

    class Own(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(name="own", dtype=dtype)
            self.parts = layers

        def call(self, inputs: Any, training: Any = None) -> Any:
            tensors = inputs if isinstance(inputs, (list, tuple)) else [inputs]
            return _one_or_list(_through(case, self.parts, tensors, training))

    return Own()


def _named(case: Options, parts: Any) -> Any:
    return {f"out{i}": part for i, part in enumerate(parts)} if parts and case.get("by_name") else parts


def _filled(metrics: Any, several: bool) -> Any:
    return [part or [] for part in metrics] if several and isinstance(metrics, list) else metrics or None


def data(case: Options) -> dict[str, list[np.ndarray]]:
    """Inputs, targets and weights of the rows, and of those for validation."""
    random = np.random.default_rng([7, case["seed"]])
    found: dict[str, list[np.ndarray]] = {}
    for key, rows in (("", case["fit"]["rows"]), ("val_", VALIDATION_ROWS)):
        found[f"{key}x"] = [
            random.integers(0, entry["classes"], (rows, *entry["shape"])).astype("int32")
            if "classes" in entry
            else random.standard_normal((rows, *entry["shape"])).astype("float32")
            for entry in case["inputs"]
        ]
        found[f"{key}y"] = [_target(random, target, rows) for target in case["targets"]]
        found[f"{key}weight"] = [random.uniform(0.1, 2, rows).astype("float32") for _ in case["targets"]]
    return found


def _target(random: np.random.Generator, target: Options, rows: int) -> np.ndarray:
    kind, width = target["kind"], target["width"]
    if kind == "labels":
        return random.integers(0, width, rows)
    if kind == "one_hot":
        return np.eye(width, dtype="float32")[random.integers(0, width, rows)]
    if kind in ("binary", "multilabel"):
        return random.integers(0, 2, (rows, width)).astype("float32")
    values = random.standard_normal((rows, width)).astype("float32")
    return np.round(np.exp(values) * 2 + 0.5) if kind == "positive" else values


def first_weights(case: Options, model: Any) -> list[np.ndarray]:
    """Drawn for each weight by its name and shape; integers stay what they are."""
    random = np.random.default_rng([8, case["seed"]])
    found = []
    for variable in model.weights:
        values = 0.5 * random.standard_normal(tuple(variable.shape))
        if variable.name in ("gamma", "moving_variance", "scale"):
            values = np.exp(values)
        elif variable.name == "alpha":
            values = np.abs(values)
        before = np.asarray(variable.numpy())
        found.append(values.astype("float32") if before.dtype.kind == "f" else before)
    return found


def train(model: Any, case: Options, weights: list[np.ndarray], arrays: Mapping[str, list[np.ndarray]]) -> Outcome:
    """Train from these weights, then evaluate and predict on the rows of training."""
    for variable, value in zip(model.weights, weights, strict=True):
        variable.assign(value)
    given, fit = {key: _one_or_list(values) for key, values in arrays.items()}, case["fit"]
    validation: Options = {
        "none": {},
        "split": {"validation_split": VALIDATION_SPLIT},
        "data": {"validation_data": (given["val_x"], given["val_y"])},
        "weighted": {"validation_data": (given["val_x"], given["val_y"], given["val_weight"])},
    }[fit["validation"]]
    weight = given["weight"] if fit.get("sample_weight") else None
    classes = {int(key): value for key, value in fit.get("class_weight", {}).items()} or None
    batch = fit["batch_size"]
    history = model.fit(
        given["x"],
        given["y"],
        batch_size=batch,
        epochs=EPOCHS,
        initial_epoch=fit.get("initial_epoch", 0),
        shuffle=False,
        verbose=0,
        sample_weight=weight,
        class_weight=classes,
        **{key: fit[key] for key in ("validation_freq", "validation_batch_size") if key in fit},
        **validation,
    ).history
    found = {f"history/{key}": np.asarray(values, float) for key, values in history.items()}
    evaluated = model.evaluate(given["x"], given["y"], batch_size=batch, sample_weight=weight, verbose=0)
    parts = evaluated if isinstance(evaluated, (list, tuple)) else [evaluated]
    found |= {f"evaluate/{i}": np.asarray(part, float) for i, part in enumerate(parts)}
    found |= predicted(model, case, arrays)
    found |= {f"weights/{i}/{v.name}": np.asarray(v.numpy(), float) for i, v in enumerate(model.weights)}
    return found


def predicted(model: Any, case: Options, arrays: Mapping[str, list[np.ndarray]]) -> Outcome:
    """What the model says of the rows of training."""
    outputs = model.predict(_one_or_list(arrays["x"]), batch_size=case["fit"]["batch_size"], verbose=0)
    several = outputs if isinstance(outputs, list) else [outputs]
    return {f"predict/{i}": np.asarray(output, float) for i, output in enumerate(several)}


def _one_or_list(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


@contextmanager
def denim_as(engine: str | None, dtype: str) -> Iterator[Any]:
    """denim with an engine and a precision."""
    import denim

    before = denim.config.floatx()
    denim.config.set_engine(engine)
    denim.config.set_floatx(dtype)
    try:
        yield denim
    finally:
        denim.config.set_engine(None)
        denim.config.set_floatx(before)
