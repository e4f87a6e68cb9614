from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers

X = np.linspace(-1, 1, 12, dtype="float32").reshape(3, 4)


def test_a_chain() -> None:
    inputs = keras.Input(shape=(4,))
    hidden = layers.Dense(3, activation="relu")
    model = keras.Model(inputs, layers.Dense(2)(hidden(inputs)))
    assert model.name == "functional"
    assert [layer.name for layer in model.layers] == ["input_layer", "dense", "dense_1"]
    assert [v.path for v in model.weights] == ["dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias"]
    np.testing.assert_allclose(model(X), model.layers[2](hidden(X)), rtol=1e-5)


def test_several_inputs_and_outputs() -> None:
    left, right = keras.Input(shape=(4,), name="left"), keras.Input(shape=(3,), name="right")
    a, b = layers.Dense(2, name="a")(left), layers.Dense(1, name="b")(right)
    model = keras.Model([left, right], [b, a])
    assert model.input_shape == [(None, 4), (None, 3)]
    assert model.output_shape == [(None, 1), (None, 2)]
    assert model.output_names == ["b", "a"]
    out = model([X, np.ones((3, 3))])
    np.testing.assert_allclose(out[1], model.get_layer("a")(X), rtol=1e-6)
    np.testing.assert_allclose(out[0], model.get_layer("b")(np.ones((3, 3))), rtol=1e-6)
    with pytest.raises(ValueError, match="same number of rows"):
        model([X, np.ones((2, 3))])
    with pytest.raises(ValueError, match=r"must hold 2 arrays for this model \(left, right\). Received 1"):
        model([X])


def test_an_array_is_not_alone_in_a_list() -> None:
    inputs = keras.Input(shape=(4,))
    model = keras.Model([inputs], [layers.Dense(2)(inputs)])
    out = model([X])
    np.testing.assert_array_equal(model(X), out)
    assert out.shape == (3, 2)
    assert isinstance(model(inputs), list)


def test_a_shared_layer_has_one_set_of_weights() -> None:
    inputs, shared = keras.Input(shape=(4,)), layers.Dense(4)
    model = keras.Model(inputs, shared(shared(inputs)))
    assert len(model.weights) == 2
    assert len(model.lower().parameters) == 2
    np.testing.assert_allclose(model(X), shared(shared(X)), rtol=1e-5, atol=1e-6)


def test_layers_are_listed_by_their_distance_from_the_outputs() -> None:
    """The order that Keras gives the same graph, and so the order of its weights."""
    one, two = keras.Input(shape=(4,)), keras.Input(shape=(4,))
    near, far, late = (layers.Dense(4, name=name) for name in ("near", "far", "late"))
    model = keras.Model([one, two], [near(two), late(far(one)), far(near(two))])
    assert [layer.name for layer in model.layers] == ["input_layer_1", "input_layer", "near", "far", "late"]
    assert [v.path for v in model.weights if v.name == "kernel"] == ["near/kernel", "far/kernel", "late/kernel"]


def test_an_input_that_nothing_reads_stays_an_input() -> None:
    used, unused = keras.Input(shape=(4,)), keras.Input(shape=(2,))
    model = keras.Model([used, unused], layers.Dense(2)(used))
    assert len(model.layers) == 3
    assert model([X, np.zeros((3, 2))]).shape == (3, 2)


def test_surgery() -> None:
    model = keras.Sequential([keras.Input(shape=(4,)), layers.Dense(3, "relu"), layers.Dense(2)])
    features = keras.Model(model.inputs, model.layers[0].output)
    np.testing.assert_array_equal(features(X), model.layers[0](X))
    head = keras.Model(model.layers[0].output, model.output)
    np.testing.assert_allclose(head(features(X)), model(X), rtol=1e-5)
    assert [v.path for v in head.weights] == ["sequential/dense_1/kernel", "sequential/dense_1/bias"]


def test_a_model_is_a_layer() -> None:
    inputs = keras.Input(shape=(4,))
    inner = keras.Model(inputs, [layers.Dense(3)(inputs), layers.Dense(2)(inputs)], name="inner")
    outer_inputs = keras.Input(shape=(4,))
    first, second = inner(outer_inputs)
    model = keras.Model(outer_inputs, [layers.Flatten()(second), first])
    np.testing.assert_array_equal(model(X)[1], inner(X)[0])
    np.testing.assert_array_equal(model(X)[0], inner(X)[1])


def test_sequential_takes_a_number_of_functional_as_in_keras() -> None:
    keras.Sequential([keras.Input(shape=(4,)), layers.Dense(2)])
    inputs = keras.Input(shape=(4,))
    assert keras.Model(inputs, layers.Dense(2)(inputs)).name == "functional_1"


def test_a_deep_chain_needs_no_deep_stack() -> None:
    inputs = tensor = keras.Input(shape=(2,))
    for _ in range(1500):
        tensor = layers.Activation("relu")(tensor)
    assert len(keras.Model(inputs, tensor).layers) == 1501


def _outputs() -> Any:
    return layers.Dense(2)(keras.Input(shape=(4,)))


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: keras.Model(keras.Input(shape=(4,)), _outputs()), ValueError, "Graph disconnected"),
        (lambda: keras.Model(keras.Input(shape=(4,)), layers.Dense(2)), TypeError, r"Pass `dense.output`"),
        (lambda: keras.Model({"x": keras.Input(shape=(4,), name="x")}, {}), ValueError, "at least one KerasTensor"),
        (lambda: keras.Model(inputs=[], outputs=_outputs()), ValueError, "at least one KerasTensor"),
        (lambda: keras.Model(), ValueError, "needs `inputs` and `outputs`"),
    ],
)
def test_errors(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        make()


def test_names_are_unique() -> None:
    inputs = keras.Input(shape=(4,))
    tensor = layers.Dense(4, name="a")(layers.Dense(4, name="a")(inputs))
    with pytest.raises(ValueError, match='The name "a" is used by several layers'):
        keras.Model(inputs, tensor)


def test_one_dtype() -> None:
    inputs = keras.Input(shape=(4,))
    with pytest.raises(ValueError, match="compute in one dtype"):
        keras.Model(inputs, layers.Dense(2, dtype="float64")(inputs))


def test_dropout_that_always_drops_draws_anew_at_every_call() -> None:
    x = np.ones((40, 6), "float32")
    inputs = layers.Input((6,))
    model = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))
    model.compile(loss="mse")
    for call in (
        lambda: np.asarray(model(x[:3])),
        lambda: model.predict(x, verbose=0),
        lambda: model.predict_on_batch(x[:1]),
        lambda: model.evaluate(x, 0 * x, verbose=0),
    ):
        keras.utils.set_random_seed(1)
        first = [call() for _ in range(8)]
        keras.utils.set_random_seed(1)
        assert all(np.array_equal(a, call()) for a in first)
        assert any(not np.array_equal(first[0], other) for other in first[1:])


def test_batches_of_a_prediction_draw_different_masks() -> None:
    inputs = layers.Input((64,))
    model = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))
    hook = keras.callbacks.LambdaCallback()
    hook.on_predict_batch_end = lambda batch, logs=None: None
    for callbacks in ([], [hook]):
        made = model.predict(np.ones((6, 64)), batch_size=2, verbose=0, callbacks=callbacks)
        assert len(np.unique(made, axis=0)) == 6
