"""Ctrl-C ends a fit after a whole step, and says where."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import denim as keras

from .conftest import Data

notes = pytest.mark.skipif(sys.version_info < (3, 11), reason="Python before 3.11 has no notes")


class CtrlC(keras.callbacks.Callback):
    """Interrupts at one hook, in one epoch."""

    def __init__(self, hook: str, epoch: int, batch: int = 0) -> None:
        super().__init__()
        self.epoch = -1
        setattr(self, hook, self._interrupt)
        self.where = epoch, batch

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def _interrupt(self, number: int | None = None, logs: Any = None) -> None:
        if (self.epoch, number or 0) == self.where:
            raise KeyboardInterrupt


def _interrupted(model: Any, data: Any, callback: CtrlC, **options: Any) -> KeyboardInterrupt:
    with pytest.raises(KeyboardInterrupt) as caught:
        model.fit(*data, epochs=4, callbacks=[callback], verbose=0, **options)
    return caught.value


def _note(error: BaseException) -> str:
    (note,) = error.__notes__
    return str(note)


@notes
@pytest.mark.parametrize(
    ("hook", "epoch", "batch", "told"),
    [
        (
            "on_train_batch_end",
            2,
            6,
            "Stopped in epoch 3 of 4, after batch 7 of 10. The model keeps what it has learnt; "
            "fit(..., initial_epoch=2) begins epoch 3 anew.",
        ),
        (
            "on_train_batch_begin",
            1,
            0,
            "Stopped in epoch 2 of 4, before its first batch. The model keeps what it has learnt; "
            "fit(..., initial_epoch=1) begins epoch 2 anew.",
        ),
        (
            "on_train_batch_end",
            0,
            3,
            "Stopped in epoch 1 of 4, after batch 4 of 10. The model keeps what it has learnt: another fit goes on "
            "from there.",
        ),
        (
            "on_test_begin",
            1,
            0,
            "Stopped in epoch 2 of 4, after its last batch. The model keeps what it has learnt; "
            "fit(..., initial_epoch=2) goes on with the next epoch.",
        ),
        ("on_test_begin", 3, 0, "Stopped in epoch 4 of 4, after its last batch. The model keeps what it has learnt."),
    ],
)
def test_a_note_says_where(make: Any, data: Data, hook: str, epoch: int, batch: int, told: str) -> None:
    error = _interrupted(make(), data, CtrlC(hook, epoch, batch), batch_size=5, validation_data=data)

    assert _note(error) == told


@notes
def test_an_iterable_of_unknown_length(make: Any, data: Data) -> None:
    x, y = data

    def batches() -> Iterator[Any]:
        while True:
            yield x[:5], y[:5]

    error = _interrupted(make(), (batches(),), CtrlC("on_train_batch_end", 0, 1), steps_per_epoch=None)

    assert _note(error).startswith("Stopped in epoch 1 of 4, after batch 2. ")


def test_what_was_learnt_stays_and_goes_on(make: Any, data: Data) -> None:
    keras.utils.set_random_seed(3)
    stopped, whole = make(), make()
    whole.set_weights(stopped.get_weights())
    _interrupted(stopped, data, CtrlC("on_train_batch_end", 0, 6), batch_size=5, shuffle=False)
    whole.fit(data[0][:35], data[1][:35], batch_size=5, shuffle=False, verbose=0)

    assert int(stopped.optimizer.iterations) == 7
    for one, other in zip(stopped.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.isfinite(stopped.fit(*data, initial_epoch=1, epochs=2, verbose=0).history["loss"]).all()


def test_other_errors_are_as_they_were(make: Any, data: Data) -> None:
    with pytest.raises(ValueError, match="a name") as caught:
        make().fit(*data, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_epoch_begin=_refuse)])

    assert not getattr(caught.value, "__notes__", [])


def _refuse(epoch: int, logs: Any) -> None:
    raise ValueError("a name")
