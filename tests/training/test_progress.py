"""What is drawn, and when: the exact characters are compared with Keras's in tests/golden."""

from __future__ import annotations

import io
import logging
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
