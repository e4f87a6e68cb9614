"""A case as a model of denim's or of Keras's, its data, and what training makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    layers: list[Any] = []
    entrances = [
        keras.Input(tuple(entry["shape"]), dtype="int32" if "classes" in entry else dtype, name=f"in{i}")
        for i, entry in enumerate(case["inputs"])
    ]
    tensors = list(entrances)
    for i, (name, options, reads) in enumerate(case["graph"]):
        if name.startswith("="):
            layer = layers[int(name[1:])]
        else:
            settings = {key: made(keras, value) for key, value in options.items()}
            title = next((f"out{k}" for k, at in enumerate(case["outputs"]) if at == len(tensors)), f"layer{i}")
            layer = getattr(keras.layers, name)(**settings, name=title, dtype=dtype)
        layers.append(layer)
        read = [tensors[at] for at in reads]
        tensors.append(layer(read[0] if len(read) == 1 else read))
    if case.get("sequential"):
        model = keras.Sequential([entrances[0], *layers], name="chain")
    else:
        outputs = [tensors[at] for at in case["outputs"]]
        model = keras.Model(
            entrances[0] if len(entrances) == 1 else entrances,
            outputs[0] if len(outputs) == 1 else outputs,
            name="graph",
        )
    targets = case["targets"]
    several = len(targets) > 1

    def of_outputs(key: str) -> Any:
        parts = [made(keras, target.get(key)) for target in targets]
        return parts if several and any(parts) else parts[0] if not several else None

    model.compile(
        optimizer=made(keras, case["optimizer"]),
        loss=of_outputs("loss"),
        loss_weights=case.get("loss_weights"),
        metrics=_filled(of_outputs("metrics"), several),
        weighted_metrics=_filled(of_outputs("weighted_metrics"), several),
    )
    return model


def _filled(metrics: Any, several: bool) -> Any:
    return [part or [] for part in metrics] if several and metrics else metrics


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


def _one_or_list(values: list[np.ndarray]) -> Any:
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
