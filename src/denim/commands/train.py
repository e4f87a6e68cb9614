"""``denim train``: a network for people's own data, and how good it is on rows that it has not seen."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import denim as keras
from denim.callbacks.callback import Callback, Logs
from denim.commands.errors import CommandError
from denim.commands.training import folder as folders
from denim.commands.training.backup import Backup
from denim.commands.training.building import batch_size, build
from denim.commands.training.data import Data
from denim.commands.training.network import Network
from denim.commands.training.progress import TrainingProgress
from denim.commands.training.results import Stopped, Trained
from denim.commands.training.settings import Settings, from_toml
from denim.commands.training.stopping import CtrlC
from denim.engines.selection import engine_name
from denim.judging.scores import baseline, scores

_BACKUP_SECONDS = 10.0
_PREDICTED_AT_ONCE = 1024


@dataclass(frozen=True)
class Place:
    """Where a training goes: the folder asked for, if one was, and whether it goes on there or may overwrite."""

    out: Path | None = None
    resume: bool = False
    overwrite: bool = False


def train(
    given: Mapping[str, Any],
    *,
    config: Path | None = None,
    place: Place = Place(),
    console: Console,
    progress: Console,
) -> Trained:
    """Train a network, and write it and what is known of it to a folder.

    Args:
        given: settings by name, those of ``Settings``; the others have defaults.
        config: a TOML file with further settings, which ``given`` goes before.
        place: where it goes.
        console: where decisions, scores and paths are told.
        progress: where is drawn how far it is.

    Returns:
        what it came to. After Ctrl-C that says where it was stopped, and the model is the best or the last there was.

    Raises:
        ValueError: for settings, files or data that cannot be used. Nothing is then written.
    """
    settings, place, begun = _settings(given, config, place)
    network = Network.read(settings.layers)
    optimizer = keras.optimizers.get(settings.optimizer)
    if settings.learning_rate is not None:
        optimizer.learning_rate = settings.learning_rate
    clock = _Clock()
    data = Data.of(settings)
    clock.lap("data")
    network.check_outputs(len(data.preparation.classes), data.preparation.target.outputs)
    for note in data.notes:
        _say(console, note)
    facts = {"rows": data.fingerprint(), "engine": engine_name()}
    if begun is not None:
        _check_same(facts, begun)
    model = build(network, data.preparation, data.train.x, data.train.y, optimizer, settings.seed)
    size = settings.batch_size or batch_size(len(data.train))
    _say(console, _parts(data))
    _say(console, f"{_layers(model)}; {settings.optimizer}, batches of {size}")
    with _folder(place, settings) as folder:
        if begun is None:
            folder.note({"settings": asdict(settings), **facts})
        import h5py  # noqa: F401  now, so that saving does not wait for it after Ctrl-C

        course = _Course(model, data, settings, size, folder)
        with CtrlC() as ctrl_c:
            stopped = course.run(progress, ctrl_c)
            clock.lap("training")
            model.preparation = data.preparation
            model.save(folder.model)
            folder.write_history(course.history)
            found = _trained(settings, data, model, size, course, stopped, clock, folder)
            if stopped is None:
                folders.write(folder.path / folders.RESULTS, found.as_json() + "\n")
                folder.finish()
    return found


def _settings(
    given: Mapping[str, Any], config: Path | None, place: Place
) -> tuple[Settings, Place, dict[str, Any] | None]:
    """The settings, the place, and what a training that is to go on began with."""
    wanted, out = ({}, None) if config is None else from_toml(config)
    wanted |= {name: value for name, value in given.items() if value is not None}
    place = Place(place.out or out, place.resume, place.overwrite)
    if not place.resume:
        return Settings.of(wanted), place, None
    folder = folders.stopped(place.out, _name(Settings.of(wanted).data))
    begun = folder.begun_with()
    settings = Settings.of(begun["settings"], wanted)
    differences = settings.differences(begun["settings"])
    if differences:
        raise CommandError(
            f"A training goes on with the settings that it began with. Those of {folder.path} are others: "
            f"{'; '.join(differences)}. Leave these options out, or train anew without --resume."
        )
    return settings, Place(folder.path, True), begun


def _check_same(facts: Mapping[str, Any], begun: Mapping[str, Any]) -> None:
    if facts["rows"] != begun.get("rows"):
        raise CommandError(
            "A training goes on with the data that it began with, and these files now hold other rows. Bring back the "
            "files as they were, or train anew without --resume."
        )
    if facts["engine"] != begun.get("engine"):
        raise CommandError(
            f"A training goes on with the engine that it began with: {begun.get('engine')!r}. Received: "
            f"{facts['engine']!r}. Set DENIM_ENGINE={begun.get('engine')}."
        )


@contextmanager
def _folder(place: Place, settings: Settings) -> Iterator[folders.Folder]:
    if place.resume and place.out is not None:
        yield folders.Folder(place.out)
        return
    with folders.new(place.out, _name(settings.data), place.overwrite) as folder:
        yield folder


def _name(data: str) -> str:
    """What a training on this file is called."""
    return Path(data).resolve().name.partition(".")[0] or "data"


class _Course:
    """The epochs of a training, from their begin or from where they were stopped."""

    def __init__(self, model: Any, data: Data, settings: Settings, batch_size: int, folder: folders.Folder) -> None:
        self.model = model
        self.data = data
        self.settings = settings
        self.batch_size = batch_size
        self._history = keras.callbacks.History()
        self._stopping = (
            keras.callbacks.EarlyStopping("val_loss", patience=settings.patience, restore_best_weights=True)
            if settings.early_stopping and data.validation is not None
            else None
        )
        self._backup = Backup(folder.state, self._history, self._stopping, _BACKUP_SECONDS)

    @property
    def history(self) -> dict[str, list[float]]:
        """The logs, one an epoch."""
        return self._history.history

    @property
    def best_epoch(self) -> int:
        """The epoch whose weights the model has, the first being 1."""
        if self._stopping is not None and self._stopping.best is not None:
            return self._stopping.best_epoch + 1
        return max(map(len, self.history.values()), default=0)

    def run(self, progress: Console, ctrl_c: CtrlC) -> Stopped | None:
        """Train to the end, or until Ctrl-C: then all that going on takes is kept, and it is returned where."""
        data, shown = self.data, TrainingProgress(progress, ctrl_c, len(self.data.train))
        stopping = [] if self._stopping is None else [self._stopping]
        try:
            self.model.fit(
                data.train.x,
                data.train.y,
                batch_size=self.batch_size,
                epochs=self.settings.epochs,
                validation_data=None if data.validation is None else (data.validation.x, data.validation.y),
                validation_batch_size=_PREDICTED_AT_ONCE,
                class_weight=self._class_weight(),
                callbacks=[_Finite(), self._history, *stopping, self._backup, shown],
                verbose=0,
            )
        except KeyboardInterrupt:
            self._backup.save()
            if self._stopping is not None and self._stopping.best_weights is not None:
                self.model.set_weights(self._stopping.best_weights)
            at = self.model._position
            return Stopped(at.epoch + 1, at.step, -(-len(data.train) // self.batch_size))
        finally:
            shown.close()
        return None

    def _class_weight(self) -> dict[int, float] | None:
        if self.settings.class_weight is None or self.data.preparation.task == "regression":
            return None
        counts = self.data.class_counts
        return {i: len(self.data.train) / (len(counts) * count) for i, count in enumerate(counts.tolist()) if count}


class _Finite(Callback):
    """Ends a training whose loss is lost."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss", 0.0)
        if not math.isfinite(loss):
            rate = float(self.model.optimizer.learning_rate)
            raise CommandError(
                f"The loss must stay finite, but that of epoch {epoch + 1} is {loss}. A smaller --learning-rate helps "
                f"most: {rate / 10:g} instead of {rate:g}."
            )


class _Clock:
    """Seconds since the lap before."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        """What was done since the last lap is called so."""
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now


def _trained(
    settings: Settings,
    data: Data,
    model: Any,
    batch_size: int,
    course: _Course,
    stopped: Stopped | None,
    clock: _Clock,
    folder: folders.Folder,
) -> Trained:
    preparation, parts = data.preparation, data.parts
    judged = next((name for name in ("test", "validation") if name in parts), "") if stopped is None else ""
    found: dict[str, float] = {}
    beside: dict[str, float] = {}
    if judged:
        rows = parts[judged]
        outputs: np.ndarray = model.predict(rows.x, batch_size=_PREDICTED_AT_ONCE, verbose=0)
        found = scores(preparation.task, rows.y, outputs)
        beside = baseline(preparation.task, data.train.y, rows.y, len(preparation.classes))
        clock.lap("judging")
    names = (folders.MODEL, folders.HISTORY, *(() if stopped else (folders.RESULTS,)))
    return Trained(
        settings=settings,
        task=preparation.task,
        classes=tuple(preparation.classes),
        notes=data.notes,
        network=_layers(model),
        parameters=model.count_params(),
        rows={name: len(rows) for name, rows in parts.items()},
        batch_size=batch_size,
        learning_rate=float(str(np.float32(model.optimizer.learning_rate))),
        history=course.history,
        best_epoch=course.best_epoch,
        judged=judged,
        scores=found,
        baseline=beside,
        seconds=clock.laps,
        stopped=stopped,
        files=tuple(folder.path / name for name in names),
        versions={"denim": keras.__version__, "engine": engine_name(), "numpy": np.__version__},
    )


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _parts(data: Data) -> str:
    """The split, in words."""
    kept = [f"{len(rows):,} for {name} ({rows.origin})" for name, rows in data.parts.items() if name != "train"]
    stratified = ", each with its share of every class" if data.preparation.task != "regression" else ""
    return f"{len(data.train):,} rows to learn from" + (f"; {', '.join(kept)}{stratified}" if kept else "")


def _layers(model: Any) -> str:
    """The network in words, such as "4 inputs, 100 relu, 3 softmax"."""
    inputs = "×".join(map(str, model.input_shape[1:]))
    words = [f"{inputs} inputs"]
    for layer in model.layers:
        name = type(layer).__name__
        if name == "Dense":
            words.append(f"{layer.units} {layer.activation.__name__}")
        elif name == "Dropout":
            words.append(f"dropout {layer.rate:g}")
        elif name == "BatchNormalization":
            words.append("batch normalization")
    return f"{', '.join(words)}: {model.count_params():,} parameters"
