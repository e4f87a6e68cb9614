from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.callbacks import Callback, CallbackList, LambdaCallback

from .conftest import Data

HOOKS = [name for name in vars(Callback) if name.startswith("on_")]


class Record(Callback):
    """Every hook's name and first argument; without super().__init__(), as users write them."""

    def __init__(self, hooks: list[str]) -> None:
        self.calls: list[tuple[str, Any]] = []
        self.logs: list[dict[str, Any]] = []
        for hook in hooks:
            setattr(self, hook, self._hook(hook))

    def _hook(self, hook: str) -> Any:
        def call(*arguments: Any, logs: Any = None) -> None:
            numbers = [a for a in arguments if isinstance(a, int)]
            self.calls.append((hook, *numbers))
            self.logs.append(logs if logs is not None else next((a for a in arguments if isinstance(a, dict)), {}))

        return call


def test_hooks_come_in_keras_order(make: Any, data: Data) -> None:
    x, y = data
    record = Record([hook for hook in HOOKS if hook not in ("on_batch_begin", "on_batch_end")])
    make().fit(x, y, epochs=2, batch_size=25, validation_data=(x[:10], y[:10]), callbacks=[record], verbose=0)
    epoch = [
        *(("on_train_batch_begin", 0), ("on_train_batch_end", 0)),
        *(("on_train_batch_begin", 1), ("on_train_batch_end", 1)),
        *(("on_test_begin",), ("on_test_batch_begin", 0), ("on_test_batch_end", 0), ("on_test_end",)),
    ]
    assert record.calls == [
        ("on_train_begin",),
        *(("on_epoch_begin", 0), *epoch, ("on_epoch_end", 0)),
        *(("on_epoch_begin", 1), *epoch, ("on_epoch_end", 1)),
        ("on_train_end",),
    ]


def test_older_batch_hooks_are_called_too(make: Any, data: Data) -> None:
    record = Record(["on_batch_begin", "on_batch_end"])
    make().fit(*data, batch_size=25, callbacks=record, verbose=0)
    assert record.calls == [("on_batch_begin", 0), ("on_batch_end", 0), ("on_batch_begin", 1), ("on_batch_end", 1)]


def test_predict_hands_out_each_batch(make: Any, data: Data) -> None:
    model, record = make(), Record(["on_predict_begin", "on_predict_batch_end", "on_predict_end"])
    predicted = model.predict(data[0], batch_size=20, callbacks=[record], verbose=0)
    assert [call[0] for call in record.calls] == ["on_predict_begin", *["on_predict_batch_end"] * 3, "on_predict_end"]
    np.testing.assert_array_equal(np.concatenate([logs["outputs"] for logs in record.logs[1:-1]]), predicted)


def test_training_batch_by_batch_gives_the_same_bits(make: Any, data: Data) -> None:
    start = make().get_weights()
    results = []
    for callbacks in ([], [Record(["on_train_batch_end", "on_test_batch_end"])]):
        model = make(optimizer="adam", metrics=["accuracy"])
        model.set_weights(start)
        keras.utils.set_random_seed(4)
        history = model.fit(*data, epochs=2, validation_split=0.3, batch_size=8, callbacks=callbacks, verbose=0).history
        results.append((history, [w.tobytes() for w in model.get_weights()]))
    assert results[0] == results[1]


def test_batch_logs_are_running_means(make: Any, data: Data) -> None:
    x, y = data
    record = Record(["on_test_batch_end"])
    model = make(metrics=["accuracy"])
    whole = model.evaluate(x, y, batch_size=20, callbacks=[record], verbose=0, return_dict=True)
    assert record.logs[0] == model.evaluate(x[:20], y[:20], verbose=0, batch_size=20, return_dict=True)
    assert record.logs[-1] == whole


def test_steps_per_execution_spaces_the_batch_hooks(make: Any, data: Data) -> None:
    record = Record(["on_train_batch_begin", "on_train_batch_end"])
    model = make(steps_per_execution=3)
    model.fit(*data, batch_size=10, callbacks=[record], verbose=0)
    assert [call[1] for call in record.calls] == [0, 2, 3, 5]
    assert int(model.optimizer.iterations) == 5


def test_stop_training(make: Any, data: Data) -> None:
    model = make()

    def stop(*_: Any, **__: Any) -> None:
        model.stop_training = True

    assert model.fit(*data, epochs=5, callbacks=[LambdaCallback(on_epoch_end=stop)], verbose=0).epoch == [0]
    assert model.fit(*data, epochs=2, verbose=0).epoch == [0, 1]
    before = int(model.optimizer.iterations)
    model.fit(*data, epochs=5, batch_size=5, callbacks=[LambdaCallback(on_train_batch_end=stop)], verbose=0)
    assert int(model.optimizer.iterations) == before + 1


@pytest.mark.parametrize("hook", ["on_epoch_begin", "on_train_batch_begin"])
def test_callbacks_set_the_learning_rate(hook: str, make: Any, data: Data) -> None:
    model = make(optimizer=keras.optimizers.SGD(0.5))
    start = model.get_weights()

    def freeze(*_: Any, **__: Any) -> None:
        model.optimizer.learning_rate = 0.0

    model.fit(*data, callbacks=[LambdaCallback(**{hook: freeze})], verbose=0)
    for a, b in zip(start, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_callbacks_may_use_the_model(make: Any, data: Data) -> None:
    x, y = data
    start = make().get_weights()
    weights = []

    class Predict(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            assert self.model.predict(x, verbose=0).shape == (50, 3)

    for callbacks in ([], [Predict()]):
        model = make(optimizer="adam")
        model.set_weights(start)
        keras.utils.set_random_seed(4)
        model.fit(x, y, epochs=3, callbacks=callbacks, verbose=0)
        weights.append([w.tobytes() for w in model.get_weights()])
    assert weights[0] == weights[1]


def test_hooks_are_given_a_dict_where_there_are_no_logs(make: Any, data: Data) -> None:
    seen: dict[str, Any] = {}
    names = [f"on_{phase}_{edge}" for phase in ("train", "test", "predict") for edge in ("begin", "end")]
    names += ["on_epoch_begin", "on_train_batch_begin", "on_test_batch_begin", "on_predict_batch_begin"]

    def noting(name: str) -> Any:
        return lambda *given, **named: seen.update({name: named.get("logs", given[-1])})

    watching = Callback()
    for name in names:
        setattr(watching, name, noting(name))
    model = make()
    model.fit(*data, epochs=1, callbacks=[watching], validation_split=0.2, verbose=0)
    model.predict(data[0], callbacks=[watching], verbose=0)
    assert set(seen) == set(names) and all(isinstance(logs, dict) for logs in seen.values())


def test_what_a_callback_adds_to_the_logs_is_kept_and_comes_last(make: Any, data: Data) -> None:
    class Add(Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["a_rate"] = 0.5

    history = make(metrics=["accuracy"]).fit(*data, callbacks=[Add()], validation_split=0.2, verbose=0).history
    assert list(history) == ["accuracy", "loss", "val_accuracy", "val_loss", "a_rate"]


@pytest.mark.parametrize("hook", ["on_train_batch_end", "on_epoch_end", "on_test_batch_end"])
def test_an_interrupt_leaves_a_usable_model(hook: str, make: Any, data: Data) -> None:
    x, y = data
    model = make(optimizer="adam")
    ended = Record(["on_train_end"])
    calls = []

    def interrupt(*arguments: Any, **_: Any) -> None:
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt

    callbacks = [LambdaCallback(**{hook: interrupt}), ended]
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, epochs=9, batch_size=10, validation_data=(x[:5], y[:5]), callbacks=callbacks, verbose=0)
    steps = int(model.optimizer.iterations)
    assert steps == {"on_train_batch_end": 3, "on_epoch_end": 15, "on_test_batch_end": 15}[hook]
    assert len(model.history.history.get("loss", [])) == {"on_train_batch_end": 0}.get(hook, 2)
    assert not ended.calls
    model.fit(x, y, batch_size=10, verbose=0)
    assert int(model.optimizer.iterations) == steps + 5


def test_an_interrupt_within_an_epoch_leaves_whole_steps(
    make: Any, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    x, y = data
    model = make(optimizer="adam")

    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(CallbackList, "on_progress", interrupt)
    with pytest.raises(KeyboardInterrupt):
        model.fit(x, y, batch_size=5, shuffle=False)
    done = int(model.optimizer.iterations)
    assert 1 <= done <= 10
    monkeypatch.undo()
    keras.utils.set_random_seed(11)
    twin = make(optimizer="adam")
    twin.fit(x[: 5 * done], y[: 5 * done], batch_size=5, shuffle=False, verbose=0)
    for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_lambda_callback_knows_its_hooks() -> None:
    with pytest.raises(TypeError, match="Did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_ends=print)
    with pytest.raises(TypeError, match="takes functions"):
        LambdaCallback(on_epoch_end=3)  # type: ignore[arg-type]


def test_a_callback_list_may_be_passed(make: Any, data: Data) -> None:
    record = Record(["on_epoch_end"])
    model = make()
    callbacks = CallbackList([[record]], add_history=True, model=model, verbose=0, epochs=1, steps=2)
    model.fit(*data, callbacks=callbacks)
    assert record.calls == [("on_epoch_end", 0)]
    assert model.history.epoch == [0]
