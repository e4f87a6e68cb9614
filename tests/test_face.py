"""The public face: names, settings, variables and the small helpers behind them."""

from __future__ import annotations

import importlib
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import absent, naming, suggest
from denim.variables import Variable


@pytest.fixture(autouse=True)
def settings_restored() -> Iterator[None]:
    yield
    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_engine(None)


@pytest.mark.parametrize("name", keras.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(keras, name) is getattr(keras, name)
    assert name in dir(keras)


@pytest.mark.parametrize(
    "room",
    [
        "activations",
        "backend",
        "callbacks",
        "config",
        "constraints",
        "datasets",
        "dtype_policies",
        "estimators",
        "initializers",
        "layers",
        "models",
        "optimizers",
        "optimizers.schedules",
        "preprocessing",
        "preprocessing.image",
        "preprocessing.sequence",
        "random",
        "regularizers",
        "saving",
        "tree",
        "utils",
        "wrappers",
    ],
)
def test_every_name_of_a_room_is_there(room: str) -> None:
    module = importlib.import_module(f"denim.{room}")
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize(
    ("module", "name", "hint"),
    [
        ("denim", "Sequentail", "; did you mean 'Sequential'?"),
        ("denim.layers", "dense", "; did you mean 'Dense'?"),
        ("denim.activations", "rellu", "; did you mean 'relu'?"),
        ("denim", "xyzzy", ""),
        ("denim", "__dicts__", ""),
    ],
)
def test_a_misspelt_name_is_told_the_nearest(module: str, name: str, hint: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(importlib.import_module(module), name)
    assert str(caught.value) == f"module {module!r} has no attribute {name!r}{hint}"


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        (
            "from denim.datasets import fasion_mnist",
            "module 'denim.datasets' has no attribute 'fasion_mnist'; did you mean 'fashion_mnist'?",
        ),
        ("from denim.losses import binary_crosentropy", "; did you mean 'binary_crossentropy'?"),
        (
            "from denim.layers import Dense, Conv2D",
            "Keras has `layers.Conv2D`, denim has not: it is for dense networks.",
        ),
    ],
)
def test_an_import_of_a_missing_name_says_the_same(statement: str, text: str) -> None:
    with pytest.raises(ImportError) as caught:
        exec(statement)
    assert str(caught.value).endswith(text)


def test_a_missing_name_is_no_attribute() -> None:
    assert not hasattr(keras.datasets, "fasion_mnist")
    assert getattr(keras.losses, "binary_crosentropy", None) is None


# Names that Keras has


@pytest.mark.parametrize(
    ("module", "name", "text"),
    [
        ("denim.layers", "Conv2D", "Keras has `layers.Conv2D`, denim has not: it is for dense networks."),
        ("denim.layers", "Conv2d", "Keras has `layers.Conv2D`, denim has not: it is for dense networks."),
        ("denim.layers", "SpectralNormalization", "Keras has `layers.SpectralNormalization`, denim has not yet."),
        ("denim.callbacks", "OrbaxCheckpoint", "Keras has `callbacks.OrbaxCheckpoint`, denim has not yet."),
        ("denim.losses", "CTC", "Keras has `losses.CTC`, denim has not: it is for dense networks."),
        ("denim", "Operation", "Keras has `Operation`, denim has not yet."),
        ("denim", "loss", "module 'denim' has no attribute 'loss'; did you mean 'Loss'?"),
    ],
)
def test_a_name_of_keras_is_not_taken_for_a_misspelt_one(module: str, name: str, text: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(importlib.import_module(module), name)
    assert str(caught.value) == text


def test_an_optimizer_of_keras_is_not_taken_for_a_misspelt_one() -> None:
    with pytest.raises(
        ValueError, match=r"adafactor\. Keras has `optimizers\.Adafactor`, denim has not yet\. Known: SGD,"
    ):
        keras.optimizers.get("adafactor")


def test_what_is_said_to_be_absent_is_absent_and_said_once() -> None:
    names = absent.names()
    assert len(names) == len(set(names)) > 100
    assert [pair for pair in names if hasattr(importlib.import_module(pair[0]), pair[1])] == []


@pytest.mark.parametrize(
    ("name", "nearest"), [("acc", "accuracy"), ("Acuracy", "accuracy"), ("ac", None), ("val", None), (3, None)]
)
def test_the_nearest_name(name: object, nearest: str | None) -> None:
    assert suggest.closest(name, ["accuracy", "loss", "val_accuracy", "val_loss"]) == nearest


# Naming


@pytest.mark.parametrize(
    ("name", "snake"),
    [("Dense", "dense"), ("InputLayer", "input_layer"), ("RMSprop", "rm_sprop"), ("ReLU", "re_lu"), ("SGD", "sgd")],
)
def test_snake_case(name: str, snake: str) -> None:
    assert naming.snake_case(name) == snake


# Settings


def test_floatx() -> None:
    keras.config.set_floatx("float64")
    assert keras.backend.floatx() == "float64"
    for bad in ("float16", None, 32):
        if bad is not None:
            with pytest.raises(ValueError, match="'float32' or 'float64'"):
                keras.config.set_floatx(bad)
    assert keras.config.floatx() == "float64"


def test_epsilon() -> None:
    assert keras.config.epsilon() == 1e-7
    keras.config.set_epsilon(1e-3)
    for bad in (0, -1.0, "1e-7", True, float("inf")):
        with pytest.raises(ValueError, match="positive number"):
            keras.config.set_epsilon(bad)
    assert keras.backend.epsilon() == 1e-3


def test_engine() -> None:
    keras.config.set_engine("reference")
    assert keras.config.get_engine() == "reference"
    with pytest.raises(ValueError, match="takes one of 'native', 'reference'"):
        keras.config.set_engine("gpu")
    assert keras.config.get_engine() == "reference"


# Utilities


def test_set_random_seed() -> None:
    def draws() -> tuple[float, float]:
        return random.random(), float(np.random.rand())  # noqa: NPY002

    keras.utils.set_random_seed(42)
    first = draws()
    keras.utils.set_random_seed(np.int64(42))
    assert draws() == first
    for bad in (-1, 2**32, 1.5, None, True):
        with pytest.raises(ValueError, match="`seed` must be an integer"):
            keras.utils.set_random_seed(bad)


@pytest.mark.parametrize(
    ("x", "classes", "expected"),
    [
        ([0, 2], None, [[1, 0, 0], [0, 0, 1]]),
        ([[0], [1]], 2, [[1, 0], [0, 1]]),
        ([[0, 1]], 2, [[[1, 0], [0, 1]]]),
        (1, 2, [0, 1]),
    ],
)
def test_to_categorical(x: Any, classes: int | None, expected: Any) -> None:
    rows = keras.utils.to_categorical(x, classes)
    assert rows.dtype == np.float64
    np.testing.assert_array_equal(rows, expected)


@pytest.mark.parametrize(("x", "classes"), [([-1], None), ([0.5], None), ([3], 3)])
def test_to_categorical_checks_its_numbers(x: Any, classes: int | None) -> None:
    with pytest.raises(ValueError, match="Class numbers must be"):
        keras.utils.to_categorical(x, classes)


# Variables


def test_variable() -> None:
    variable = Variable(np.ones((2, 3)), name="kernel", path="dense/kernel")
    assert (variable.shape, variable.ndim, variable.size, variable.dtype) == ((2, 3), 2, 6, "float32")
    copied = variable.numpy()
    variable.assign(np.zeros((2, 3)))
    assert (copied == 1).all() and (np.asarray(variable) == 0).all()
    variable.assign_add(np.full((2, 3), 3)).assign_sub(np.ones((2, 3)))
    assert (variable.value == 2).all()
    assert np.array(variable, dtype="float64").dtype == np.float64
    assert repr(variable).startswith("<Variable path=dense/kernel, shape=(2, 3), dtype=float32, value=")


@pytest.mark.parametrize(
    ("variable", "dtype", "value"),
    [
        (lambda: keras.Variable(0.5), "float32", 0.5),
        (lambda: keras.Variable(3), "int32", 3),
        (lambda: keras.Variable(np.ones(2)), "float32", [1, 1]),
        (lambda: keras.Variable([1, 2], dtype="float64"), "float64", [1, 2]),
        (lambda: keras.Variable("ones", shape=2), "float32", [1, 1]),
        (lambda: keras.Variable(keras.initializers.Constant(4), (1, 2), "float64"), "float64", [[4, 4]]),
    ],
)
def test_a_variable_is_made_as_in_keras(variable: Any, dtype: str, value: Any) -> None:
    made = variable()
    assert made.dtype == dtype and made.trainable
    assert np.array_equal(made.numpy(), value)


def test_variables_that_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=r"`shape` argument should be specified.*Received: initializer='zeros'"):
        keras.Variable("zeros")
    with pytest.raises(ValueError, match=r"must have the shape \(3,\)\. Received: shape \(2,\)"):
        keras.Variable([1.0, 2.0], shape=(3,))


def test_a_variable_as_an_attribute_of_a_layer_is_trained() -> None:
    class Scale(keras.layers.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.scale = keras.Variable(np.ones(2), name="scale")
            self.offset = keras.Variable("zeros", (2,), trainable=False)

        def call(self, x: Any) -> Any:
            return x * self.scale + self.offset

    model = keras.Sequential([keras.Input((2,)), Scale()])
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.zeros((4, 2)), verbose=0)
    assert [weight.name for weight in model.trainable_weights] == ["scale"]
    assert (model.layers[0].scale.numpy() < 1).all() and (model.layers[0].offset.numpy() == 0).all()


def test_a_variable_keeps_its_shape() -> None:
    variable = Variable(np.ones(3), name="bias")
    for bad in (np.zeros(1), 0.0, np.zeros((3, 1))):
        with pytest.raises(ValueError, match=r"must match\. Received: value.shape="):
            variable.assign(bad)
    assert (variable.value == 1).all()


def test_a_variable_copies_what_it_is_given() -> None:
    source = np.ones(3, "float32")
    variable = Variable(source, name="bias")
    source[:] = 5
    assert (variable.value == 1).all()


def test_a_variable_moves_into_a_buffer() -> None:
    buffer = np.zeros(16, "float32")
    variable = Variable(np.arange(4.0).reshape(2, 2), name="kernel")
    home = buffer[4:8].reshape(2, 2)
    assert not variable.lives_in(home)
    variable.home(home)
    np.testing.assert_array_equal(buffer[4:8], [0, 1, 2, 3])
    assert variable.lives_in(buffer[4:8].reshape(2, 2))
    variable.assign(np.full((2, 2), 7))
    np.testing.assert_array_equal(buffer[4:8], 7)
    buffer[4:8] = 1
    variable.home(home)  # already there: what the buffer holds counts
    assert (variable.value == 1).all()


@pytest.mark.parametrize("view", [np.zeros(3, "float32"), np.zeros((2, 2), "float64")])
def test_a_variable_does_not_move_where_it_does_not_fit(view: np.ndarray) -> None:
    variable = Variable(np.ones((2, 2)), name="kernel")
    with pytest.raises(ValueError, match="cannot live in"):
        variable.home(view)
    assert (view == 0).all()


# Older names


X = np.array([[1.0, -2.0], [3.0, 4.0]], "float32")


@pytest.mark.parametrize(
    ("name", "arguments", "value"),
    [
        ("mean", (X, -1), [-0.5, 3.5]),
        ("square", (X,), [[1, 4], [9, 16]]),
        ("pow", (X, 2), [[1, 4], [9, 16]]),
        ("clip", (X, 0, 3), [[1, 0], [3, 3]]),
        ("argmax", (X,), [0, 1]),
        ("concatenate", ([X, X],), [[1, -2, 1, -2], [3, 4, 3, 4]]),
        ("dot", (X, X), [[-5, -10], [15, 10]]),
        ("expand_dims", (X,), [[[1], [-2]], [[3], [4]]]),
        ("flatten", (X,), [1, -2, 3, 4]),
        ("gather", (X, [1]), [[3, 4]]),
        ("hard_sigmoid", (X,), [[0.7, 0.1], [1, 1]]),
        ("int_shape", (X,), (2, 2)),
        ("count_params", (X,), 4),
        ("l2_normalize", (np.array([3.0, 4.0]),), [0.6, 0.8]),
        ("permute_dimensions", (X, (1, 0)), [[1, 3], [-2, 4]]),
        ("relu", (X, 0.5), [[1, -1], [3, 4]]),
        ("constant", (2, None, (2,)), [2, 2]),
        ("cast_to_floatx", (np.array([1, 2]),), [1, 2]),
        ("get_value", (Variable([1.0]),), [1]),
        ("batch_flatten", (np.ones((2, 3, 2)),), np.ones((2, 6))),
        ("bias_add", (X, [1.0, 2.0]), [[2, 0], [4, 6]]),
        ("eval", (Variable([1.0]),), [1]),
        ("in_top_k", (X, np.array([0, 0]), 1), [True, False]),
        ("one_hot", (np.array([0, 1]), 2), [[1, 0], [0, 1]]),
        ("repeat_elements", (X, 2, 1), [[1, 1, -2, -2], [3, 3, 4, 4]]),
        ("reverse", (X, 1), [[-2, 1], [4, 3]]),
        ("switch", (X > 2, X, lambda: 0 * X), [[0, 0], [3, 4]]),
        ("dropout", (X, 0.0), X),
        ("random_bernoulli", ((2, 2), 1.0), np.ones((2, 2))),
        ("batch_get_value", ([Variable([1.0]), Variable([2.0])],), [[1], [2]]),
    ],
)
def test_older_functions_of_backend(name: str, arguments: Any, value: Any) -> None:
    np.testing.assert_allclose(getattr(keras.backend, name)(*arguments), value, rtol=1e-6)


def test_older_functions_of_backend_change_variables() -> None:
    k = keras.backend
    variable = k.variable([1, 2], name="v")
    assert (variable.name, variable.dtype) == ("v", "float32")
    k.set_value(k.update_sub(k.update_add(k.update(variable, [3, 4]), [2, 2]), [1, 1]), variable.numpy() * 2)
    assert variable.numpy().tolist() == [8, 10]


def test_older_random_functions_of_backend() -> None:
    k = keras.backend
    for draw in (k.random_normal, k.random_uniform, k.truncated_normal):
        assert draw((3, 2)).shape == (3, 2) and k.dtype(draw((3,))) == "float32"
    pair = Variable([1.0]), Variable([2.0])
    k.batch_set_value([(pair[0], [3.0]), (pair[1], [4.0])])
    assert [float(v.value[0]) for v in pair] == [3, 4]


def test_older_names_of_losses() -> None:
    for room in (keras.losses, keras.metrics):
        assert room.mae is room.MAE is keras.losses.mean_absolute_error and room.kld is keras.losses.kl_divergence
        assert room.mse([[1.0, 3.0]], [[1.0, 1.0]]).tolist() == [2]
    loss = keras.losses.MeanSquaredError(reduction=keras.losses.Reduction.NONE)
    assert loss([[1.0], [3.0]], [[1.0], [1.0]]).tolist() == [0, 4]


def test_longer_names_of_operations() -> None:
    assert keras.ops.nn.relu is keras.ops.relu and keras.ops.numpy.mean is keras.ops.mean
    for room in (keras.ops.nn, keras.ops.numpy):
        assert all(getattr(room, name) is getattr(keras.ops, name) for name in dir(room))
    with pytest.raises(AttributeError, match="rsqrt"):
        _ = keras.ops.numpy.rsqrt


def test_a_loss_in_older_names() -> None:
    k = keras.backend
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile("sgd", lambda y, p: k.sqrt(k.mean(k.square(p - y), axis=-1)), metrics=[lambda y, p: k.abs(y - p)])
    assert model.evaluate(X, np.array([[3.0], [5.0]]), verbose=0) == [4, 4]


def test_older_ways_to_say_an_input_layer() -> None:
    assert keras.layers.InputLayer(input_shape=(3,)).batch_shape == (None, 3)
    assert keras.layers.InputLayer(batch_input_shape=(2, 3)).batch_shape == (2, 3)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtypes_of_a_layer(dtype: str) -> None:
    layer = keras.layers.Dense(1, dtype=dtype)
    assert layer.dtype_policy == keras.DTypePolicy(dtype)
    assert (layer.compute_dtype, layer.variable_dtype) == (dtype, dtype)


def test_operations_that_there_are_not_are_known() -> None:
    with pytest.raises(AttributeError, match=r"Keras has `ops\.fori_loop`, denim has not yet\."):
        _ = keras.ops.fori_loop
    with pytest.raises(AttributeError, match=r"Keras has `ops\.conv`, denim has not: it is for dense networks\."):
        _ = keras.ops.conv
