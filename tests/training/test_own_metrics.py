"""A model's own ``compute_metrics``, and the metrics that it holds."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers, ops

rng = np.random.default_rng(5)
X = rng.normal(size=(50, 5))
Y = (X[:, :1] > 0.0).astype("int64")


class Judged(keras.Sequential):
    """Precision by a metric that it holds, and a number beside; it remembers what it was shown."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.precision = keras.metrics.Precision(name="precision")
        self.shown: list[Any] = []

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        self.shown.append((x, y, y_pred, sample_weight))
        results = super().compute_metrics(x, y, y_pred, sample_weight)
        self.precision.update_state(y, y_pred)
        return {**results, "precision": self.precision.result(), "twice": results["accuracy"] * 2.0}


def network(kind: Any = Judged, **compiled: Any) -> Any:
    keras.utils.set_random_seed(3)
    model = kind([keras.Input((5,)), layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy", **({"metrics": ["accuracy"]} | compiled))
    return model


def test_it_is_shown_every_batch() -> None:
    model = network()
    history = model.fit(X, Y, batch_size=16, epochs=2, validation_split=0.2, shuffle=False, verbose=0).history
    assert [len(x) for x, *_ in model.shown] == 2 * [16, 16, 8, 10]
    x, y, y_pred, weight = model.shown[0]
    assert (x.dtype, y.dtype, y_pred.dtype, weight) == (np.float32, np.int64, np.float32, None)
    np.testing.assert_array_equal(x, X[:16].astype("float32"))
    np.testing.assert_array_equal(y, Y[:16])
    names = ["accuracy", "loss", "precision", "twice"]
    assert sorted(history) == [*names, *(f"val_{name}" for name in names)]
    np.testing.assert_allclose(history["twice"], 2.0 * np.array(history["accuracy"]), rtol=1e-6)


def test_its_numbers_are_those_of_a_model_without_it() -> None:
    plain, judged = network(keras.Sequential), network()
    how: dict[str, Any] = {"batch_size": 16, "epochs": 2, "verbose": 0, "class_weight": {0: 1.0, 1: 2.0}}
    histories = []
    for model in (plain, judged):
        keras.utils.set_random_seed(7)
        histories.append(model.fit(X, Y, **how).history)
    assert all(len(weight) == len(x) for x, _, _, weight in judged.shown)
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, rtol=1e-6)
    for mine, other in zip(plain.get_weights(), judged.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_shuffled_rows_come_as_they_were_trained_on() -> None:
    model = network()
    model.fit(X, Y, batch_size=16, verbose=0)
    x = np.concatenate([shown[0] for shown in model.shown])
    y = np.concatenate([shown[1] for shown in model.shown])
    assert not np.array_equal(x, X.astype("float32"))
    np.testing.assert_array_equal(np.sort(x, axis=0), np.sort(X.astype("float32"), axis=0))
    np.testing.assert_array_equal(y, x[:, :1] > 0.0)


def test_logs_of_batches_and_callbacks() -> None:
    class Logs(keras.callbacks.Callback):
        def __init__(self) -> None:
            super().__init__()
            self.names: set[tuple[str, ...]] = set()

        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            self.names.add(tuple(logs))

    seen, stopping = Logs(), keras.callbacks.EarlyStopping("val_twice", mode="min", patience=0, baseline=-1.0)
    history = network().fit(X, Y, epochs=9, validation_data=(X, Y), verbose=0, callbacks=[seen, stopping])
    assert seen.names == {("accuracy", "loss", "precision", "twice")}
    assert len(history.history["loss"]) == 2


def test_evaluate_and_the_steps_of_ones_own_loop() -> None:
    model = network()
    model.build((None, 5))
    found = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert list(found) == ["accuracy", "loss", "precision", "twice"]
    names = ["loss", "accuracy", "precision", "twice"]
    assert model.evaluate(X, Y, verbose=0) == [found[name] for name in names]
    assert model.test_on_batch(X, Y, return_dict=True).keys() == found.keys()
    assert list(model.train_on_batch(X, Y, return_dict=True)) == list(found)
    assert model.metrics_names == ["loss", "accuracy", "precision"]
    model.reset_metrics()
    assert all(float(value) == 0.0 for value in model.get_metrics_result().values())


def test_generators_of_batches() -> None:
    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        while True:
            yield X[:10], Y[:10]

    history = network().fit(batches(), steps_per_epoch=3, epochs=2, verbose=0).history
    assert len(history["twice"]) == 2


def test_several_ends_come_nested_as_the_model_has_them() -> None:
    shown = []

    class Two(keras.Model):
        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            shown.append((x, y, y_pred, sample_weight))
            return super().compute_metrics(x, y, y_pred, sample_weight)

    inputs = {"a": keras.Input((5,), name="a"), "b": keras.Input((5,), name="b")}
    p, q = (layers.Dense(1, name=name)(inputs[of]) for name, of in (("p", "a"), ("q", "b")))
    model = Two(inputs, [p, q])
    model.compile("sgd", ["mse", "mae"], metrics=[["mae"], ["mse"]], weighted_metrics=[[], ["mae"]])
    weights = [np.linspace(0.0, 1.0, 50), np.ones(50)]
    logs = model.fit({"a": X, "b": -X}, [Y, -Y], sample_weight=weights, batch_size=50, shuffle=False, verbose=0).history
    assert sorted(logs) == ["loss", "p_loss", "p_mae", "q_loss", "q_mae", "q_mse"]
    x, y, y_pred, weight = shown[0]
    assert list(x) == ["a", "b"] and [len(each) for each in (y, y_pred, weight)] == [2, 2, 2]
    np.testing.assert_array_equal(y[1], -Y)
    np.testing.assert_allclose(weight[0], weights[0], rtol=1e-6)
    assert logs["p_mae"][0] == pytest.approx(float(np.abs(Y - y_pred[0]).mean()), rel=1e-5)


def test_it_may_be_called_before_and_after_training() -> None:
    model = network(keras.Sequential)
    predictions = model(X)
    before = model.compute_metrics(X, Y, predictions)
    assert list(before) == ["loss", "accuracy"]
    right = float(np.mean((np.asarray(predictions) > 0.5) == Y))
    assert float(before["accuracy"]) == pytest.approx(right, rel=1e-6)
    model.fit(X, Y, verbose=0)
    model.reset_metrics()
    after = model.compute_metrics(X, Y, model(X))
    assert float(after["accuracy"]) == pytest.approx(model.evaluate(X, Y, verbose=0)[1], rel=1e-6)
    with pytest.raises(ValueError, match=r"You must call `compile\(\)`"):
        keras.Sequential([keras.Input((5,)), layers.Dense(1)]).compute_metrics(X, Y, predictions)


def test_metrics_that_a_model_holds() -> None:
    class Holding(keras.Sequential):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.of_dict = {"one": keras.metrics.Mean(name="one")}
            self.again = self.of_dict["one"]

    model = network(Holding)
    assert [metric.name for metric in model.metrics] == ["loss", "one"]
    model.again.update_state(3.0)
    history = model.fit(X, Y, verbose=0).history
    assert sorted(history) == ["accuracy", "loss", "one"] and history["one"] == [0.0]
    assert [metric.name for metric in model.metrics] == ["loss", "accuracy", "one"]


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_files_and_copies(tmp_path: Path, ending: str) -> None:
    model, path = network(), tmp_path / f"m.{ending}"
    model.fit(X, Y, verbose=0)
    model.save(path)
    right = model.evaluate(X, Y, verbose=0)
    for twin in (keras.models.load_model(path, custom_objects={"Judged": Judged}), copy.deepcopy(model)):
        assert isinstance(twin, Judged)
        np.testing.assert_allclose(twin.evaluate(X, Y, verbose=0), right, rtol=1e-6)
        assert twin.precision is not model.precision


def test_what_it_returns_must_be_a_dict() -> None:
    class Lone(keras.Sequential):
        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> Any:
            return ops.mean(y_pred)

    with pytest.raises(ValueError, match=r"Lone\.compute_metrics\(\) must return a dict from names to values"):
        network(Lone).fit(X, Y, verbose=0)
