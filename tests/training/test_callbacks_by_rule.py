"""What is denim's own in the callbacks that stop, save and schedule; tests/golden compares their rules with Keras's."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.callbacks import (
    Callback,
    CSVLogger,
    EarlyStopping,
    LambdaCallback,
    LearningRateScheduler,
    ModelCheckpoint,
    ReduceLROnPlateau,
    TerminateOnNaN,
)
from denim.models.execution import Execution

from .conftest import Data


class ByBatches(Callback):
    """Makes training go batch by batch."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        pass


def _diverging(data: Data) -> Data:
    """Targets of which the one of row 23 is too large for its loss to be a number."""
    targets = np.zeros((50, 3))
    targets[23] = 1e30
    return data[0], targets


def _fit_to_nan(make: Any, data: Data, shuffle: bool, *more: Callback) -> tuple[Any, ...]:
    keras.utils.set_random_seed(8)
    model = make(loss="mse", activation="linear", optimizer="adam", metrics=["mae"])
    fitted = model.fit(
        *_diverging(data), batch_size=4, epochs=3, shuffle=shuffle, verbose=0, callbacks=[TerminateOnNaN(), *more]
    )
    variables = [*model.weights, *model.optimizer.variables]
    return repr(fitted.history), fitted.epoch, [v.numpy().tobytes() for v in variables]


@pytest.mark.parametrize("shuffle", [False, True])
def test_nan_stops_at_the_same_batch_with_the_same_bits_as_batch_by_batch(
    shuffle: bool, make: Any, data: Data, capsys: pytest.CaptureFixture[str]
) -> None:
    at_once = _fit_to_nan(make, data, shuffle)
    assert _fit_to_nan(make, data, shuffle, ByBatches()) == at_once
    first, second = capsys.readouterr().out.splitlines()
    assert first == second
    assert first.endswith(": Invalid loss, terminating training")
    assert at_once[1] == [0]


def test_watching_for_nan_leaves_a_good_epoch_one_call(make: Any, data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []
    train = Execution.train

    def noted(self: Execution, *arguments: Any, **stretch: Any) -> Any:
        calls.append((stretch["first_step"], stretch["last_step"]))
        return train(self, *arguments, **stretch)

    monkeypatch.setattr(Execution, "train", noted)
    make().fit(*data, batch_size=10, epochs=2, verbose=0, callbacks=[TerminateOnNaN(), EarlyStopping("loss")])
    assert calls == [(0, 5), (0, 5)]


def test_restored_weights_are_those_of_the_best_epoch(make: Any, data: Data) -> None:
    weights: list[list[np.ndarray]] = []
    model = make(optimizer=keras.optimizers.SGD(3.0))
    note = LambdaCallback(on_epoch_end=lambda epoch, logs: weights.append(model.get_weights()))
    stop = EarlyStopping(patience=2, restore_best_weights=True)
    fitted = model.fit(*data, epochs=30, validation_split=0.4, verbose=0, callbacks=[note, stop])
    losses = fitted.history["val_loss"]
    assert stop.best_epoch == int(np.argmin(losses)) < len(losses) - 1
    for kept, best in zip(model.get_weights(), weights[stop.best_epoch], strict=True):
        np.testing.assert_array_equal(kept, best)


@pytest.mark.parametrize(
    "kind", [EarlyStopping, ReduceLROnPlateau, lambda monitor: ModelCheckpoint("m.keras", monitor)]
)
def test_a_misspelt_monitor_is_named(make: Any, data: Data, kind: Any) -> None:
    with pytest.raises(ValueError) as caught:
        make(metrics=["accuracy"]).fit(*data, validation_split=0.2, verbose=0, callbacks=[kind("val_acc")])
    rate = ", learning_rate" if kind is ReduceLROnPlateau else ""
    assert str(caught.value).partition(" ")[2] == (
        "received monitor=val_acc, which is not in the logs. "
        f"Available: accuracy, loss, val_accuracy, val_loss{rate}. Did you mean 'val_accuracy'?"
    )


def test_a_monitor_with_a_mode_is_hinted_at_too(make: Any, data: Data) -> None:
    for callback in (
        EarlyStopping("acc", mode="max"),
        ReduceLROnPlateau("acc", mode="max"),
        ModelCheckpoint("m.keras", "acc", mode="max", save_best_only=True),
    ):
        model = make(metrics=["accuracy"])
        model.save = lambda *_, **__: None
        with pytest.warns(UserWarning, match=r"vailable.*: accuracy, ?loss.*\. Did you mean 'accuracy'\?$"):
            model.fit(*data, verbose=0, callbacks=[callback])


def test_a_logged_value_of_no_known_direction_asks_for_the_mode(make: Any, data: Data) -> None:
    note = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(score=1.0))
    with pytest.raises(ValueError, match=r"monitor=score, and the model's metrics do not tell .* if the lowest is\.$"):
        make().fit(*data, verbose=0, callbacks=[note, EarlyStopping("score")])


@pytest.mark.parametrize(
    ("path", "weights", "text"),
    [
        ("c.pkl", False, r"must end in `\.keras`\. Received: filepath=c\.pkl\.$"),
        ("c.weights.h5", False, r"filepath=c\.weights\.h5\. Or pass save_weights_only=True\.$"),
        ("c", False, r"must end in `\.keras`\. Received: filepath=c\.$"),
        ("c.h5", True, r"must end in `\.weights\.h5`\. Received: filepath=c\.h5$"),
    ],
)
def test_a_path_that_cannot_be_saved_to_is_refused_at_once(path: str, weights: bool, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        ModelCheckpoint(path, save_weights_only=weights)


def test_a_monitor_that_is_not_logged_warns_with_those_that_are(make: Any, data: Data) -> None:
    for callback, text in (
        (
            EarlyStopping(),
            "Early stopping conditioned on metric `val_loss` which is not available.* are: accuracy,loss",
        ),
        (ReduceLROnPlateau(), "conditioned on metric `val_loss` which is not .* are: accuracy,loss,learning_rate"),
        (ModelCheckpoint("m.keras", save_best_only=True), "only with val_loss available. Available: accuracy, loss"),
    ):
        model = make(metrics=["accuracy"])
        model.save = lambda *_, **__: None
        with pytest.warns(UserWarning, match=text):
            model.fit(*data, verbose=0, callbacks=[callback])


def test_doubtful_arguments_warn() -> None:
    with pytest.warns(UserWarning, match="mode 'mim' is unknown, fallback to auto.* Did you mean 'min'"):
        EarlyStopping(mode="mim")
    with pytest.warns(UserWarning, match=r"no argument `patiense` .*Did you mean 'patience'\?"):
        ReduceLROnPlateau(patiense=3)


def test_what_a_schedule_returns_is_shown(make: Any, data: Data) -> None:
    model = make()
    with pytest.raises(ValueError, match=r"should be a float\. Got: 1 \(of type <class 'int'>\)"):
        model.fit(*data, verbose=0, callbacks=[LearningRateScheduler(lambda epoch: 1)])
    assert int(model.optimizer.iterations) == 0


def test_a_schedule_is_what_the_epoch_trains_with(make: Any, data: Data) -> None:
    weights = []
    for callbacks, rate in (([LearningRateScheduler(lambda epoch: 0.25)], 0.9), ([], 0.25)):
        keras.utils.set_random_seed(2)
        model = make(optimizer=keras.optimizers.SGD(rate))
        model.fit(*data, epochs=2, verbose=0, callbacks=callbacks)
        weights.append([w.tobytes() for w in model.get_weights()])
    assert weights[0] == weights[1]


def test_checkpoints_are_files_that_load(make: Any, data: Data, tmp_path: Path) -> None:
    model = make(optimizer="adam", metrics=["accuracy"])
    callbacks = [
        ModelCheckpoint(tmp_path / "best.keras", save_best_only=True),
        ModelCheckpoint(tmp_path / "all" / "{epoch:02d}.weights.h5", save_weights_only=True),
        EarlyStopping(patience=9, restore_best_weights=True),
    ]
    model.fit(*data, epochs=4, validation_split=0.4, verbose=0, callbacks=callbacks)
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == [f"0{i}.weights.h5" for i in range(1, 5)]
    loaded = keras.models.load_model(tmp_path / "best.keras")
    twin = make(optimizer="adam")
    twin.load_weights(tmp_path / "all" / f"0{callbacks[2].best_epoch + 1}.weights.h5")
    for best, a, b in zip(model.get_weights(), loaded.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, best)
        np.testing.assert_array_equal(b, best)


def test_a_checkpoint_path_says_what_it_may_name(make: Any, data: Data, tmp_path: Path) -> None:
    checkpoint = ModelCheckpoint(tmp_path / "{val_los:.2f}.keras")
    with pytest.raises(KeyError, match=r"Did you mean 'val_loss'\? Available: epoch, loss, val_loss\."):
        make().fit(*data, verbose=0, validation_split=0.2, callbacks=[checkpoint])


def test_a_checkpoint_cannot_be_a_folder(make: Any, data: Data, tmp_path: Path) -> None:
    (tmp_path / "m.keras").mkdir()
    with pytest.raises(OSError, match="needs a path that is not a folder"):
        make().fit(*data, verbose=0, callbacks=[ModelCheckpoint(tmp_path / "m.keras")])


def test_the_best_by_batches_needs_no_finished_epoch(make: Any, data: Data, tmp_path: Path) -> None:
    """Keras fails here: it has not settled yet which way is better."""
    model = make()
    saved: list[int] = []
    model.save = lambda *_, **__: saved.append(int(model.optimizer.iterations))
    checkpoint = ModelCheckpoint(tmp_path / "m.keras", "loss", save_best_only=True, save_freq=1)
    model.fit(*data, batch_size=10, verbose=0, callbacks=[checkpoint])
    assert saved[0] == 1


def test_a_csv_is_whole_after_every_epoch(make: Any, data: Data, tmp_path: Path) -> None:
    path = tmp_path / "학습 기록.csv"
    lines: list[int] = []
    count = LambdaCallback(on_epoch_end=lambda epoch, logs: lines.append(len(path.read_text().splitlines())))
    fitted = make().fit(*data, epochs=3, verbose=0, callbacks=[CSVLogger(path), count], validation_split=0.2)
    assert lines == [2, 3, 4]
    last = path.read_text().splitlines()[-1].split(",")
    assert last == ["2", *(repr(fitted.history[name][-1]) for name in ("loss", "val_loss"))]


def test_lambda_callback_takes_its_first_functions_by_position(make: Any, data: Data) -> None:
    calls: list[Any] = []
    make().fit(*data, verbose=0, callbacks=[LambdaCallback(lambda epoch, logs: calls.append(epoch), None)])
    assert calls == [0]
