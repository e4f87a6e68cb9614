"""What every layer does alike: names, weights, configuration, calling."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

LAYERS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "Dense": (lambda **kw: layers.Dense(3, activation="relu", **kw), (4,)),
    "Dense over more axes": (lambda **kw: layers.Dense(3, use_bias=False, **kw), (2, 4)),
    "Activation": (lambda **kw: layers.Activation("tanh", **kw), (4,)),
    "Dropout": (lambda **kw: layers.Dropout(0.25, seed=3, **kw), (4,)),
    "Flatten": (lambda **kw: layers.Flatten(**kw), (2, 3)),
}


@pytest.fixture(params=LAYERS)
def case(request: pytest.FixtureRequest) -> tuple[Any, np.ndarray]:
    make, shape = LAYERS[request.param]
    return make, np.linspace(-1, 1, 5 * int(np.prod(shape)), dtype="float32").reshape(5, *shape)


def test_symbolic_and_numeric_calls_agree_on_shape_and_dtype(case: tuple[Any, np.ndarray]) -> None:
    make, x = case
    symbolic = make()(keras.Input(shape=x.shape[1:]))
    numeric = make()(x)
    assert symbolic.shape == (None, *numeric.shape[1:])
    assert numeric.shape == make().compute_output_shape(x.shape)
    assert (symbolic.dtype, numeric.dtype) == ("float32", np.float32)


def test_float64_layers_compute_in_float64(case: tuple[Any, np.ndarray]) -> None:
    make, x = case
    layer = make(dtype="float64")
    assert layer(x).dtype == np.float64
    assert {v.dtype for v in layer.weights} <= {"float64"}


def test_a_layer_alone_computes_what_it_computes_in_a_model(case: tuple[Any, np.ndarray]) -> None:
    make, x = case
    layer = make()
    model = keras.Sequential([keras.Input(shape=x.shape[1:]), layer])
    np.testing.assert_array_equal(model(x), layer(x))


def test_from_config_makes_an_equal_unbuilt_layer(case: tuple[Any, np.ndarray]) -> None:
    make, x = case
    layer = make(name="mine", trainable=False)
    layer(x)
    twin = type(layer).from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    assert not twin.built
    twin(x)
    assert [v.shape for v in twin.weights] == [v.shape for v in layer.weights]
    assert twin.trainable_weights == []


def test_dtype_policies_as_keras_writes_them_are_read() -> None:
    policy = {"module": "keras", "class_name": "DTypePolicy", "config": {"name": "float64"}, "registered_name": None}
    assert layers.Flatten.from_config({"name": "f", "trainable": True, "dtype": policy}).dtype == "float64"


def test_any_real_dtype_may_be_fed() -> None:
    layer = layers.Dense(2)
    layer.build((None, 3))
    images = np.arange(12, dtype=np.uint8).reshape(4, 3)
    np.testing.assert_array_equal(layer(images), layer(images.astype("float32")))
    np.testing.assert_array_equal(layer(images.tolist()), layer(images.astype("float32")))


# Names


def test_names_count_up_by_class_and_clear_session_starts_again() -> None:
    assert [layers.Dense(1).name, layers.Dropout(0.5).name, layers.Dense(1).name] == ["dense", "dropout", "dense_1"]
    keras.backend.clear_session()
    assert layers.Dense(1).name == "dense"


def test_given_names_are_kept_and_not_counted() -> None:
    assert layers.Dense(1, name="은닉층 하나").name == "은닉층 하나"
    assert layers.Dense(1).name == "dense"


@pytest.mark.parametrize("name", ["a/b", "", 3])
def test_bad_names(name: Any) -> None:
    with pytest.raises(ValueError, match="must be a non-empty string without '/'"):
        layers.Dense(1, name=name)


# Arguments


def test_unknown_arguments_are_refused_with_a_suggestion() -> None:
    with pytest.raises(
        ValueError, match=r"Unrecognized keyword arguments passed to Dense.*Did you mean 'activation'\?"
    ):
        layers.Dense(3, activaton="relu")


@pytest.mark.parametrize("dtype", ["float16", "int32", "flaot32"])
def test_other_dtypes_are_refused(dtype: str) -> None:
    with pytest.raises(ValueError, match="compute in 'float32' or 'float64'"):
        layers.Dense(3, dtype=dtype)


def test_floatx_is_the_default_dtype() -> None:
    keras.config.set_floatx("float64")
    layer = layers.Dense(1)
    layer.build((None, 2))
    assert layer.kernel.dtype == "float64"


# Weights


def test_trainable_splits_the_weights() -> None:
    layer = layers.Dense(3)
    layer.build((None, 4))
    assert (len(layer.trainable_weights), len(layer.non_trainable_weights)) == (2, 0)
    layer.trainable = False
    assert (len(layer.trainable_variables), len(layer.non_trainable_variables)) == (0, 2)


def test_get_weights_copies_and_set_weights_assigns() -> None:
    layer = layers.Dense(2)
    layer.build((None, 3))
    values = layer.get_weights()
    values[0][:] = 7
    assert not (layer.kernel.value == 7).any()
    layer.set_weights(values)
    np.testing.assert_array_equal(layer.kernel.numpy(), values[0])


@pytest.mark.parametrize(
    ("shapes", "text"),
    [([(3, 2)], "with a list of 1 arrays, but it has 2 weights"), ([(3, 2), (3,)], r"has shape \(2,\)")],
)
def test_set_weights_changes_all_or_nothing(shapes: list[tuple[int, ...]], text: str) -> None:
    layer = layers.Dense(2)
    layer.build((None, 3))
    before = layer.get_weights()
    with pytest.raises(ValueError, match=text):
        layer.set_weights([np.full(shape, 9.0) for shape in shapes])
    for old, now in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, now)


def test_count_params_needs_weights() -> None:
    layer = layers.Dense(10)
    with pytest.raises(ValueError, match="it isn't built"):
        layer.count_params()
    layer.build((None, 784))
    assert layer.count_params() == 7850


def test_build_is_done_once() -> None:
    layer = layers.Dense(2)
    layer.build((None, 3))
    kernel = layer.kernel
    layer.build((None, 3))
    assert layer.kernel is kernel
    assert len(layer.weights) == 2


def test_the_same_seed_gives_the_same_weights() -> None:
    def weights() -> list[np.ndarray]:
        keras.utils.set_random_seed(42)
        made = [layers.Dense(4), layers.Dense(4)]
        for layer in made:
            layer.build((None, 4))
        return [layer.kernel.numpy() for layer in made]

    first, second = weights(), weights()
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first[0], first[1])


def test_seeds_are_drawn_when_the_layer_is_made_and_not_when_it_is_built() -> None:
    random.seed(5)
    early = layers.Dense(4)
    random.seed(5)
    late = layers.Dense(4)
    random.seed(99)
    for layer in (late, early):
        layer.build((None, 4))
    np.testing.assert_array_equal(early.kernel.value, late.kernel.value)


# Calling


def test_input_and_output_are_those_of_the_first_call() -> None:
    layer = layers.Dense(2)
    with pytest.raises(AttributeError, match="has never been called"):
        _ = layer.output
    first = keras.Input(shape=(3,))
    out = layer(first)
    layer(keras.Input(shape=(3,)))
    assert layer.input is first
    assert layer.output is out


def test_one_input_is_expected() -> None:
    with pytest.raises(ValueError, match="expects 1 input, but it received 2"):
        layers.Dense(2)([keras.Input(shape=(3,)), keras.Input(shape=(3,))])


def test_symbolic_tensors_hold_no_numbers() -> None:
    tensor = keras.Input(shape=(3,), name="x")
    assert repr(tensor) == "<KerasTensor shape=(None, 3), dtype=float32, sparse=False, ragged=False, name=x>"
    with pytest.raises(ValueError, match="holds no numbers"):
        np.asarray(tensor)
    with pytest.raises(TypeError, match="no truth value"):
        bool(tensor)


@pytest.mark.parametrize(
    ("kind", "text"), [("complex64", "an array of dtype complex64."), ("U3", "an array of dtype <U3.")]
)
def test_set_weights_takes_real_numbers(kind: str, text: str) -> None:
    layer = layers.Dense(2, name="out")
    layer.build((None, 3))
    before = layer.get_weights()
    with pytest.raises(TypeError) as refusal:
        layer.set_weights([np.ones((3, 2)), np.ones(2).astype(kind)])
    assert str(refusal.value) == f"Weight 'out/bias' of 'out' must be given real numbers. Received: {text}"
    for now, then in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)
