"""Scripted trainings that show the rules of callbacks, told to Keras and to denim alike.

A callback placed before the one under test puts the script's values into the logs and the epoch's number into the
model's only weight; so what is stopped, saved, restored and set depends on the rules alone.
"""

from __future__ import annotations

import math
import tempfile
import warnings
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

NAN, INF = math.nan, math.inf
FOLDER = "FOLDER"
"""Stands for the case's own folder in arguments and in what is printed."""
_ATTRIBUTES = ("best", "best_epoch", "wait", "stopped_epoch", "cooldown_counter")


@dataclass(frozen=True)
class Case:
    """A callback and what happens in one or several fits with it.

    Attributes:
        values: for each fit and each of its epochs, the value of ``monitor``, None for none, or a dict of all logs.
        metrics: those the model is compiled with.
        batches: steps an epoch.
        bad: the row whose target is ``bad_value``, so that its loss is beyond all numbers; if any.
        crashes: for each fit, the epoch at whose begin it breaks off, or None.
    """

    name: str
    callback: str
    arguments: dict[str, Any] = field(default_factory=dict)
    values: tuple[tuple[Any, ...], ...] = ((None,) * 3,)
    monitor: str = "val_loss"
    metrics: tuple[str, ...] = ("mae", "accuracy")
    batches: int = 1
    steps_per_execution: int = 1
    learning_rate: float = 0.1
    bad: int | None = None
    bad_value: float = 1e30
    crashes: tuple[int | None, ...] = (None, None, None)


SCHEDULES: dict[str, Callable[..., Any]] = {
    "halve": lambda epoch, rate: rate * 0.5,
    "of the epoch alone": lambda epoch: 1.0 / (epoch + 1),
    "numpy's float32": lambda epoch, rate: np.float32(0.25),
    "numpy's float64": lambda epoch, rate: np.float64(0.125),
    "an int": lambda epoch, rate: 1,
    "None": lambda epoch, rate: None,
    "an array": lambda epoch, rate: np.ones(1),
}


def _stop(name: str, *values: Any, monitor: str = "val_loss", **arguments: Any) -> Case:
    """Early stopping in one fit, or in several if the values are tuples."""
    fits = values if values and isinstance(values[0], tuple) else (values,)
    return Case(f"stop: {name}", "EarlyStopping", {"monitor": monitor, "verbose": 1, **arguments}, fits, monitor)


def _plateau(name: str, *values: Any, monitor: str = "val_loss", rate: float = 0.1, **arguments: Any) -> Case:
    fits = values if values and isinstance(values[0], tuple) else (values,)
    told = {"monitor": monitor, "verbose": 1, **arguments}
    return Case(f"plateau: {name}", "ReduceLROnPlateau", told, fits, monitor, learning_rate=rate)


def _save(name: str, path: str, *values: Any, monitor: str = "val_loss", batches: int = 1, **arguments: Any) -> Case:
    fits = values if values and isinstance(values[0], tuple) else (values,)
    spe = arguments.pop("steps_per_execution", 1)
    told = {"filepath": f"{FOLDER}/{path}", "monitor": monitor, "verbose": 1, **arguments}
    return Case(f"save: {name}", "ModelCheckpoint", told, fits, monitor, batches=batches, steps_per_execution=spe)


def _schedule(name: str, **arguments: Any) -> Case:
    return Case(f"schedule: {name}", "LearningRateScheduler", {"schedule": name, **arguments})


def _csv(name: str, *fits: tuple[dict[str, Any], ...], **arguments: Any) -> Case:
    return Case(f"csv: {name}", "CSVLogger", {"filename": f"{FOLDER}/log.csv", **arguments}, fits)


def _nan(name: str, bad: int | None, value: float = 1e30, spe: int = 1, **arguments: Any) -> Case:
    return Case(
        f"nan: {name}",
        "TerminateOnNaN",
        arguments,
        metrics=("mae",),
        batches=6,
        steps_per_execution=spe,
        learning_rate=0.001,
        bad=bad,
        bad_value=value,
    )


def _backup(name: str, epochs: tuple[int, ...], crashes: tuple[int | None, ...], **arguments: Any) -> Case:
    fits = tuple((None,) * n for n in epochs)
    told = {"backup_dir": f"{FOLDER}/backup", **arguments}
    return Case(f"backup: {name}", "BackupAndRestore", told, fits, batches=4, crashes=crashes)


_UP_AND_DOWN = (0.9, 0.5, 0.6, 0.4, 0.7, 0.7, 0.3, 0.8)
_SHORT = (0.9, 0.5, 0.6)

CASES = (
    _stop("no patience", *_UP_AND_DOWN),
    _stop("no patience, worse at once", 0.5, 0.6, 0.7, 0.8),
    _stop("patience 1", *_UP_AND_DOWN, patience=1),
    _stop("patience 2", *_UP_AND_DOWN, patience=2),
    _stop("patience 3 runs to the end", *_UP_AND_DOWN, patience=3),
    _stop("a tie is no improvement", 0.5, 0.5, 0.5, 0.5, patience=2),
    _stop("a tie of the best of two", 0.6, 0.5, 0.5, 0.5, 0.4, patience=2),
    _stop("restores the best", *_UP_AND_DOWN, patience=2, restore_best_weights=True),
    _stop("restores the best without stopping", *_UP_AND_DOWN, patience=5, restore_best_weights=True),
    _stop("restores the first of equals", 0.5, 0.4, 0.4, 0.4, patience=5, restore_best_weights=True),
    _stop("restores when worse at once", 0.5, 0.6, 0.7, restore_best_weights=True),
    _stop("one epoch cannot stop", 0.5, restore_best_weights=True),
    _stop("min_delta", 1.0, 0.95, 0.9, 0.85, 0.8, min_delta=0.15, patience=2),
    _stop("min_delta met exactly is too little", 1.0, 0.5, 0.0, min_delta=0.5, patience=1),
    _stop("min_delta in single precision", 0.5, 0.4999, 0.4998, 0.4997, min_delta=1e-4, patience=2),
    _stop("min_delta lost in single precision", 100.0, 99.999999, 99.999998, patience=1),
    _stop("a negative min_delta counts as positive", 1.0, 0.95, 0.9, 0.7, 0.65, min_delta=-0.15, patience=2),
    _stop("mode max", 0.1, 0.3, 0.2, 0.3, 0.4, mode="max", patience=2),
    _stop("mode max with min_delta", 0.1, 0.3, 0.31, 0.32, 0.6, mode="max", patience=2, min_delta=0.05),
    _stop("auto: accuracy goes up", 0.1, 0.3, 0.2, 0.1, monitor="val_accuracy", patience=2),
    _stop("auto: mae goes down", 0.1, 0.3, 0.2, 0.1, monitor="mae", patience=2),
    _stop("auto: loss", 0.1, 0.3, 0.2, 0.1, monitor="loss", patience=2),
    _stop("auto: unknown metric", 0.1, 0.3, monitor="val_score"),
    _stop("unknown metric, mode min", 0.1, 0.3, 0.4, monitor="val_score", mode="min"),
    _stop("unknown mode", 0.1, 0.3, 0.4, mode="least"),
    _stop("against its nature", 0.1, 0.3, 0.2, 0.4, mode="min", monitor="val_accuracy", patience=2),
    _stop("never there", None, None, None),
    _stop("there now and then", 0.5, None, 0.6, None, 0.7, 0.8, patience=2),
    _stop("NaN first is best for ever", NAN, 0.5, 0.4, 0.3, patience=2, restore_best_weights=True),
    _stop("NaN later", 0.5, NAN, NAN, 0.4, NAN, NAN, 0.1, patience=2, restore_best_weights=True),
    _stop("infinite", INF, 0.5, INF, INF, patience=2),
    _stop("minus infinity", -INF, -INF, 0.0, patience=2),
    _stop("baseline never met", 0.9, 0.8, 0.7, 0.6, baseline=0.5, patience=3, restore_best_weights=True),
    _stop("baseline met", 0.9, 0.4, 0.45, 0.46, baseline=0.5, patience=2, restore_best_weights=True),
    _stop("baseline met at its edge", 0.9, 0.5, 0.5, 0.4, baseline=0.5, patience=2),
    _stop("baseline and best, one of them beaten", 0.4, 0.45, 0.42, 0.39, 0.38, baseline=0.39, patience=3),
    _stop("baseline, mode max", 0.1, 0.2, 0.6, 0.5, 0.5, baseline=0.5, patience=2, mode="max"),
    _stop("start_from_epoch", 0.1, 0.2, 0.9, 0.8, 0.85, 0.9, 0.9, start_from_epoch=2, patience=2),
    _stop("start_from_epoch beyond the end", 0.1, 0.2, 0.3, start_from_epoch=9, restore_best_weights=True),
    _stop(
        "start_from_epoch restores only later ones", 0.1, 0.5, 0.4, 0.6, start_from_epoch=1, restore_best_weights=True
    ),
    _stop("begins anew in each fit", (0.1, 0.2, 0.3), (0.5, 0.4, 0.45), patience=2, restore_best_weights=True),
    _stop("silent", *_UP_AND_DOWN, patience=1, restore_best_weights=True, verbose=0),
    _plateau("patience 1", 0.5, 0.5, 0.5, 0.5, patience=1),
    _plateau("patience 2", 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, patience=2, factor=0.5),
    _plateau("patience 0", 0.5, 0.6, 0.4, 0.4, patience=0, factor=0.5),
    _plateau("min_delta is 1e-4", 0.5, 0.49995, 0.4999, 0.49985, 0.4, patience=1),
    _plateau("min_delta 0", 0.5, 0.49995, 0.4999, 0.49985, 0.4, patience=1, min_delta=0),
    _plateau("cooldown", *(0.5,) * 10, patience=1, cooldown=2, factor=0.5),
    _plateau("cooldown, better in it", 0.5, 0.6, 0.4, 0.45, 0.45, 0.45, 0.45, patience=2, cooldown=3, factor=0.5),
    _plateau("cooldown of 1", *(0.5,) * 8, patience=2, cooldown=1, factor=0.5),
    _plateau("min_lr", *(0.5,) * 6, patience=1, min_lr=0.02),
    _plateau("min_lr is the present rate", *(0.5,) * 4, patience=1, min_lr=0.1, cooldown=2),
    _plateau("min_lr above the present rate", *(0.5,) * 4, patience=1, min_lr=0.5),
    _plateau("mode max", 0.1, 0.2, 0.2, 0.3, 0.3, patience=1, mode="max"),
    _plateau("auto: accuracy goes up", 0.1, 0.2, 0.3, 0.3, monitor="accuracy", patience=1),
    _plateau("never there", None, None),
    _plateau("NaN", 0.5, NAN, NAN, 0.4, patience=2),
    _plateau("watches the rate itself", 0.5, 0.5, 0.5, monitor="learning_rate", patience=1, mode="min"),
    _plateau("begins anew in each fit", (0.5, 0.6, 0.6), (0.9, 0.9, 0.9), patience=2, cooldown=1),
    _plateau("factor 1", factor=1.0),
    _plateau("default patience", *(0.5,) * 12),
    _plateau("a rate that is no binary fraction", *(0.5,) * 5, rate=0.003, patience=1, factor=0.3),
    _save("each epoch", "model.keras", *_SHORT),
    _save("the best", "model.keras", *_UP_AND_DOWN, save_best_only=True),
    _save("the best, mode max", "model.keras", *_UP_AND_DOWN, save_best_only=True, mode="max"),
    _save("the best accuracy", "model.keras", *_UP_AND_DOWN, save_best_only=True, monitor="val_accuracy"),
    _save("the best lasts over fits", "model.keras", (0.5, 0.4), (0.45, 0.3), save_best_only=True),
    _save("threshold", "model.keras", *_UP_AND_DOWN, save_best_only=True, initial_value_threshold=0.45),
    _save("the best of ties and NaNs", "model.keras", 0.5, NAN, 0.5, 0.4, NAN, save_best_only=True),
    _save("the best, NaN first", "model.keras", NAN, 0.5, 0.4, save_best_only=True),
    _save("the best of nothing", "model.keras", None, None, save_best_only=True),
    _save("names", "{epoch:02d}-{val_loss:.2f}.keras", *_SHORT),
    _save(
        "names of the best", "{epoch}-{val_loss:.3f}.weights.h5", *_SHORT, save_best_only=True, save_weights_only=True
    ),
    _save("a name of no log", "{val_score:.2f}.keras", *_SHORT),
    _save("a batch in an epoch's name", "{batch}.keras", *_SHORT),
    _save("weights", "w.weights.h5", *_SHORT, save_weights_only=True),
    _save("weights need their ending", "w.keras", save_weights_only=True),
    _save("weights need all of it", "w.h5", save_weights_only=True),
    _save("models need theirs", "model.tf"),
    _save("older ending", "model.h5", *_SHORT),
    _save("unknown metric", "model.keras", 0.1, 0.2, monitor="val_score"),
    _save("unknown save_freq", "model.keras", *_SHORT, save_freq="batch"),
    _save("every 3 of 4 batches", "{epoch}-{batch}.keras", *_SHORT, batches=4, save_freq=3),
    _save("every 4 of 4 batches", "{epoch}-{batch}.keras", *_SHORT, batches=4, save_freq=4),
    _save("every 10 of 4 batches", "{epoch}-{batch}.keras", *_SHORT, batches=4, save_freq=10),
    _save("every batch", "m.weights.h5", *_SHORT[:2], batches=2, save_freq=1, save_weights_only=True),
    _save("every 3 in twos", "{epoch}-{batch}.keras", *_SHORT, batches=5, save_freq=3, steps_per_execution=2),
    _save("over fits", "{epoch}-{batch}.keras", (0.5, 0.4), (0.3, 0.2), batches=4, save_freq=3),
    _save("silent", "model.keras", *_SHORT, verbose=0),
    _schedule("halve", verbose=1),
    _schedule("of the epoch alone", verbose=1),
    _schedule("numpy's float32"),
    _schedule("numpy's float64", verbose=1),
    _schedule("an int"),
    _schedule("None"),
    _schedule("an array"),
    _csv("three epochs", tuple({"loss": v, "accuracy": 1 - v} for v in _SHORT)),
    _csv("validated", tuple({"loss": v, "val_loss": v * 2} for v in _SHORT)),
    _csv("validated later", ({"loss": 0.5}, {"loss": 0.25, "val_loss": 0.75})),
    _csv("a log goes missing", ({"loss": 0.5, "score": 1.0}, {"loss": 0.25})),
    _csv("a log comes late", ({"loss": 0.5, "val_loss": 1.0}, {"loss": 0.25, "val_loss": 0.5, "new": 1.0})),
    _csv("separator", tuple({"loss": v, "val_loss": v} for v in _SHORT), separator=";"),
    _csv("overwritten", ({"loss": 0.5},), ({"loss": 0.25},)),
    _csv("appended", ({"loss": 0.5},), ({"loss": 0.25, "other": 1.0},), append=True),
    _csv("text, lists and NaN", ({"loss": NAN, "text": "a, b", "list": [1, 2], "val_x": INF},)),
    _nan("never", None),
    _nan("at the first batch", 0),
    _nan("within the epoch", 3),
    _nan("at the last batch", 5),
    _nan("of the other sign", 2, -1e30),
    _nan("in twos", 3, spe=2),
    _nan("as an error", 4, raise_error=True),
    _backup("nothing happens", (3,), (None,)),
    _backup("a crash", (5, 5), (3, None)),
    _backup("a crash at once", (3, 3), (0, None)),
    _backup("two crashes", (6, 6, 6), (2, 4, None)),
    _backup("kept", (3, 5), (None, None), delete_checkpoint=False),
    _backup("kept, nothing left to do", (3, 3), (None, None), delete_checkpoint=False),
    _backup("every 100 batches", (4, 4), (2, None), save_freq=100),
    _backup("doubled", (5, 5), (3, None), double_checkpoint=True),
    _backup("unknown save_freq", (1,), (None,), save_freq="batch"),
)


class Crash(Exception):
    """What a case ends a fit with."""


def _script(keras: Any, case: Case, index: int, saves: list[list[Any]], rates: list[float]) -> tuple[Any, Any]:
    """The callbacks before and after the one under test."""

    class Before(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == case.crashes[index]:
                raise Crash

        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            value = case.values[index][epoch]
            if isinstance(value, dict):
                logs.clear()
                logs.update(value)
            elif value is not None:
                logs[case.monitor] = value
            if case.bad is None:
                self.model.set_weights([np.array([[epoch + 1.0]], "float32")])

    class After(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            rates.append(float(self.model.optimizer.learning_rate))

    return Before(), After()


def _save_noting(model: Any, saves: list[list[Any]], folder: str) -> None:
    """Let saving note the optimizer's step, the method and the path, and write nothing."""

    def note(kind: str) -> Callable[..., None]:
        def save(path: Any, overwrite: bool = False) -> None:
            if hasattr(model, "jax_state_sync"):
                model.jax_state_sync()
            saves.append([int(np.asarray(model.optimizer.iterations)), kind, str(path).replace(folder, FOLDER)])

        return save

    model.save, model.save_weights = note("model"), note("weights")


def _plain(value: Any) -> Any:
    return None if value is None else float(value)


def run(keras: Any, case: Case) -> list[dict[str, Any]]:
    """What happened, fit by fit."""
    with tempfile.TemporaryDirectory() as folder:
        return _run(keras, case, folder)


def _run(keras: Any, case: Case, folder: str) -> list[dict[str, Any]]:
    arguments = {k: v.replace(FOLDER, folder) if isinstance(v, str) else v for k, v in case.arguments.items()}
    if "schedule" in arguments:
        arguments["schedule"] = SCHEDULES[arguments["schedule"]]
    try:
        with warnings.catch_warnings(record=True) as raised:
            warnings.simplefilter("always")
            callback = getattr(keras.callbacks, case.callback)(**arguments)
    except Exception as error:
        return [{"error": type(error).__name__}]
    outcomes: list[dict[str, Any]] = [{"warnings": len(raised)}] if raised else []
    model = keras.Sequential([keras.layers.Input(shape=(1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(
        keras.optimizers.SGD(case.learning_rate),
        "mse",
        metrics=list(case.metrics),
        steps_per_execution=case.steps_per_execution,
    )
    model.set_weights([np.array([[0.5]], "float32")])
    x = np.linspace(0.5, 1.0, case.batches, dtype="float32")[:, None]
    y = 0.5 * x[:, 0]
    if case.bad is not None:
        y[case.bad] = case.bad_value
    for index, values in enumerate(case.values):
        outcomes.append(_fit(keras, case, index, callback, model, (x, y), folder, len(values)))
    return outcomes


def _fit(
    keras: Any, case: Case, index: int, callback: Any, model: Any, data: tuple[Any, Any], folder: str, epochs: int
) -> dict[str, Any]:
    saves: list[list[Any]] = []
    rates: list[float] = []
    before, after = _script(keras, case, index, saves, rates)
    if case.callback == "ModelCheckpoint":
        _save_noting(model, saves, folder)
    history = keras.callbacks.History()
    printed, error = StringIO(), None
    with warnings.catch_warnings(record=True) as raised, redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            callbacks = [before, callback, after, history]
            model.fit(*data, batch_size=1, epochs=epochs, shuffle=False, verbose=0, callbacks=callbacks)
        except Exception as exception:
            error = type(exception).__name__
    log = Path(folder) / "log.csv"
    return {
        "epochs": history.epoch,
        "logs": sorted(history.history),
        "logged_rates": [float(v) for v in history.history.get("learning_rate", [])],
        "rates": rates,
        "saves": saves,
        "steps": int(np.asarray(model.optimizer.iterations)),
        "weight": float(model.get_weights()[0][0, 0]) if case.bad is None else None,
        "stopped": bool(model.stop_training),
        "attributes": {name: _plain(getattr(callback, name)) for name in _ATTRIBUTES if hasattr(callback, name)},
        "printed": printed.getvalue().replace(folder, FOLDER),
        "warnings": sum(w.category is UserWarning for w in raised),
        "error": error,
        "file": log.read_bytes().decode() if log.exists() else None,
        "backup": (Path(folder) / "backup").exists(),
    }
