"""``denim train``: a network for people's own data, and how good it is on rows that it has not seen."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

import denim as keras
from denim.commands import screen, written
from denim.commands.errors import CommandError
from denim.commands.evaluate import tell_measures
from denim.commands.evaluation import Evaluation, evaluated
from denim.commands.subject import Judged, answered
from denim.commands.training import folder as folders
from denim.commands.training import wording
from denim.commands.training.building import batch_size, build
from denim.commands.training.course import Course
from denim.commands.training.data import Data
from denim.commands.training.network import Network
from denim.commands.training.results import Trained
from denim.commands.training.settings import Settings, from_toml
from denim.commands.training.stopping import CtrlC
from denim.engines.selection import engine_name


@dataclass(frozen=True)
class Place:
    """Where a training goes: the folder asked for, if one was, and whether it goes on there or may overwrite."""

    out: Path | None = None
    resume: bool = False
    overwrite: bool = False


NEW = Place()
"""A folder of its own below runs/."""


def train(
    given: Mapping[str, Any],
    *,
    config: Path | None = None,
    place: Place = NEW,
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
    if begun is None:
        folders.check_free(place.out, place.overwrite)
    network, optimizer = Network.read(settings.layers), _optimizer(settings)
    clock = _Clock()
    data = Data.of(settings)
    clock.lap("data")
    network.check_outputs(len(data.preparation.classes), data.preparation.target.outputs)
    if settings.class_weight is not None and not data.preparation.classes:
        raise CommandError(f"--class-weight is for classes, and {data.preparation.target.name!r} is a number.")
    facts = {"rows": data.fingerprint(), "engine": engine_name()}
    if begun is not None:
        _check_same(facts, begun)
    model = build(network, data.preparation, data.train.x, data.train.y, optimizer, settings.seed)
    size = settings.batch_size or batch_size(len(data.train))
    described = wording.of_network(model)
    for line in (*data.notes, wording.of_parts(data), f"{described}; {settings.optimizer}, batches of {size}"):
        screen.line(console, line)
    with _folder(place, settings) as folder:
        if begun is None:
            folder.note({"settings": asdict(settings), **facts})
        import h5py  # noqa: F401  now, so that saving does not wait for it after Ctrl-C

        course = Course(model, data, settings, size, folder)
        with CtrlC() as ctrl_c:
            try:
                stopped = course.run(progress, ctrl_c)
            except CommandError:
                folder.finish()
                raise
            clock.lap("training")
            model.preparation = data.preparation
            model.save(folder.model)
            folder.write_history(course.history)
            judged, answers, evaluation = ("", None, None) if stopped else _judged(model, data, folder, settings)
            clock.lap("judging")
            names = [folders.MODEL, *([] if stopped else [written.REPORT, written.RESULTS]), folders.HISTORY]
            found = Trained(
                settings=settings,
                task=data.preparation.task,
                classes=data.preparation.classes,
                notes=data.notes,
                network=described,
                parameters=model.count_params(),
                rows={name: len(rows) for name, rows in data.parts.items()},
                batch_size=size,
                learning_rate=float(str(np.float32(optimizer.learning_rate))),
                history=course.history,
                best_epoch=course.best_epoch,
                judged=judged,
                evaluation=evaluation,
                seconds=clock.laps,
                stopped=stopped,
                files=tuple(folder.path / name for name in names),
                versions={"denim": keras.__version__, "engine": engine_name(), "numpy": np.__version__},
            )
            if stopped is None:
                _finish(folder, found, answers, model)
            else:
                folder.forget_results()
    if stopped is None:
        _tell(found, console)
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
    folder = folders.stopped(place.out, written.named_after(Settings.of(wanted).data))
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
    with folders.new(place.out, written.named_after(settings.data), place.overwrite) as folder:
        yield folder


def _optimizer(settings: Settings) -> Any:
    found: Any = keras.optimizers.get(settings.optimizer)
    if settings.learning_rate is not None:
        found.learning_rate = settings.learning_rate
    return found


def _judged(
    model: Any, data: Data, folder: folders.Folder, settings: Settings
) -> tuple[str, Judged | None, Evaluation | None]:
    """How good the model is on rows that it has not learnt from, and which these are."""
    for name in ("test", "validation"):
        rows = data.parts.get(name)
        if rows is not None:
            answers = answered(model, data.preparation, rows.content, rows.x, rows.y)
            return name, answers, evaluated(answers, str(folder.model), settings.data)
    return "", None, None


def _finish(folder: folders.Folder, found: Trained, answers: Judged | None, model: Any) -> None:
    from denim.commands.pages.training import training_page

    written.write(folder.path, training_page(found, answers, model), found.as_json())
    folder.finish()


def _tell(found: Trained, console: Console) -> None:
    screen.line(console, found.ending)
    if found.evaluation is not None:
        tell_measures(found.evaluation, f"{found.judged}: {found.rows[found.judged]:,} rows", console)
    if found.judged != "test":
        screen.line(console, found.caution)
    for path in found.files:
        screen.line(console, str(path))


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
