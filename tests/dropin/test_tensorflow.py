"""The stand-in for TensorFlow: what it has works, what it has not is named."""

from __future__ import annotations

import importlib
import random

import numpy as np
import pytest

import denim
from denim.dropin import tensorflow as tf

ROOMS = ("config", "config.experimental", "data", "data.experimental", "linalg", "math", "nn", "random", "test")


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_every_name_is_there(room: str) -> None:
    module = importlib.import_module(f"denim.dropin.tensorflow.{room}".rstrip("."))

    assert dir(module)
    for name in dir(module):
        getattr(module, name)


def test_keras_is_denim() -> None:
    assert tf.keras is denim
    assert tf.losses is denim.losses and tf.optimizers is denim.optimizers
    assert tf.nn.relu is denim.activations.relu


def test_its_version_says_what_it_is() -> None:
    assert tf.__version__.endswith("+denim")
    assert int(tf.__version__.split(".")[0]) == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("GradientTape", "`tf.GradientTape` is not there. .*stand-in.* denim has no gradient tape"),
        ("reduce_men", "`tf.reduce_men` is not there. .* Did you mean 'reduce_mean'?"),
        ("random.gamma", "`tf.random.gamma` is not there. "),
    ],
)
def test_what_is_missing_is_named(name: str, said: str) -> None:
    *rooms, last = name.split(".")
    module = importlib.import_module(".".join(["denim.dropin.tensorflow", *rooms]))

    with pytest.raises(AttributeError, match=said):
        getattr(module, last)
    assert not hasattr(module, last)


X = np.array([[1.0, -2.0, 3.0], [4.0, 0.0, -6.0]], "float32")


@pytest.mark.parametrize(
    ("computed", "expected"),
    [
        (lambda: tf.reduce_mean(X), X.mean()),
        (lambda: tf.reduce_sum(X, axis=1, keepdims=True), X.sum(axis=1, keepdims=True)),
        (lambda: tf.reduce_max(input_tensor=X, axis=0), X.max(axis=0)),
        (lambda: tf.argmax(X), X.argmax(axis=0)),
        (lambda: tf.argmax(X, axis=-1), X.argmax(axis=-1)),
        (lambda: tf.argmin(X, 1), X.argmin(axis=1)),
        (lambda: tf.cumsum(X), X.cumsum(axis=0)),
        (lambda: tf.gather(X, [1, 0]), X[[1, 0]]),
        (lambda: tf.gather(X, [2, 0], axis=1), X[:, [2, 0]]),
        (lambda: tf.transpose(X, perm=[1, 0]), X.T),
        (lambda: tf.matmul(X, tf.transpose(X)), X @ X.T),
        (lambda: tf.concat([X, X], axis=1), np.concatenate([X, X], axis=1)),
        (lambda: tf.clip_by_value(X, -1.0, 1.0), X.clip(-1, 1)),
        (lambda: tf.cast(X, tf.int32), X.astype("int32")),
        (lambda: tf.one_hot([0, 2], 3), np.eye(3)[[0, 2]]),
        (lambda: tf.math.log(tf.constant([1.0, np.e])), [0, 1]),
        (lambda: tf.math.reduce_std(X, axis=0), X.std(axis=0)),
        (lambda: tf.abs(X, name="named"), np.abs(X)),
        (lambda: tf.fill([2], 3.0), [3, 3]),
        (lambda: tf.constant(7, shape=(2, 2)), np.full((2, 2), 7)),
        (lambda: tf.zeros((2,), dtype=tf.int32), [0, 0]),
        (lambda: tf.linalg.norm(X[0]), np.linalg.norm(X[0])),
        (lambda: tf.Variable([1.0, 2.0]).assign_add([1.0, 1.0]), [2, 3]),
        (lambda: tf.one_hot(indices=[0, 2], depth=3), np.eye(3)[[0, 2]]),
        (lambda: tf.reshape(tensor=X, shape=[3, 2]), X.reshape(3, 2)),
        (lambda: tf.concat(values=[X, X], axis=0), np.concatenate([X, X])),
        (lambda: tf.clip_by_value(X, clip_value_min=-1.0, clip_value_max=1.0), X.clip(-1, 1)),
        (lambda: tf.where(X > 0, x=X, y=0.0), np.maximum(X, 0)),
        (lambda: tf.matmul(X, X, transpose_b=True), X @ X.T),
        (lambda: tf.linalg.matmul(X, X, transpose_a=True), X.T @ X),
        (lambda: tf.math.squared_difference(X, 1.0), (X - 1) ** 2),
        (lambda: tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0, 0.0], logits=[0.0, 0.0]), [np.log(2)] * 2),
        (lambda: tf.nn.weighted_cross_entropy_with_logits([1.0, 0.0], [0.0, 0.0], 3.0), [3 * np.log(2), np.log(2)]),
        (lambda: tf.nn.softmax_cross_entropy_with_logits([[0.0, 1.0]], [[0.0, 0.0]]), [np.log(2)]),
        (lambda: tf.nn.sparse_softmax_cross_entropy_with_logits([1], [[0.0, 0.0]]), [np.log(2)]),
        (lambda: tf.nn.l2_normalize(tf.constant([3.0, 4.0])), [0.6, 0.8]),
        (lambda: tf.nn.l2_loss(tf.constant([3.0, 4.0])), 12.5),
        (lambda: tf.nn.bias_add(X, [1.0, 2.0, 3.0]), X + np.array([1, 2, 3])),
    ],
)
def test_functions(computed, expected) -> None:
    np.testing.assert_allclose(np.asarray(computed()), expected, rtol=1e-6, atol=1e-7)


def test_tensors_answer_numpy_and_have_tensorflows_dtypes() -> None:
    assert tf.constant([1, 2]).dtype == tf.int32 and tf.constant([1.5]).dtype == tf.float32
    assert type(tf.constant([1.0]).numpy()) is np.ndarray
    assert tf.is_tensor(tf.convert_to_tensor(X)) and not tf.is_tensor([1])
    source = np.zeros(2, "float32")
    copied = tf.constant(source)
    source[:] = 1
    assert not copied.any()


def test_a_seed_fixes_what_is_drawn() -> None:
    def drawn() -> list[np.ndarray]:
        tf.random.set_seed(5)
        return [tf.random.normal((3,)), tf.random.uniform((3,), 0, 9, tf.int32), tf.random.shuffle(np.arange(9))]

    state = random.getstate(), np.random.get_state()  # noqa: NPY002
    try:
        for first, second in zip(drawn(), drawn(), strict=True):
            np.testing.assert_array_equal(first, second)
        assert tf.random.normal((2, 3), seed=1).dtype == tf.float32
        assert not np.array_equal(tf.random.normal((3,)), tf.random.normal((3,)))
    finally:
        random.setstate(state[0])
        np.random.set_state(state[1])  # noqa: NPY002


def test_a_decorated_function_is_itself() -> None:
    def plain() -> int:
        return 3

    assert tf.function(plain) is plain
    assert tf.function(jit_compile=True)(plain) is plain


def test_there_is_one_cpu() -> None:
    assert [device.device_type for device in tf.config.list_physical_devices()] == ["CPU"]
    assert tf.config.list_physical_devices("GPU") == []
    assert tf.config.experimental.enable_op_determinism() is None
    assert not tf.test.is_gpu_available()


def test_texts() -> None:
    texts = tf.constant(["a", "b"])
    assert tf.expand_dims(texts, -1).numpy().tolist() == [["a"], ["b"]]
    assert tf.reshape(tf.constant([["a"]], dtype=tf.string), (1,)).tolist() == ["a"]
    with pytest.raises(ValueError, match="must hold texts"):
        tf.constant([1], dtype=tf.string)


def test_a_table_of_texts_column_by_column() -> None:
    table = {"color": np.array(["red", "green", "red", "blue"], object), "size": np.arange(4.0)}
    rows = tf.data.Dataset.from_tensor_slices((table, np.arange(4) % 2)).batch(3)
    lookup = tf.keras.layers.StringLookup(output_mode="one_hot")
    lookup.adapt(rows.map(lambda x, y: x["color"]).map(lambda x: tf.expand_dims(x, -1)))
    assert lookup.get_vocabulary() == ["[UNK]", "red", "green", "blue"]
    color, size = tf.keras.Input((1,), dtype=tf.string, name="color"), tf.keras.Input((1,), name="size")
    features = tf.keras.layers.concatenate([lookup(color), size])
    model = tf.keras.Model({"color": color, "size": size}, tf.keras.layers.Dense(1)(features))
    model.compile("adam", "mse")
    model.fit(rows, verbose=0)
    one = {"color": tf.convert_to_tensor(["mauve"]), "size": tf.convert_to_tensor([1.0])}
    assert model.predict(one, verbose=0).shape == (1, 1)


def test_noise_for_each_sample_in_a_layer_is_drawn_anew() -> None:
    class Noisy(denim.layers.Layer):
        def call(self, x, training=None):
            return x + tf.random.normal(tf.shape(x), stddev=2.0) + tf.random.uniform(tf.shape(x)) if training else x

    model = denim.Sequential([denim.Input((2000,)), Noisy()])
    x = np.ones((2, 2000), "float32")
    np.testing.assert_array_equal(model.predict(x, verbose=0), x)
    once, again = (np.asarray(model(x, training=True)) for _ in range(2))
    assert not np.array_equal(once, again) and not np.array_equal(once[0], once[1])
    assert once.mean() == pytest.approx(1.5, abs=0.2) and once.std() == pytest.approx(np.sqrt(4 + 1 / 12), abs=0.2)


def test_print_writes_to_standard_error(capsys) -> None:
    tf.print("loss:", tf.constant(1.5), sep="")
    assert capsys.readouterr().err == "loss:1.5\n"


def test_split_by_number_and_by_sizes() -> None:
    x = np.arange(12.0).reshape(2, 6)
    assert [part.shape for part in tf.split(x, 3, axis=1)] == [(2, 2)] * 3
    assert [part.shape for part in tf.split(x, [2, 4], axis=1)] == [(2, 2), (2, 4)]
    assert [part.tolist() for part in tf.split(np.arange(6), num_or_size_splits=[1, -1, 3])] == [[0], [1, 2], [3, 4, 5]]
    with pytest.raises(ValueError, match="add up to"):
        tf.split(x, [2, 2], axis=1)
