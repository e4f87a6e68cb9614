"""What is drawn, and when: the exact characters are compared with Keras's in tests/golden."""

from __future__ import annotations

import io
import logging
import re
import sys
from typing import Any

import pytest

import denim as keras

from .conftest import Data


def test_verbose(make: Any, data: Data, capsys: pytest.CaptureFixture[str]) -> None:
    x, y = data
    model = make(metrics=["accuracy"])
    model.fit(x, y, verbose=0)
    model.predict(x, verbose=0)
    assert capsys.readouterr().out == ""
    model.fit(x, y, epochs=2, verbose=2, validation_split=0.2)
    lines = capsys.readouterr().out.splitlines()
    assert [lines[0], lines[2]] == ["Epoch 1/2", "Epoch 2/2"]
    assert lines[1].startswith("2/2 - 0s - ")
    names = [part.split(":")[0] for part in lines[1].split(" - ")[3:]]
    assert names == ["accuracy", "loss", "val_accuracy", "val_loss"]
    model.fit(x, y)
    out = capsys.readouterr().out
    assert "Epoch" not in out
    assert out.endswith("\n")
    assert "━" * 20 in out
    model.evaluate(x, y, verbose=2)
    assert capsys.readouterr().out.count("\n") == 1


def test_the_bar_does_not_make_training_go_batch_by_batch(
    make: Any, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    from denim.models.execution import Execution

    stretches = []
    train = Execution.train

    def counted(self: Execution, *arguments: Any, **stretch: Any) -> Any:
        stretches.append((stretch["first_step"], stretch["last_step"]))
        return train(self, *arguments, **stretch)

    monkeypatch.setattr(Execution, "train", counted)
    make().fit(*data, epochs=2, batch_size=5, verbose=1)
    assert stretches == [(0, 10), (0, 10)]


def test_interactive_logging_off_sends_the_bar_to_the_logger(
    make: Any, data: Data, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    keras.config.disable_interactive_logging()
    try:
        with caplog.at_level(logging.INFO, logger="denim"):
            make().fit(*data, verbose=2)
    finally:
        keras.config.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert "2/2 - 0s" in caplog.text


def test_an_output_that_knows_no_cells(make: Any, data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(buffer, encoding="ascii"))
    make().fit(*data, verbose=1)
    sys.stdout.flush()
    assert b"=" * 20 in buffer.getvalue()


def test_progbar_takes_one_list_of_names() -> None:
    with pytest.raises(ValueError, match="Only one of `stateful_metrics` or `stateless_metrics` can be provided"):
        keras.utils.Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    import denim.callbacks.progbar

    clock = Clock()
    monkeypatch.setattr(denim.callbacks.progbar, "time", clock)
    return clock


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_file_gets_a_plain_line_now_and_then(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    bar = keras.utils.Progbar(300, stateful_metrics=["loss"])
    for done in range(1, 301):
        clock.now += 0.1
        bar.update(done, [("loss", 2.0)])
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        f"100/300 {'━' * 20} 20s 100ms/step - loss: 2.0000",
        f"200/300 {'━' * 20} 10s 100ms/step - loss: 2.0000",
        f"300/300 {'━' * 20} 30s 100ms/step - loss: 2.0000",
    ]


def test_a_terminal_shows_the_time_left_and_in_the_end_the_time_taken(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    bar = keras.utils.Progbar(3000)
    for done in (600, 1200, 3000):
        clock.now += 60.0
        bar.update(done)
    drawn = [part for part in terminal.getvalue().split("\r") if part.strip("\b")]
    assert [re.findall(r"(?:\d+:)*\d+s? (?=\d+ms)", re.sub(r"\x1b\[\d+m", "", part)) for part in drawn] == [
        ["4:00 "],
        ["3:00 "],
        ["180s "],
    ]


def test_an_error_leaves_the_line_of_the_bar(make: Any, data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopping(keras.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 2:
                raise KeyboardInterrupt

        def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
            raise ValueError

        on_test_batch_end = on_predict_batch_end

    monkeypatch.setattr(sys, "stdout", terminal := Terminal())
    model = make()
    for run, error in (
        (lambda: model.fit(*data, batch_size=5, callbacks=[Stopping()]), KeyboardInterrupt),
        (lambda: model.evaluate(*data, batch_size=5, callbacks=[Stopping()]), ValueError),
        (lambda: model.predict(data[0], batch_size=5, callbacks=[Stopping()]), ValueError),
    ):
        terminal.truncate(0)
        with pytest.raises(error):
            run()
        assert terminal.getvalue() == "" or terminal.getvalue().endswith("\n")
    terminal.truncate(0)
    bar = keras.utils.Progbar(3)
    bar.update(1)
    bar.leave_line()
    bar.leave_line()
    assert terminal.getvalue().count("\n") == 1
