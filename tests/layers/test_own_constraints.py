"""Constraints of one's own: what can be written, what is refused, and that files never bring code."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import constraints, layers, ops
from denim.program import specs
from denim.variables import Variable

pytestmark = pytest.mark.usefixtures("nothing_registered")

rng = np.random.default_rng(3)
X, Y = rng.normal(size=(40, 5)).astype("float32"), rng.normal(size=(40, 2)).astype("float32")


class Halved(constraints.Constraint):
    def __call__(self, w: Any) -> Any:
        return w * 0.5


class Columns(constraints.Constraint):
    def __init__(self, norm: float = 1.0) -> None:
        self.norm = norm

    def __call__(self, w: Any) -> Any:
        return self.norm * w / ops.norm(w, axis=0)

    def get_config(self) -> dict[str, Any]:
        return {"norm": self.norm}


class Double(constraints.MaxNorm):
    def __call__(self, w: Any) -> Any:
        return super().__call__(w) * 2


def positive(w: Any) -> Any:
    return ops.where(w < 0.0, ops.zeros_like(w), w)


def network(kernel: Any, bias: Any = None) -> Any:
    dense = layers.Dense(4, "relu", kernel_constraint=kernel, bias_constraint=bias)
    return keras.Sequential([keras.Input(shape=(5,)), dense, layers.Dense(2)])


def test_get_gives_what_can_be_called() -> None:
    mine = Halved()
    assert constraints.get(mine) is mine and isinstance(constraints.get(Halved), Halved)
    assert constraints.get(positive) is positive and constraints.get(abs) is abs
    plain = constraints.Constraint()
    assert plain(X) is X and plain.get_config() == {}


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_training_keeps_them(optimizer: str) -> None:
    model = network(Columns(0.7), positive)
    model.layers[0].bias.assign(np.full(4, -0.5))
    model.compile(optimizer, "mse")
    model.fit(X, Y, epochs=2, verbose=0)
    kernel, bias = model.layers[0].get_weights()
    np.testing.assert_allclose(np.linalg.norm(kernel, axis=0), 0.7, rtol=1e-6)
    assert (bias >= 0.0).all()


def test_keras_own_ones_within_them() -> None:
    def both(w: Any) -> Any:
        return constraints.NonNeg()(constraints.MinMaxNorm(0.2, 0.5, 0.5, axis=0)(w))

    def of_rows(w: Any) -> Any:
        return constraints.UnitNorm(axis=1)(w) + 0.0

    for constraint in (both, Double(0.3), of_rows):
        model = network(constraint)
        model.compile(keras.optimizers.SGD(0.0), "mse")
        before = model.layers[0].kernel.numpy()
        model.fit(X[:8], Y[:8], batch_size=8, verbose=0)
        np.testing.assert_allclose(model.layers[0].kernel.numpy(), constraint(before), rtol=2e-6, atol=1e-7)


def test_a_frozen_weight_stays() -> None:
    model = network(Halved())
    model.layers[0].trainable = False
    before = model.layers[0].kernel.numpy()
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.layers[0].kernel.numpy(), before)


def test_weights_of_ones_own_layer() -> None:
    class Scaled(layers.Layer):
        def build(self, input_shape: Any) -> None:
            self.scale = self.add_weight(shape=(), initializer="ones", constraint=lambda s: ops.minimum(s, 0.5))

        def call(self, x: Any) -> Any:
            return x * self.scale

    model = keras.Sequential([keras.Input((5,)), Scaled(), layers.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    assert float(model.layers[0].scale) <= 0.5


def test_it_is_applied_in_apply_too() -> None:
    weight = Variable([1.0, -1.0], name="w")
    weight.constraint = positive
    keras.optimizers.SGD(0.1).apply([np.ones(2)], [weight])
    np.testing.assert_allclose(weight.numpy(), [0.9, 0.0])


def test_what_a_constraint_is_now_counts_when_the_model_is_lowered() -> None:
    constraint = Columns(1.0)
    model = network(constraint)
    constraint.norm = 0.25
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    np.testing.assert_allclose(np.linalg.norm(model.layers[0].kernel.numpy(), axis=0), 0.25, rtol=1e-6)


def test_a_program_holds_it() -> None:
    parameter = network(positive).lower().parameters[0]
    assert isinstance(parameter.constraint, specs.Rewrite)
    assert parameter.constraint == network(positive).lower().parameters[0].constraint
    assert parameter.constraint != network(Halved()).lower().parameters[0].constraint


@pytest.mark.parametrize(
    ("constraint", "error", "text"),
    [
        (lambda w: np.maximum(w, 0.0), NotImplementedError, r"In the constraint of '.*/kernel' \(.*Write ops\.maximum"),
        (lambda w: w if w > 0 else -w, NotImplementedError, r"In the constraint of '.*/kernel'.*Write ops\.where"),
        (
            lambda w: None,
            NotImplementedError,
            r"In the constraint of '.*/kernel'.*It returned None\. Return the weight",
        ),
        (lambda w: w[:, 0], ValueError, r"must have the shape of the weight, \(5, 4\)\. Received: shape \(5,\)\."),
        (lambda w: w * OTHER, NotImplementedError, r"made of the weight alone.*Received other variables: \['other'\]"),
        (lambda: None, TypeError, "positional argument"),
    ],
    ids=["numpy", "if", "none", "shape", "other", "arguments"],
)
def test_what_is_no_constraint(constraint: Any, error: type[Exception], text: str) -> None:
    dense = layers.Dense(4, kernel_constraint=constraint)
    with pytest.raises(error, match=text):
        keras.Sequential([keras.Input((5,)), dense])


OTHER = Variable([1.0], name="other")


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_files_name_registered_ones(tmp_path: Path, ending: str) -> None:
    path, named = tmp_path / f"m.{ending}", {"Columns": Columns, "positive": positive}
    model = network(Columns(0.7), positive)
    model.compile("adam", "mse")
    model.fit(X, Y, verbose=0)
    model.save(path)
    with pytest.raises(ValueError, match="Columns"):
        keras.models.load_model(path)
    twin = keras.models.load_model(path, custom_objects=named)
    rules = twin.layers[0].kernel_constraint, twin.layers[0].bias_constraint
    assert isinstance(rules[0], Columns) and rules[0].norm == 0.7 and rules[1] is positive
    for each in (model, twin):
        each.fit(X, Y, shuffle=False, verbose=0)
    for mine, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_a_lambda_is_refused_in_files(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="A lambda cannot be written down"):
        network(lambda w: w * 0.5).save(tmp_path / "m.keras")


def test_serialize_and_deserialize() -> None:
    keras.saving.register_keras_serializable("mine")(Columns)
    config = constraints.serialize(Columns(0.3))
    assert config["registered_name"] == "mine>Columns" and config["config"] == {"norm": 0.3}
    assert constraints.get(config).norm == 0.3
    with pytest.raises(ValueError, match="Could not interpret constraint identifier: OS"):
        constraints.get({"class_name": "OS", "config": {}})
