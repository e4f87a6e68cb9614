from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.callbacks import BackupAndRestore, Callback, LambdaCallback

from .conftest import Data, snapshot

SCRIPT = """
import os, sys
import numpy as np
import denim as keras

folder, dies_at, save_freq = sys.argv[1], int(sys.argv[2]), sys.argv[3]
keras.utils.set_random_seed(3)
x, y = np.random.standard_normal((50, 6)).astype("float32"), np.random.randint(0, 3, 50)
model = keras.Sequential([keras.Input(shape=(6,))])
for layer in (keras.layers.Dense(8, "relu"), keras.layers.Dropout(0.4), keras.layers.Dense(3, "softmax")):
    model.add(layer)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])

class Die(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        if int(self.model.optimizer.iterations) == dies_at:
            os._exit(9)

backup = keras.callbacks.BackupAndRestore(folder, save_freq=save_freq if save_freq == "epoch" else int(save_freq))
history = model.fit(x, y, epochs=4, batch_size=8, verbose=0, validation_split=0.2, callbacks=[backup, Die()])
print([w.tobytes().hex() for w in model.get_weights()], [v.numpy().tolist() for v in model.optimizer.variables])
print({k: v[-1] for k, v in history.history.items()}, np.random.rand())
"""


def _run(folder: Path, dies_at: int, save_freq: str, engine: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", SCRIPT, str(folder), str(dies_at), save_freq]
    return subprocess.run(command, env={**os.environ, "DENIM_ENGINE": engine}, capture_output=True, text=True)


@pytest.mark.parametrize(("save_freq", "dies_at"), [("epoch", 12), ("3", 8), ("1", 5)])
def test_a_killed_training_ends_with_the_same_bits(save_freq: str, dies_at: int, tmp_path: Path, engine: str) -> None:
    """Five steps an epoch: killed in the third epoch, in the second, or after the last step of the first."""
    whole = _run(tmp_path / "whole", -1, save_freq, engine)
    killed = _run(tmp_path / "killed", dies_at, save_freq, engine)
    assert (whole.returncode, killed.returncode, killed.stdout) == (0, 9, "")
    again = _run(tmp_path / "killed", -1, save_freq, engine)
    assert again.stdout == whole.stdout
    assert list(tmp_path.iterdir()) == []


def _crash_in(epoch: int) -> Callback:
    def crash(now: int, logs: Any) -> None:
        if now == epoch:
            raise RuntimeError("crash")

    return LambdaCallback(on_epoch_begin=crash)


@pytest.fixture
def crashed(make: Any, data: Data, tmp_path: Path) -> Path:
    """The folder of a backup made after two epochs."""
    backup = BackupAndRestore(tmp_path / "backup", double_checkpoint=True)
    with pytest.raises(RuntimeError, match="crash"):
        make(optimizer="adam").fit(*data, epochs=4, verbose=0, callbacks=[backup, _crash_in(2)])
    return tmp_path / "backup"


def test_goes_on_after_the_backup(crashed: Path, make: Any, data: Data) -> None:
    model = make(optimizer="adam")
    assert model.fit(*data, epochs=5, verbose=0, callbacks=[BackupAndRestore(crashed)]).epoch == [2, 3, 4]
    assert not crashed.exists()


def test_the_folder_stays_if_something_else_is_in_it(crashed: Path, make: Any, data: Data) -> None:
    (crashed / "mine.txt").write_text("mine")
    make(optimizer="adam").fit(*data, epochs=3, verbose=0, callbacks=[BackupAndRestore(crashed)])
    assert [path.name for path in crashed.iterdir()] == ["mine.txt"]


def test_a_write_that_fails_leaves_the_backup(
    crashed: Path, make: Any, data: Data, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (crashed / "training_state.npz").read_bytes()

    def fail(file: Any, **_: Any) -> None:
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        make(optimizer="adam").fit(*data, epochs=4, verbose=0, callbacks=[BackupAndRestore(crashed)])
    assert (crashed / "training_state.npz").read_bytes() == before


def test_an_unreadable_backup_is_an_error_unless_there_is_one_before(crashed: Path, make: Any, data: Data) -> None:
    latest = crashed / "training_state.npz"
    latest.write_bytes(latest.read_bytes()[:500])
    fitted = make(optimizer="adam").fit(
        *data, epochs=3, verbose=0, callbacks=[BackupAndRestore(crashed, delete_checkpoint=False, save_freq=False)]
    )
    assert fitted.epoch == [1, 2]
    (crashed / "training_state.previous.npz").unlink()
    model = make(optimizer="adam")
    with pytest.raises(OSError, match=r"cannot be read.*Delete it"):
        model.fit(*data, epochs=3, verbose=0, callbacks=[BackupAndRestore(crashed)])
    assert latest.exists()


def test_a_backup_with_pickles_is_not_read(crashed: Path, make: Any, data: Data) -> None:
    np.savez(crashed / "training_state.npz", key=np.array([{}], object))
    (crashed / "training_state.previous.npz").unlink()
    with pytest.raises(OSError, match="allow_pickle=False"):
        make(optimizer="adam").fit(*data, verbose=0, callbacks=[BackupAndRestore(crashed)])


@pytest.mark.parametrize("other", [{"optimizer": "sgd"}, {"optimizer": "adam", "units": 4}])
def test_another_models_backup_is_refused(other: dict[str, Any], crashed: Path, make: Any, data: Data) -> None:
    model = make(**other)
    model.fit(*data, verbose=0)
    before = snapshot(model)[:-5]
    with pytest.raises(
        ValueError, match=r"is of another model, optimizer or set of metrics\. It holds key \(\), optim"
    ):
        model.fit(*data, epochs=3, verbose=0, callbacks=[BackupAndRestore(crashed)])
    assert snapshot(model)[:-5] == before


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="Empty `backup_dir`"):
        BackupAndRestore("")
    for wrong in ("batch", 0, 1.5, True):
        with pytest.raises(ValueError, match="Received: save_freq="):
            BackupAndRestore("folder", save_freq=wrong)


def test_batches_are_asked_for_only_where_they_are_needed(make: Any, data: Data, tmp_path: Path) -> None:
    def wants(callback: Callback) -> bool:
        return keras.callbacks.CallbackList([callback]).wants_batches("train")

    checkpoint = keras.callbacks.ModelCheckpoint
    assert not wants(BackupAndRestore("folder"))
    assert not wants(BackupAndRestore("folder", save_freq=False))
    assert wants(BackupAndRestore("folder", save_freq=2))
    assert not wants(checkpoint("m.keras"))
    assert wants(checkpoint("m.keras", save_freq=2))
    assert not wants(keras.callbacks.TerminateOnNaN())
    for kind in ("EarlyStopping", "ReduceLROnPlateau"):
        assert not wants(getattr(keras.callbacks, kind)())
    assert not wants(keras.callbacks.CSVLogger(tmp_path / "log.csv"))
    assert not wants(keras.callbacks.LearningRateScheduler(lambda epoch: 0.1))
