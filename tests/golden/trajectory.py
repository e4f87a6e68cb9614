"""Draw the data of a case, and train a case on given data: the same steps for Keras and for denim."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from cases import Case, build
from numpy.typing import NDArray

Array = NDArray[Any]
_UNNAMED = re.compile(r"variable_\d+")
"""Keras numbers variables without a name over the whole process."""
VALIDATION_ROWS = 14
VALIDATION_SPLIT = 0.3


@dataclass(frozen=True)
class Outcome:
    """Everything that a training leaves behind."""

    history: dict[str, list[float]]
    evaluation: list[float]
    prediction: Array
    weights: list[Array]
    optimizer_names: list[str]
    optimizer_values: list[Array]


def _generator(case: Case) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(case.name.encode()))


def _inputs(case: Case, rng: np.random.Generator, rows: int) -> Array:
    shape = (rows, *case.input_shape)
    if case.input_dtype == "uint8":
        return rng.integers(0, 256, shape).astype("uint8")
    if np.dtype(case.input_dtype).kind == "i":
        return rng.integers(-5, 6, shape).astype(case.input_dtype)
    return rng.standard_normal(shape).astype(case.input_dtype)


def _targets(case: Case, rng: np.random.Generator, rows: int) -> Array:
    y: Array
    if case.target == "labels":
        y = rng.integers(0, case.outputs, rows)
    elif case.target == "one_hot":
        y = np.eye(case.outputs)[rng.integers(0, case.outputs, rows)]
    elif case.target == "multilabel":
        y = rng.integers(0, 2, (rows, case.outputs))
    elif case.target == "binary":
        y = rng.integers(0, 2, rows)
    else:
        y = 2 * rng.standard_normal((rows, case.outputs) if case.outputs > 1 else rows)
    if case.target_column:
        y = y[:, None]
    return y.astype(case.target_dtype)


def draw(case: Case) -> dict[str, Array]:
    """The arrays of a case: x, y, and where the case asks for them sample_weight, x_val, y_val, weight_val."""
    rng = _generator(case)
    arrays = {"x": _inputs(case, rng, case.rows), "y": _targets(case, rng, case.rows)}
    if case.sample_weight:
        arrays["sample_weight"] = rng.uniform(0, 2, case.rows).astype("float32")
    if case.validation in ("data", "weighted"):
        arrays["x_val"] = _inputs(case, rng, VALIDATION_ROWS)
        arrays["y_val"] = _targets(case, rng, VALIDATION_ROWS)
    if case.validation == "weighted":
        arrays["weight_val"] = rng.uniform(0, 2, VALIDATION_ROWS).astype("float32")
    return arrays


def draw_weights(case: Case, keras: Any) -> list[Array]:
    """Initial weights of a case: normal with the case's scale, biases too; scales and variances lie around 1."""
    rng = np.random.default_rng([1, zlib.crc32(case.name.encode())])
    weights = []
    for variable in build(keras, case).weights:
        values = case.weight_scale * rng.standard_normal(variable.shape)
        if variable.name in ("gamma", "moving_variance"):
            values = np.exp(values)
        weights.append(values.astype("float32"))
    return weights


def _validation(case: Case, arrays: dict[str, Array]) -> dict[str, Any]:
    if case.validation == "split":
        return {"validation_split": VALIDATION_SPLIT}
    names = [name for name in ("x_val", "y_val", "weight_val") if name in arrays]
    return {"validation_data": tuple(arrays[name] for name in names)} if names else {}


def train(keras: Any, case: Case, arrays: dict[str, Array], weights: list[Array]) -> Outcome:
    """Fit from the given weights, then evaluate and predict on the training rows."""
    model = build(keras, case)
    model.set_weights(weights)
    fitted = model.fit(
        arrays["x"],
        arrays["y"],
        batch_size=case.batch_size,
        epochs=case.epochs,
        initial_epoch=case.initial_epoch,
        shuffle=False,
        verbose=0,
        sample_weight=arrays.get("sample_weight"),
        class_weight=dict(case.class_weight) if case.class_weight else None,
        **_validation(case, arrays),
    )
    # Now, since after use_ema Keras on JAX loses the averages when it evaluates: weights and averages share memory.
    variables = model.optimizer.variables
    optimizer_values = [np.asarray(v.numpy()) for v in variables]
    evaluation = model.evaluate(
        arrays["x"],
        arrays["y"],
        batch_size=case.batch_size,
        sample_weight=arrays.get("sample_weight"),
        verbose=0,
    )
    return Outcome(
        history={name: [float(v) for v in values] for name, values in fitted.history.items()},
        evaluation=[float(v) for v in np.atleast_1d(evaluation)],
        prediction=np.asarray(model.predict(arrays["x"], batch_size=case.batch_size, verbose=0)),
        weights=[np.asarray(w) for w in model.get_weights()],
        optimizer_names=[_UNNAMED.sub("variable", v.name) for v in variables],
        optimizer_values=optimizer_values,
    )
