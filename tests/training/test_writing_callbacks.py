"""Callbacks that tell others how training goes, and SwapEMAWeights."""

from __future__ import annotations

import json
import math
import sys
import types
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.callbacks import event_writer
from denim.variables import Variable
from local_server import Handler, Server

X = np.linspace(-1, 1, 40, dtype="float32").reshape(20, 2)
Y = X @ np.float32([[1], [2]])
PACKAGES = ("tensorboard", "tensorboardX")


def model(**arguments: Any) -> Any:
    keras.utils.set_random_seed(1)
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    made.compile(keras.optimizers.SGD(0.1, **arguments), "mse", metrics=["mae"])
    return made


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A package tensorboard that remembers, by folder."""
    seen: dict[str, Any] = {}

    class Writer:
        def __init__(self, folder: str) -> None:
            self.scalars = seen.setdefault(Path(folder).name, [])

        def add_scalar(self, tag: str, value: float, step: int) -> None:
            self.scalars.append((tag, value, step))

        def flush(self) -> None:
            pass

        def close(self) -> None:
            self.scalars.append("closed")

    package, summary = types.ModuleType("tensorboard"), types.ModuleType("tensorboard.summary")
    summary.Writer = Writer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tensorboard", package)
    monkeypatch.setitem(sys.modules, "tensorboard.summary", summary)
    return seen


def test_tensorboard_writes_epochs(written: dict[str, Any], tmp_path: Path) -> None:
    made = model()
    history = made.fit(
        X, Y, epochs=2, verbose=0, validation_split=0.25, batch_size=5, callbacks=keras.callbacks.TensorBoard(tmp_path)
    ).history
    rate = float(np.float32(0.1))
    assert written["train"] == [
        row
        for epoch in range(2)
        for row in (
            ("epoch_loss", history["loss"][epoch], epoch),
            ("epoch_mae", history["mae"][epoch], epoch),
            ("epoch_learning_rate", rate, epoch),
        )
    ] + ["closed"]
    assert written["validation"] == [
        row
        for epoch in range(2)
        for row in (
            ("evaluation_loss_vs_iterations", history["val_loss"][epoch], 3 * (epoch + 1)),
            ("evaluation_mae_vs_iterations", history["val_mae"][epoch], 3 * (epoch + 1)),
            ("epoch_loss", history["val_loss"][epoch], epoch),
            ("epoch_mae", history["val_mae"][epoch], epoch),
        )
    ] + ["closed"]


def test_tensorboard_writes_batches(written: dict[str, Any], tmp_path: Path) -> None:
    made = model()
    callback = keras.callbacks.TensorBoard(tmp_path, update_freq=3, write_steps_per_second=True)
    made.fit(X, Y, epochs=2, verbose=0, batch_size=5, callbacks=[callback])
    batches = [row for row in written["train"] if row[0].startswith("batch_")]
    assert [(tag, step) for tag, _, step in batches] == [
        (f"batch_{name}", step) for step in (3, 6) for name in ("loss", "mae", "steps_per_second")
    ]
    paces = [value for tag, value, _ in written["train"][:-1] if tag == "epoch_steps_per_second"]
    assert len(paces) == 2 and min(paces) > 0
    callback = keras.callbacks.TensorBoard(tmp_path, update_freq="batch")
    made.fit(X, Y, verbose=0, batch_size=5, callbacks=[callback])
    assert [row[2] for row in written["train"] if row[0] == "batch_loss"][2:] == [1, 2, 3, 4]


def test_tensorboard_writes_evaluations(written: dict[str, Any], tmp_path: Path) -> None:
    loss, mae = model().evaluate(X, Y, verbose=0, callbacks=[keras.callbacks.TensorBoard(tmp_path)])
    assert written == {
        "validation": [
            ("evaluation_loss_vs_iterations", loss, 0),
            ("evaluation_mae_vs_iterations", mae, 0),
            "closed",
        ]
    }


def test_tensorboard_costs_no_batches(written: dict[str, Any], tmp_path: Path) -> None:
    from denim.callbacks.callback_list import CallbackList

    def wants(**arguments: Any) -> bool:
        return CallbackList(keras.callbacks.TensorBoard(tmp_path, **arguments)).wants_batches("train")

    assert not wants() and not wants(write_steps_per_second=True) and wants(update_freq=10)


def test_tensorboard_says_what_it_leaves_out(written: dict[str, Any], tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match=r"numbers only: histogram_freq, profile_batch have no effect"):
        keras.callbacks.TensorBoard(tmp_path, histogram_freq=1, profile_batch=(2, 3))
    with pytest.raises(ValueError, match="update_freq"):
        keras.callbacks.TensorBoard(tmp_path, update_freq="epochs")
    assert not list(tmp_path.iterdir())


def test_tensorboard_without_a_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_writer, "find_spec", lambda package: None)
    with pytest.raises(ImportError, match=r"neither is installed here\. Type: pip install tensorboard"):
        keras.callbacks.TensorBoard()


@pytest.mark.parametrize("package", PACKAGES)
def test_event_files(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip(package)
    monkeypatch.setattr(event_writer, "_WRITERS", {package: event_writer._WRITERS[package]})
    history = (
        model()
        .fit(X, Y, epochs=2, verbose=0, validation_split=0.25, callbacks=keras.callbacks.TensorBoard(tmp_path / "logs"))
        .history
    )
    reading = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    for part, values in (("train", history["loss"]), ("validation", history["val_loss"])):
        events = reading.EventAccumulator(str(tmp_path / "logs" / part)).Reload()
        if package == "tensorboard":
            found = [(event.step, event.tensor_proto.float_val[0]) for event in events.Tensors("epoch_loss")]
        else:
            found = [(event.step, event.value) for event in events.Scalars("epoch_loss")]
        assert found == [(epoch, pytest.approx(value)) for epoch, value in enumerate(values)]


# RemoteMonitor


class Requests(types.ModuleType):
    """As much of requests as is used, on urllib."""

    class exceptions:
        class RequestException(Exception):
            pass

    @classmethod
    def post(cls, url: str, data: Any = None, json: Any = None, headers: Any = None) -> None:
        import urllib.request

        body = urllib.parse.urlencode(data).encode() if data else _json(json)
        try:
            urllib.request.urlopen(urllib.request.Request(url, body, headers or {})).close()
        except OSError as error:
            raise cls.exceptions.RequestException from error


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_remote_monitor(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", Requests("requests"))
    bodies: list[bytes] = []

    def answer(request: Handler) -> None:
        bodies.append(request.rfile.read(int(request.headers["Content-Length"])))
        request.send(b"")

    server.answer = answer
    monkeypatch.setattr(Handler, "do_POST", Handler.do_GET, raising=False)
    root = server.url.rstrip("/")
    monitors = [keras.callbacks.RemoteMonitor(root), keras.callbacks.RemoteMonitor(root, "/x", send_as_json=True)]
    history = model().fit(X, Y, verbose=0, callbacks=monitors).history
    event = {"epoch": 0, "loss": history["loss"][0], "mae": history["mae"][0]}
    form, plain = bodies
    assert json.loads(urllib.parse.parse_qs(form.decode())["data"][0]) == json.loads(plain) == event
    assert server.asked == ["/publish/epoch/end/", "/x"]


def test_remote_monitor_without_a_server_or_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "requests", Requests("requests"))
    monitor = keras.callbacks.RemoteMonitor("http://127.0.0.1:9")
    with pytest.warns(UserWarning, match="Could not reach RemoteMonitor root server at http://127"):
        model().fit(X, Y, verbose=0, callbacks=[monitor])
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(ImportError, match="pip install requests"):
        model().fit(X, Y, verbose=0, callbacks=[monitor])


# SwapEMAWeights


class Optimizer:
    def __init__(self, averages: list[Variable], use_ema: bool = True) -> None:
        self.averages, self.use_ema = averages, use_ema


class Model:
    def __init__(self, use_ema: bool = True) -> None:
        self.trainable_weights = [Variable([1.0], name="w")]
        self.optimizer = Optimizer([Variable([5.0], name="average")], use_ema)

    @property
    def values(self) -> tuple[float, float]:
        return float(self.trainable_weights[0].value[0]), float(self.optimizer.averages[0].value[0])


def swapping(**arguments: Any) -> tuple[Any, Model]:
    callback, made = keras.callbacks.SwapEMAWeights(**arguments), Model()
    callback.set_model(made)
    callback.set_params({"epochs": 2})
    return callback, made


@pytest.mark.parametrize("phase", ["test", "predict"])
def test_averages_stand_while_a_model_is_looked_at(phase: str) -> None:
    callback, made = swapping()
    for _ in range(2):
        getattr(callback, f"on_{phase}_begin")()
        assert made.values == (5, 1)
        getattr(callback, f"on_{phase}_end")()
        assert made.values == (1, 5)
    callback.on_epoch_end(0)
    assert made.values == (1, 5)


def test_averages_stand_between_epochs() -> None:
    callback, made = swapping(swap_on_epoch=True)
    callback.on_epoch_begin(0)
    callback.on_test_begin()
    callback.on_test_end()
    callback.on_epoch_end(0)
    assert made.values == (5, 1)
    callback.on_epoch_begin(1)
    assert made.values == (1, 5)
    callback.on_epoch_end(1)
    assert made.values == (5, 5), "fit ends with the averages"
    callback.on_train_end()
    callback.on_test_begin()
    assert made.values == (5, 5)


def test_swapping_needs_averages() -> None:
    callback = keras.callbacks.SwapEMAWeights()
    callback.set_model(Model(use_ema=False))
    with pytest.raises(ValueError, match="must be used when `use_ema=True` is set on the optimizer"):
        callback.on_test_begin()


def test_logs_of_several_numbers_are_left_out(written: dict[str, Any], tmp_path: Path) -> None:
    callback = keras.callbacks.TensorBoard(tmp_path)
    callback.set_model(model())
    callback.on_epoch_end(0, {"loss": np.float32(0.5), "f1": np.ones(3), "val_loss": math.nan})
    assert [row[0] for row in written["train"]] == ["epoch_loss", "epoch_learning_rate"]
    assert [row[0] for row in written["validation"]] == ["epoch_loss"]
