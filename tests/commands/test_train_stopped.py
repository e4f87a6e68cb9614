"""Ctrl-C: a model that can be used, and a training that goes on bit for bit."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.callbacks import ProgbarLogger
from denim.commands.errors import CommandError
from denim.commands.train import Place
from denim.commands.training.progress import TrainingProgress
from denim.commands.training.stopping import Interruption, Listening

from .conftest import flower_columns, trained, write_csv

OPTIONS = {"epochs": 5, "layers": "8:relu,dropout:0.3,8:tanh", "batch_size": 16}
STEPS = 4
"""Of an epoch: 58 rows of 90 are learnt from."""


@pytest.fixture
def stop_at(monkeypatch: pytest.MonkeyPatch, stepwise: None) -> Any:
    """Press Ctrl-C at the n-th report of progress, those of validation included."""

    def at(report: int) -> None:
        seen = 0

        def press(self: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == report:
                signal.raise_signal(signal.SIGINT)
            hears(self)

        hears = Listening._stop_if_asked
        monkeypatch.setattr(Listening, "_stop_if_asked", press)

    return at


def same(one: Path, other: Path) -> bool:
    weights = [keras.models.load_model(path / "model.keras").get_weights() for path in (one, other)]
    return all(np.array_equal(a, b) for a, b in zip(*weights, strict=True))


EPOCH = STEPS + 1
"""Reports of one, with that of its validation."""


@pytest.mark.parametrize("report", [1, 2, STEPS, EPOCH, EPOCH + 1, 2 * EPOCH, 3 * EPOCH + 2, 5 * EPOCH])
def test_resumed_training_ends_with_the_same_bits(flowers: Path, stop_at: Any, report: int) -> None:
    whole = trained(flowers, "species", Place(Path("whole")), **OPTIONS)
    stop_at(report)
    cut = trained(flowers, "species", Place(Path("cut")), **OPTIONS)
    assert cut.stopped is not None and cut.evaluation is None
    assert not (Path("cut") / "results.json").exists()
    epochs, at = divmod(report - 1, EPOCH)
    assert (cut.stopped.epoch, cut.stopped.batch) == (epochs + 1, min(at + 1, STEPS))

    resumed = trained(flowers, "species", Place(Path("cut"), resume=True), **OPTIONS)
    assert resumed.stopped is None
    assert resumed.history == whole.history
    assert resumed.best_epoch == whole.best_epoch
    assert resumed.evaluation is not None and whole.evaluation is not None
    assert resumed.evaluation.measures == whole.evaluation.measures
    assert same(Path("whole"), Path("cut"))
    assert sorted(path.name for path in Path("cut").iterdir()) == sorted(p.name for p in Path("whole").iterdir())


def test_early_stopping_remembers(flowers: Path, stop_at: Any) -> None:
    options = {**OPTIONS, "epochs": 60, "patience": 2, "learning_rate": 0.1}
    whole = trained(flowers, "species", Place(Path("whole")), **options)
    assert whole.epochs < 60, "else nothing is tested"
    stop_at((whole.epochs - 1) * EPOCH + 1)
    cut = trained(flowers, "species", Place(Path("cut")), **options)
    assert cut.stopped is not None
    assert cut.best_epoch == whole.best_epoch
    resumed = trained(flowers, "species", Place(Path("cut"), resume=True), **options)
    assert (resumed.history, resumed.best_epoch) == (whole.history, whole.best_epoch)
    assert same(Path("whole"), Path("cut"))


def test_what_a_stopped_training_leaves(flowers: Path, stop_at: Any) -> None:
    stop_at(2 * EPOCH + 2)
    found = trained(flowers, "species", **OPTIONS)
    model = keras.models.load_model("runs/flowers/model.keras")
    assert model.preparation.classes == found.classes
    lines = Path("runs/flowers/history.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["epoch", "1", "2"]


def test_the_latest_stopped_one_goes_on(flowers: Path, stop_at: Any) -> None:
    trained(flowers, "species", **OPTIONS)
    stop_at(3)
    assert trained(flowers, "species", **OPTIONS).files[0] == Path("runs/flowers-2/model.keras")
    assert trained(flowers, "species", Place(resume=True), **OPTIONS).files[0] == Path("runs/flowers-2/model.keras")


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"epochs": 9}, "--epochs was 5 and is 9"),
        ({"seed": 1, "learning_rate": 0.5}, "--learning-rate was None and is 0.5; --seed was 42 and is 1"),
        ({"layers": "8"}, "--layers was '8:relu,dropout:0.3,8:tanh' and is '8'"),
    ],
)
def test_other_settings_are_refused(flowers: Path, stop_at: Any, other: dict[str, Any], told: str) -> None:
    stop_at(3)
    trained(flowers, "species", **OPTIONS)
    before = {path: path.read_bytes() for path in Path("runs/flowers").rglob("*.*") if path.is_file()}
    with pytest.raises(CommandError, match="goes on with the settings that it began with") as caught:
        trained(flowers, "species", Place(resume=True), **{**OPTIONS, **other})
    assert told in str(caught.value)
    assert before == {path: path.read_bytes() for path in Path("runs/flowers").rglob("*.*") if path.is_file()}


def test_other_data_are_refused(flowers: Path, stop_at: Any) -> None:
    stop_at(3)
    trained(flowers, "species", **OPTIONS)
    write_csv(flowers, flower_columns(seed=1))
    with pytest.raises(CommandError, match="these files now hold other rows"):
        trained(flowers, "species", Place(resume=True), **OPTIONS)


def test_nothing_to_go_on_with(flowers: Path) -> None:
    with pytest.raises(CommandError, match="no stopped training in runs/flowers"):
        trained(flowers, "species", Place(resume=True))
    trained(flowers, "species", Place(Path("out")))
    with pytest.raises(CommandError, match="no stopped training in out"):
        trained(flowers, "species", Place(Path("out"), resume=True))


def test_no_older_report_beside_the_model(flowers: Path, stop_at: Any) -> None:
    trained(flowers, "species", Place(Path("out")), **OPTIONS)
    stop_at(3)
    trained(flowers, "species", Place(Path("out"), overwrite=True), **OPTIONS)
    assert sorted(path.name for path in Path("out").iterdir()) == ["history.csv", "model.keras", "stopped"]


def test_a_damaged_note_is_told(flowers: Path, stop_at: Any) -> None:
    stop_at(3)
    trained(flowers, "species", **OPTIONS)
    Path("runs/flowers/stopped/settings.json").write_text("{")
    with pytest.raises(CommandError, match="does not say how the training began"):
        trained(flowers, "species", Place(resume=True), **OPTIONS)


def test_a_folder_with_a_stopped_training_is_not_taken(flowers: Path, stop_at: Any) -> None:
    stop_at(3)
    trained(flowers, "species", Place(Path("out")), **OPTIONS)
    with pytest.raises(CommandError, match="Pass --resume to go on with it, --overwrite to begin anew"):
        trained(flowers, "species", Place(Path("out")), **OPTIONS)
    anew = trained(flowers, "species", Place(Path("out"), overwrite=True), **OPTIONS)
    assert anew.stopped is None and anew.epochs == OPTIONS["epochs"]
    assert not (Path("out") / "stopped").exists()


def test_an_interval_between_backups_is_kept(flowers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a machine that fails leaves: the backup after an epoch."""
    monkeypatch.setattr("denim.commands.training.course._BACKUP_SECONDS", 0.0)
    whole = trained(flowers, "species", Place(Path("whole")), **OPTIONS)

    class Failed(BaseException):
        pass

    def fail(self: Any, epoch: int, logs: Any = None) -> None:
        if epoch == 3:
            raise Failed

    with monkeypatch.context() as patched:
        patched.setattr(TrainingProgress, "on_epoch_begin", fail)
        with pytest.raises(Failed):
            trained(flowers, "species", Place(Path("cut")), **OPTIONS)
    resumed = trained(flowers, "species", Place(Path("cut"), resume=True), **OPTIONS)
    assert resumed.history == whole.history
    assert same(Path("whole"), Path("cut"))


def test_the_second_ctrl_c_is_pythons_own() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interruption() as interruption:
        signal.raise_signal(signal.SIGINT)
        assert interruption.signal is signal.SIGINT
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_where_ctrl_c_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            signal.raise_signal(signal.SIGINT)
            assert interruption.signal is None
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_second_ctrl_c_at_once_keeps_nothing(flowers: Path, monkeypatch: pytest.MonkeyPatch, stepwise: None) -> None:
    def press(self: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Listening, "_stop_if_asked", press)
    with pytest.raises(KeyboardInterrupt):
        trained(flowers, "species", **OPTIONS)
    assert not Path("runs").exists()


def test_listening_costs_no_batches() -> None:
    from denim.callbacks.callback_list import CallbackList

    hooks = CallbackList([Listening(Interruption())], verbose=0, epochs=1, steps=3)
    assert isinstance(hooks.callbacks[0], ProgbarLogger)
    assert hooks.draws_progress()
    assert not hooks.wants_batches("train") and not hooks.wants_batches("test")
