from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras

from .conftest import Data


def test_history_has_a_value_an_epoch_and_names_in_order(make: Any, data: Data) -> None:
    model = make(metrics=["accuracy"])
    history = model.fit(*data, epochs=3, validation_split=0.2, verbose=0)
    assert history is model.history
    assert list(history.history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    assert {len(values) for values in history.history.values()} == {3}
    assert all(type(value) is float for values in history.history.values() for value in values)
    assert history.epoch == [0, 1, 2]
    assert history.params == {"verbose": 0, "epochs": 3, "steps": 2}
    assert history.model is model


def test_initial_epoch_counts_as_done(make: Any, data: Data) -> None:
    assert make().fit(*data, epochs=4, initial_epoch=2, verbose=0).epoch == [2, 3]


def test_the_seed_fixes_everything(make: Any, data: Data) -> None:
    def trained() -> list[np.ndarray]:
        keras.utils.set_random_seed(3)
        model = make()
        model.fit(*data, epochs=2, verbose=0)
        weights: list[np.ndarray] = model.get_weights()
        return weights

    for first, second in zip(trained(), trained(), strict=True):
        np.testing.assert_array_equal(first, second)


def test_shuffling_draws_one_key_and_changes_the_result(make: Any, data: Data) -> None:
    start = make().get_weights()

    def trained(shuffle: bool) -> np.ndarray:
        model = make()
        model.set_weights(start)
        np.random.seed(1)  # noqa: NPY002
        model.fit(*data, epochs=2, batch_size=7, shuffle=shuffle, verbose=0)
        return np.array([np.random.random(), *model.get_weights()[0].ravel()])  # noqa: NPY002

    shuffled, straight = trained(True), trained(False)
    assert shuffled[0] == straight[0]
    assert not np.array_equal(shuffled[1:], straight[1:])


def test_validation_split_takes_the_last_rows(make: Any, data: Data) -> None:
    x, y = data
    start = make().get_weights()
    results = []
    for arguments in ({"validation_split": 0.25}, {"validation_data": (x[37:], y[37:])}):
        model = make(metrics=["accuracy"])
        model.set_weights(start)
        rows = slice(None) if "validation_split" in arguments else slice(37)
        results.append(model.fit(x[rows], y[rows], shuffle=False, verbose=0, **arguments).history)
    assert results[0] == results[1]


def test_validation_freq(make: Any, data: Data) -> None:
    x, y = data
    model = make()
    assert len(model.fit(x, y, epochs=5, validation_data=(x, y), validation_freq=2, verbose=0).history["val_loss"]) == 2
    often = model.fit(x, y, epochs=5, validation_data=(x, y), validation_freq=[1, 4, 5], verbose=0)
    assert len(often.history["val_loss"]) == 3


def test_class_weight_is_sample_weight_by_class(make: Any, data: Data) -> None:
    x, y = data
    start = make().get_weights()
    weights = {0: 0.5, 2: 3.0}
    results = []
    for arguments in ({"class_weight": weights}, {"sample_weight": np.array([weights.get(int(c), 1.0) for c in y])}):
        model = make(weighted_metrics=["accuracy"])
        model.set_weights(start)
        results.append(model.fit(x, y, shuffle=False, verbose=0, **arguments).history)
    assert results[0] == results[1]


@pytest.mark.parametrize(
    "labels",
    [
        lambda y: y.astype("uint8"),
        lambda y: y.astype("int16"),
        lambda y: y.astype("float64"),
        lambda y: y[:, None],
        lambda y: np.stack([y, y], axis=1)[:, 0],
        lambda y: y.astype(">i4"),
    ],
)
def test_labels_of_any_dtype_and_layout(labels: Any, make: Any, data: Data) -> None:
    x, y = data
    model = make(metrics=["accuracy"])
    expected = model.evaluate(x, y, verbose=0)
    assert model.evaluate(x, labels(y), verbose=0) == expected


@pytest.mark.parametrize(
    "layout",
    [
        lambda x: x.astype("float64"),
        lambda x: np.asfortranarray(x),
        lambda x: np.repeat(x, 2, axis=0)[::2],
        lambda x: x.astype(">f4"),
    ],
)
def test_inputs_of_any_dtype_and_layout(layout: Any, make: Any, data: Data) -> None:
    x, y = data
    model = make()
    assert model.evaluate(layout(x), y, verbose=0) == model.evaluate(x, y, verbose=0)


@pytest.mark.parametrize("dtype", ["uint8", "bool", "int8", "uint16", "int64", "float16"])
def test_whole_numbers_as_inputs(dtype: str, make: Any, data: Data) -> None:
    x, y = (data[0] > 0).astype(dtype), data[1]
    model = make()
    assert model.evaluate(x, y, verbose=0) == model.evaluate(x.astype("float32"), y, verbose=0)


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float32", "float64"])
def test_big_arrays_are_fed_as_they_lie(dtype: str, data: Data) -> None:
    from denim.data.arrays import fed

    x = data[0].astype(dtype)
    assert fed(x) is x
    assert np.shares_memory(fed(x[::2]), x)


def test_frames_by_protocol(make: Any, data: Data) -> None:
    class Frame:
        """As much of a pandas object as is looked at."""

        def __init__(self, values: np.ndarray) -> None:
            self.values = self.iloc = values

        def to_numpy(self) -> np.ndarray:
            return self.values

    x, y = data
    model = make(metrics=["accuracy"])
    assert model.evaluate(Frame(x), Frame(y), verbose=0) == model.evaluate(x, y, verbose=0)


def test_accuracy_is_resolved_by_shapes(make: Any, data: Data) -> None:
    x, y = data
    sparse = make(metrics=["accuracy"])
    categorical = make(loss="categorical_crossentropy", metrics=["acc"])
    binary = make(loss="binary_crossentropy", units=1, activation="sigmoid", metrics=["Accuracy"])
    for model in (sparse, categorical, binary):
        model.fit(x, np.eye(3)[y] if model is categorical else y if model is sparse else y > 0, verbose=0)
    assert [type(m.metrics[1]).__name__ for m in (sparse, categorical, binary)] == [
        "SparseCategoricalAccuracy",
        "CategoricalAccuracy",
        "BinaryAccuracy",
    ]
    assert [m.metrics_names[1] for m in (sparse, categorical, binary)] == ["accuracy", "acc", "Accuracy"]


def test_keys_of_repeated_metrics(make: Any, data: Data) -> None:
    x, y = data
    model = make(loss="mse", metrics=["mae", "mae"], weighted_metrics=["mae", "mse"])
    logs = model.evaluate(x, np.eye(3)[y], verbose=0, return_dict=True)
    assert list(logs) == ["loss", "mae", "mae_1", "mse", "weighted_mae"]


def test_metric_objects_show_the_last_result(make: Any, data: Data) -> None:
    accuracy = keras.metrics.SparseCategoricalAccuracy()
    model = make(metrics=[accuracy])
    history = model.fit(*data, verbose=0).history
    assert accuracy.result() == np.float32(history["sparse_categorical_accuracy"][0])
    model.reset_metrics()
    assert accuracy.result() == 0.0


def test_evaluate_returns_what_was_asked_for(make: Any, data: Data) -> None:
    alone, more = make(), make(metrics=["accuracy"])
    assert isinstance(alone.evaluate(*data, verbose=0), float)
    values = more.evaluate(*data, verbose=0)
    named = more.evaluate(*data, verbose=0, return_dict=True)
    assert values == [named["loss"], named["accuracy"]]
    assert values == pytest.approx(more.test_on_batch(*data))


def test_evaluate_and_predict_on_some_steps(make: Any, data: Data) -> None:
    x, y = data
    model = make()
    assert model.evaluate(x, y, batch_size=8, steps=2, verbose=0) == model.evaluate(x[:16], y[:16], 8, verbose=0)
    assert model.predict(x, batch_size=8, steps=2, verbose=0).shape == (16, 3)
    with pytest.warns(UserWarning, match="Your input ran out of data: 50 samples are 7 batches of 8, fewer than the 9"):
        model.evaluate(x, y, batch_size=8, steps=9, verbose=0)


def test_predictions_are_float32_rows(make: Any, data: Data) -> None:
    x, _ = data
    model = make()
    predicted = model.predict(x, batch_size=7, verbose=0)
    assert predicted.dtype == np.float32
    np.testing.assert_allclose(predicted.sum(axis=1), 1.0, rtol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(x), predicted, rtol=1e-6)
    assert model.predict(x[:0], verbose=0).shape == (0, 3)


def test_train_on_batch_is_a_step_of_fit(make: Any, data: Data) -> None:
    x, y = data
    fitted, stepped = make(optimizer="adam", metrics=["accuracy"]), make(optimizer="adam", metrics=["accuracy"])
    stepped.set_weights(fitted.get_weights())
    fitted.fit(x[:32], y[:32], shuffle=False, verbose=0)
    before = stepped.test_on_batch(x[:32], y[:32])
    assert stepped.train_on_batch(x[:32], y[:32]) == before
    for a, b in zip(fitted.get_weights(), stepped.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert int(stepped.optimizer.iterations) == 1


def test_a_sequential_without_input_is_built_by_fit(data: Data) -> None:
    x, y = data
    model = keras.Sequential([keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    model.fit(x, y, verbose=0)
    assert model.weights[0].shape == (6, 3)


def _two_outputs(**options: Any) -> Any:
    x = keras.Input(shape=(6,))
    model = keras.Model(x, [keras.layers.Dense(2, name="a")(x), keras.layers.Dense(1, name="b")(x)])
    model.compile(**options)
    return model


def test_several_outputs(data: Data) -> None:
    x, y = data
    ys = [x[:, :2], y.astype("float32")]
    model = _two_outputs(loss="mse", metrics=[["mae"], ["mse", "mae"]], loss_weights=[2.0, 0.5])
    logs = model.evaluate(x, ys, verbose=0, return_dict=True)
    assert list(logs) == ["a_loss", "a_mae", "b_loss", "b_mae", "b_mse", "loss"]
    assert logs["loss"] == pytest.approx(2.0 * logs["a_loss"] + 0.5 * logs["b_loss"])
    listed = model.evaluate(x, ys, verbose=0)
    assert listed == [logs[name] for name in ("loss", "a_loss", "b_loss", "a_mae", "b_mae", "b_mse")]
    assert [p.shape for p in model.predict(x, verbose=0)] == [(50, 2), (50, 1)]


def test_several_outputs_by_name_agree_with_those_by_order(data: Data) -> None:
    x, y = data
    by_name = _two_outputs(loss={"b": "mae", "a": "mse"}, metrics={"b": "mae"}, loss_weights={"a": 2.0, "b": 1.0})
    by_order = _two_outputs(loss=["mse", "mae"], metrics=[[], ["mae"]], loss_weights=[2.0, 1.0])
    by_order.set_weights(by_name.get_weights())
    logs = by_name.evaluate(x, {"b": y, "a": x[:, :2]}, verbose=0, return_dict=True)
    assert logs == by_order.evaluate(x, [x[:, :2], y], verbose=0, return_dict=True)


def test_an_output_without_a_loss(data: Data) -> None:
    x, y = data
    model = _two_outputs(loss=["mse", None])
    start = model.get_layer("b").get_weights()
    assert list(model.fit(x, [x[:, :2], y], verbose=0).history) == ["loss"]
    np.testing.assert_array_equal(model.get_layer("b").get_weights()[0], start[0])


def test_losses_and_metrics_must_fit_the_outputs(data: Data) -> None:
    x, y = data
    ys = [x[:, :2], y]
    with pytest.raises(ValueError, match=r"Expected keys \['a', 'b'\] in loss dict"):
        _two_outputs(loss={"a": "mse"}).evaluate(x, ys)
    with pytest.raises(ValueError, match="Invalid `metrics`"):
        _two_outputs(loss="mse", metrics=["mae"]).evaluate(x, ys)
    with pytest.raises(ValueError, match="`class_weight` is only supported for Models with a single output"):
        _two_outputs(loss="mse").fit(x, ys, class_weight={0: 1.0})


def test_layers_shared_by_two_models_follow_whoever_runs(data: Data) -> None:
    x, y = data
    shared = keras.layers.Dense(3, "softmax", name="shared")
    models = []
    for _ in range(2):
        inputs = keras.Input(shape=(6,))
        model = keras.Model(inputs, shared(keras.layers.Dense(6)(inputs)))
        model.compile("sgd", loss="sparse_categorical_crossentropy")
        models.append(model)
    models[0].fit(x, y, verbose=0)
    after_first = shared.get_weights()[0]
    models[1].fit(x, y, verbose=0)
    after_second = shared.get_weights()[0]
    assert not np.array_equal(after_first, after_second)
    models[0].evaluate(x, y, verbose=0)
    np.testing.assert_array_equal(shared.get_weights()[0], after_second)
    np.testing.assert_array_equal(models[0].get_layer("shared").get_weights()[0], after_second)


def test_frozen_layers_stay(make: Any, data: Data) -> None:
    model = make()
    model.layers[0].trainable = False
    model.compile("adam", loss="sparse_categorical_crossentropy")
    start = model.get_weights()
    model.fit(*data, verbose=0)
    changed = [not np.array_equal(a, b) for a, b in zip(start, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True]
    assert len(model.optimizer.variables) == 2 + 4
