"""Layers and models with a Python ``call``: building, modes, graphs, files, errors. Numbers: golden/test_own.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers, ops
from denim.ops.tensor import Tensor

X = np.random.default_rng(3).normal(size=(6, 5)).astype("float32")


@keras.saving.register_keras_serializable("tests")
class Scaled(layers.Layer):
    def __init__(self, units: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.inner = [layers.Dense(units)]

    def build(self, input_shape: Any) -> None:
        self.w = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, x: Any, training: Any = None) -> Any:
        return self.inner[0](x * self.w) * (2.0 if training else 1.0)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("tests")
class Net(keras.Model):
    def __init__(self, width: int = 4, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.width = width
        self.first = Scaled(width)
        self._last = layers.Dense(2)

    def call(self, x: Any) -> Any:
        return self._last(self.first(x))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "width": self.width}


def test_on_arrays_a_call_runs_as_it_stands() -> None:
    seen = []

    class Shown(layers.Layer):
        def call(self, x: Any) -> Any:
            seen.append(float(np.max(x)))
            self.add_loss(ops.sum(x))
            return x + 1

    layer = Shown()
    y = layer(X)
    assert isinstance(y, Tensor) and seen == [float(X.max())]
    np.testing.assert_array_equal(y.numpy(), X + 1)
    assert float(layer.losses[0]) == pytest.approx(X.sum(), rel=1e-5)


def test_a_call_on_arrays_and_in_a_model_are_the_same() -> None:
    layer = Scaled()
    inputs = keras.Input((5,))
    model = keras.Model(inputs, layer(inputs))
    np.testing.assert_allclose(model(X), layer(X), rtol=1e-6)
    np.testing.assert_allclose(model(X, training=True), layer(X, training=True), rtol=1e-6)
    np.testing.assert_allclose(model(X, training=True), 2 * np.asarray(model.predict(X, verbose=0)), rtol=1e-6)
    assert layer.compute_output_shape((None, 5)) == (None, 3) == model.output_shape


def test_few_rows_take_the_short_way_until_an_attribute_changes() -> None:
    class Times(keras.Model):
        factor = 1.0

        def call(self, x: Any) -> Any:
            return x * self.factor

    model = Times()
    np.testing.assert_array_equal(model(X[:1]), X[:1])
    np.testing.assert_array_equal(model(X[:1]), X[:1])
    model.factor = 3.0
    np.testing.assert_allclose(model(X[:1]), 3 * X[:1], rtol=1e-6)


def test_the_short_way_sees_attributes_of_layers_too() -> None:
    class Times(layers.Layer):
        factor = 1.0

        def call(self, x: Any) -> Any:
            return x * self.factor

    layer = Times()
    model = keras.Sequential([keras.Input((5,)), layer])
    for factor in (2.0, 3.0):
        layer.factor = factor
        for _ in range(2):
            np.testing.assert_allclose(model(X[:1]), factor * X[:1], rtol=1e-6)


def test_a_fixed_mode_stays_fixed() -> None:
    inputs = keras.Input((5,))
    drops = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))
    keeps = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=False))
    ones = np.ones((50, 5), "float32")
    for made in (drops.predict(ones, verbose=0), drops(ones)):
        assert set(np.unique(made)) == {0.0, 2.0}
    np.testing.assert_array_equal(keeps(ones, training=True), ones)
    again = keras.Model.from_config(drops.get_config())
    assert set(np.unique(again.predict(ones, verbose=0))) == {0.0, 2.0}


def test_files(tmp_path: Path) -> None:
    model = Net(name="net")
    y = np.asarray(model(X))
    model.compile("adam", "mse")
    model.fit(X, y, epochs=1, verbose=0)
    y = np.asarray(model(X))
    model.save(tmp_path / "net.keras")
    model.save_weights(tmp_path / "net.weights.h5")
    np.testing.assert_array_equal(keras.models.load_model(tmp_path / "net.keras")(X), y)
    other = Net()
    other(X[:1])
    other.load_weights(tmp_path / "net.weights.h5")
    np.testing.assert_array_equal(other(X), y)
    with keras.saving.custom_object_scope({}):
        chain = keras.Sequential([keras.Input((5,)), Scaled(2), layers.Dense(1)])
        chain.save(tmp_path / "chain.keras")
        np.testing.assert_array_equal(keras.models.load_model(tmp_path / "chain.keras")(X), chain(X))


def test_operations_in_a_graph_come_back_from_a_configuration() -> None:
    x = keras.Input((5,), name="x")
    h = ops.concatenate([ops.square(x)[:, :2], 1.0 - x], axis=-1)
    h = ops.matmul(h, np.ones((7, 3), "float32"))[..., None]
    h = ops.clip(ops.leaky_relu(ops.squeeze(h, -1), negative_slope=0.3), -1.0, 2.0) / 3 + ops.mean(
        x, axis=-1, keepdims=True
    )
    model = keras.Model(x, h)
    again = keras.Model.from_config(model.get_config())
    np.testing.assert_array_equal(again(X), model(X))
    assert [layer.name for layer in again.layers] == ["x"]
    entry = next(e for e in model.get_config()["layers"] if e["class_name"] == "Clip")
    assert entry["module"] == "keras.src.ops.numpy"
    assert entry["config"] == {"name": entry["name"], "x_min": -1.0, "x_max": 2.0}


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda x: x if ops.mean(x) > 0 else -x, "Mine.call .*test_own_layers.py, line .*ops.greater cannot take"),
        (lambda x: x if ops.all(x > 0, axis=-1) else -x, "Mine.call .*ops.where"),
        (lambda x: np.exp(x), r"Mine.call .*Write ops\.exp"),
        (lambda x: None, "Mine.call: It returned None"),
    ],
)
def test_what_cannot_be_traced_names_the_place(call: Any, text: str) -> None:
    class Mine(layers.Layer):
        def call(self, x: Any) -> Any:
            return call(x)

    layer = Mine()
    with pytest.raises(NotImplementedError, match=text):
        layer(keras.Input((5,)))
    assert not layer.built


def test_a_forgotten_super_init_is_said() -> None:
    class Mine(layers.Layer):
        def __init__(self) -> None:
            self.units = 3

        def call(self, x: Any) -> Any:
            return x

    with pytest.raises(RuntimeError, match=r"you forgot to call `super\(\).__init__\(\)`"):
        Mine()(X)


def test_a_layer_without_a_call_says_so() -> None:
    class Empty(layers.Layer):
        pass

    with pytest.raises(NotImplementedError, match=r"Empty does not have a `call\(\)` method"):
        Empty()(X)


def test_lists_that_grow_are_followed_in_keras_order() -> None:
    class Grown(layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.parts: list[Any] = []
            self.parts.append(layers.Dense(2, name="a"))
            self.alone = layers.Dense(2, name="b")
            self.parts.append(layers.Dense(2, name="c"))
            self.named = {"d": layers.Dense(2, name="d")}

        def call(self, x: Any) -> Any:
            return self.named["d"](self.parts[1](self.alone(self.parts[0](x))))

    layer = Grown()
    layer(X)
    assert [v.path.split("/")[1] for v in layer.weights[::2]] == ["a", "b", "c", "d"]
    layer.trainable = False
    assert layer.trainable_weights == []
