"""The short way of predictions: taken where nothing has changed, and never where anything has."""

from __future__ import annotations

import copy
import inspect
import pickle
import threading

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.ops.tensor import Tensor

pytest.importorskip("denim.engines.native", reason="the native engine is not built")


@pytest.fixture(autouse=True)
def on_native(fresh_session: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DENIM_ENGINE", raising=False)
    keras.config.set_engine(None)


@pytest.fixture
def model() -> keras.Sequential:
    keras.utils.set_random_seed(1)  # so that some unit is active
    return keras.Sequential([layers.Input((6,)), layers.Dense(5, activation="relu"), layers.Dense(3)])


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).random((1, 6)).astype("float32")


def short(model: keras.Model, x: object) -> np.ndarray | None:
    return model._execution.predict_few(model._graph, x)


def short_call(model: keras.Model, x: object) -> np.ndarray | None:
    return model._execution.call_few(model._graph, x)


def ordinary(model: keras.Model, x: np.ndarray) -> np.ndarray:
    """More rows than the short way takes."""
    return model.predict(np.resize(x, (80, *x.shape[1:])), verbose=0)[: len(x)]


def test_the_second_prediction_takes_it(model, x):
    assert short(model, x) is None
    first = model.predict(x, verbose=0)
    assert short(model, x).tobytes() == first.tobytes() == ordinary(model, x).tobytes()
    assert model.predict(x, verbose=0).tobytes() == first.tobytes()
    assert model.predict(x, 1, 0).tobytes() == first.tobytes()
    assert model.predict_on_batch(x).tobytes() == first.tobytes()
    assert model(x).tobytes() == first.tobytes()
    assert model(x, training=True).tobytes() == first.tobytes()


def test_the_second_call_takes_one_of_its_own(model, x):
    assert short_call(model, x) is None
    first = model(x)
    assert short(model, x) is None
    assert short_call(model, x).tobytes() == first.tobytes() == model.predict(x, verbose=0).tobytes()
    second = model(x)
    assert type(first) is type(second) is type(short_call(model, x)) is Tensor
    assert second.tobytes() == model(x, training=False).tobytes() == first.tobytes()
    assert type(model.predict(x, verbose=0)) is type(model.predict_on_batch(x)) is np.ndarray


def test_a_call_ahead_of_a_prediction_hides_no_step_of_ones_own(x):
    class Own(keras.Sequential):
        def predict_step(self, data):
            return super().predict_step(data)

    model = Own([layers.Input((6,)), layers.Dense(3)])
    model(x)
    model(x)
    for _ in range(2):
        with pytest.raises(NotImplementedError, match="predict_step"):
            model.predict(x, verbose=0)
        with pytest.raises(NotImplementedError, match="predict_step"):
            model.predict_on_batch(x)


def test_a_predict_of_ones_own_is_called_each_time(x):
    class Own(keras.Sequential):
        calls = 0

        def predict(self, *args, **kwargs):
            self.calls += 1
            return super().predict(*args, **kwargs) * 2

    model = Own([layers.Input((6,)), layers.Dense(3)])
    want = 2 * np.asarray(model(x))
    for calls in (1, 2, 3):
        assert np.array_equal(model.predict(x, verbose=0), want)
        assert model.calls == calls


def test_a_prediction_does_not_stay_stopped(model, x):
    for _ in range(2):
        model.stop_predicting = True
        model.predict(x, verbose=0)
        assert model.stop_predicting is False
    model.stop_predicting = True
    model.predict_on_batch(x)
    assert model.stop_predicting is False


def test_a_list_of_one_output_is_its_array(x):
    entry = layers.Input((6,))
    model = keras.Model(entry, [layers.Dense(2)(entry)])
    first = model(x)
    assert short_call(model, x) is not None
    assert np.array_equal(model(x), first)
    for _ in range(2):
        assert np.array_equal(model.predict(x, verbose=0), first)
    assert short(model, x) is not None


def test_a_dict_of_one_output_stays_one(x):
    entry = layers.Input((6,))
    model = keras.Model(entry, {"out": layers.Dense(2)(entry)})
    first = model(x)
    assert short_call(model, x) is not None
    assert np.array_equal(model(x)["out"], first["out"])
    for _ in range(2):
        assert np.array_equal(model.predict(x, verbose=0)["out"], first["out"])
    assert short(model, x) is not None
    assert np.array_equal(model.predict_on_batch(x)["out"], first["out"])


def test_weights_changed_in_place_count(model, x):
    before = model.predict(x, verbose=0)
    kernel = model.layers[0].kernel
    kernel.value[...] *= 2
    assert not np.array_equal(model.predict(x, verbose=0), before)
    kernel.assign(kernel.value / 2)
    assert np.array_equal(model.predict(x, verbose=0), before)
    model.set_weights([w * 0 for w in model.get_weights()])
    assert not model.predict(x, verbose=0).any()


def test_training_counts(model, x):
    before = model.predict(x, verbose=0)
    model.compile("sgd", "mse")
    model.fit(np.resize(x, (8, 6)), np.ones((8, 3)), verbose=0)
    assert not np.array_equal(model.predict(x, verbose=0), before)
    assert np.array_equal(model.predict(x, verbose=0), ordinary(model, x))


def test_a_layer_that_moved_to_another_model_is_followed(model, x):
    model.predict(x, verbose=0)
    other = keras.Sequential([layers.Input((6,)), model.layers[0]])
    other.predict(x, verbose=0)
    assert short(model, x) is None
    model.layers[0].kernel.assign(np.ones((6, 5)))
    want = np.maximum(x @ np.ones((6, 5)), 0) @ model.layers[1].kernel.value
    np.testing.assert_allclose(model.predict(x, verbose=0), want, rtol=1e-5)
    assert short(model, x) is not None
    np.testing.assert_allclose(other.predict(x, verbose=0), x @ np.ones((6, 5)), rtol=1e-5)


def test_another_structure_is_followed(model, x):
    before = model.predict(x, verbose=0)
    model.add(layers.Activation("softmax"))
    after = model.predict(x, verbose=0)
    assert after.sum() == pytest.approx(1.0)
    model.pop()
    assert np.array_equal(model.predict(x, verbose=0), before)


def test_a_changed_model_within_is_followed(model, x):
    outer = keras.Sequential([layers.Input((6,)), model, layers.ReLU()])
    outer.predict(x, verbose=0)
    assert short(outer, x) is None


def test_an_adapted_normalization_is_followed(x):
    scale = layers.Normalization()
    scale.adapt(np.random.default_rng(1).random((9, 6)))
    model = keras.Sequential([layers.Input((6,)), scale, layers.Dense(2)])
    before = model.predict(x, verbose=0)
    assert np.array_equal(short(model, x), before)
    scale.adapt(np.random.default_rng(2).random((9, 6)) * 5)
    assert short(model, x) is None
    after = model.predict(x, verbose=0)
    assert not np.array_equal(after, before)
    assert np.array_equal(short(model, x), after)


def test_flags_change_no_prediction(x):
    norm = layers.BatchNormalization()
    model = keras.Sequential([layers.Input((6,)), layers.Dense(4), norm, layers.Dropout(0.5), layers.Dense(2)])
    norm.build((None, 4))
    norm.moving_mean.assign(np.arange(4.0))
    before = model.predict(x, verbose=0)
    model.trainable = False
    assert np.array_equal(short(model, x), before)
    assert np.array_equal(ordinary(model, x), before)


def test_another_engine_is_followed(model, x, monkeypatch):
    model.predict(x, verbose=0)
    keras.config.set_engine("reference")
    assert short(model, x) is None
    model.predict(x, verbose=0)
    assert short(model, x) is None
    keras.config.set_engine(None)
    model.predict(x, verbose=0)
    assert short(model, x) is not None
    monkeypatch.setenv("DENIM_ENGINE", "nobody")
    with pytest.raises(ValueError, match="DENIM_ENGINE takes one of"):
        model.predict(x, verbose=0)


@pytest.mark.parametrize("name, value", [("DENIM_ISA", "mmx"), ("DENIM_NUM_THREADS", "none")])
def test_settings_are_still_checked(model, x, monkeypatch, name, value):
    model.predict(x, verbose=0)
    monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=name):
        model.predict(x, verbose=0)


def test_arguments_are_still_checked(model, x, capsys):
    model.predict(x, verbose=0)
    for wrong in ({"batch_size": 0}, {"batch_size": True}, {"batch_size": 1.5}, {"steps": 0}, {"verbose": 3}):
        with pytest.raises(ValueError):
            model.predict(x, **{"verbose": 0} | wrong)
    for verbose in ({}, {"verbose": 0}):
        with pytest.raises(TypeError, match=r"^predict\(\) got an unexpected keyword argument 'batchsize'.*batch_size"):
            model.predict(x, batchsize=1, **verbose)
    with pytest.raises(TypeError, match=r"predict\(\) missing 1 required positional argument: 'x'"):
        model.predict(verbose=0)
    with pytest.raises(TypeError, match=r"predict\(\) takes from 2 to 6 positional arguments but 7 were given"):
        model.predict(x, 1, 0, None, None, None)
    assert list(inspect.signature(model.predict).parameters) == ["x", "batch_size", "verbose", "steps", "callbacks"]
    with pytest.raises(ValueError, match="incompatible"):
        model.predict(x[:, :5], verbose=0)
    with pytest.raises(ValueError, match="expected shape"):
        model(x[:, :5])
    assert capsys.readouterr().out == ""
    model.predict(x)
    assert "1/1" in capsys.readouterr().out


def test_callbacks_are_still_called(model, x):
    model.predict(x, verbose=0)
    seen = []
    hook = keras.callbacks.LambdaCallback()
    hook.on_predict_batch_end = lambda batch, logs=None: seen.append((batch, logs["outputs"]))
    model.predict(x, verbose=0, callbacks=[hook])
    assert len(seen) == 1


def test_nothing_is_kept_in_copies(model, x):
    before = model.predict(x, verbose=0)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert short(other, x) is None
        assert np.array_equal(other.predict(x, verbose=0), before)
        other.layers[0].kernel.value[...] = 0
        assert not np.array_equal(other.predict(x, verbose=0), before)
    assert np.array_equal(model.predict(x, verbose=0), before)


def test_several_threads_predict_at_once(model):
    rows = np.random.default_rng(0).random((64, 6)).astype("float32")
    want = model.predict(rows, verbose=0)
    model.predict(rows[:1], verbose=0)
    wrong: list[int] = []

    def serve(start: int) -> None:
        for i in range(start, 64):
            size = 80 if i % 7 == 0 else 1  # the ordinary way in between
            part = np.resize(rows[i : i + 1], (size, 6))
            if model.predict(part, verbose=0)[0].tobytes() != want[i].tobytes():
                wrong.append(i)

    workers = [threading.Thread(target=serve, args=(i,)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert wrong == []
