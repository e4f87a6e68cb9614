"""``denim train``: a network for people's own data, and how good it is on rows that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from denim.commands.training.building import Learner, batch_size
from denim.commands.training.clock import Clock
from denim.commands.training.course import Course
from denim.commands.training.data import Data
from denim.commands.training.plan import NEW, Place, Plan
from denim.commands.training.results import Stopped, Trained
from denim.commands.training.stopping import Interruption
from denim.commands.typed import command
from denim.engines.selection import engine_name
from denim.report.files import writing


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
        what it came to. After Ctrl-C or SIGTERM it says where it was stopped, and the model is the best or the last
        there was.

    Raises:
        ValueError: for settings, files or data that cannot be used. Nothing is then written.
        KeyboardInterrupt: the same, or Ctrl-C before the training began, or a second time.
    """
    clock = Clock()
    plan = Plan.of(given, config, place)
    learner = Learner.of(plan.settings)
    data = Data.of(plan.settings)
    clock.lap("data")
    learner.check_fits(data, plan.settings.class_weight)
    plan.check_same(data)
    lesson = _Lesson.of(learner, data, plan)
    for line in (*data.notes, wording.of_parts(data), lesson.described):
        screen.line(console, line)
    with plan.folder(data) as folder, Interruption() as interruption:
        found = _taught(lesson, folder, clock, progress, interruption)
    if found.stopped is None:
        _tell(found, console)
    return found


@dataclass(frozen=True, eq=False)
class _Lesson:
    """A model that is ready to learn, and what it learns from."""

    model: Any
    learner: Learner
    data: Data
    plan: Plan
    batch_size: int

    @classmethod
    def of(cls, learner: Learner, data: Data, plan: Plan) -> _Lesson:
        size = plan.settings.batch_size or batch_size(len(data.train))
        return cls(learner.model(data, plan.settings.seed), learner, data, plan, size)

    @property
    def described(self) -> str:
        return f"{wording.of_network(self.model)}; {self.plan.settings.optimizer}, batches of {self.batch_size}"


def _taught(
    lesson: _Lesson, folder: folders.Folder, clock: Clock, progress: Console, interruption: Interruption
) -> Trained:
    """The training itself, and all that it writes."""
    import h5py  # noqa: F401  now, so that saving does not wait for it after Ctrl-C

    model, data, settings = lesson.model, lesson.data, lesson.plan.settings
    course = Course(model, data, settings, lesson.batch_size, folder)
    try:
        stopped = course.run(progress, interruption)
    except CommandError:
        folder.finish()
        raise
    except KeyboardInterrupt as error:
        raise _at_once(error, folder) from None
    clock.lap("training")
    model.preparation = data.preparation
    with writing(folder.model):
        model.save(folder.model)
    folder.write_history(course.history)
    verdict = _Verdict() if stopped else _Verdict.on(model, data, folder, settings.data)
    clock.lap("judging")
    found = _result(lesson, course, verdict, clock, stopped, folder)
    if stopped is None:
        _finish(folder, found, verdict.answers, model)
    else:
        folder.forget_results()
    return found


def _at_once(error: KeyboardInterrupt, folder: folders.Folder) -> KeyboardInterrupt:
    """A second signal: nothing more is written, but there may be a backup of earlier epochs."""
    if not folder.is_stopped:
        return error
    again = command("train", out=folder.path, resume=True)
    return type(error)(f"Stopped at once. To go on from the last backup: {again}")


@dataclass(frozen=True, eq=False)
class _Verdict:
    """How good the model is on rows that it has not learnt from, and which part of the data these are."""

    part: str = ""
    answers: Judged | None = None
    evaluation: Evaluation | None = None

    @classmethod
    def on(cls, model: Any, data: Data, folder: folders.Folder, path: str) -> _Verdict:
        for name in ("test", "validation"):
            rows = data.parts.get(name)
            if rows is not None:
                answers = answered(model, data.preparation, rows.content, rows.x, rows.y)
                return cls(name, answers, evaluated(answers, str(folder.model), path))
        return cls()


def _result(
    lesson: _Lesson, course: Course, verdict: _Verdict, clock: Clock, stopped: Stopped | None, folder: folders.Folder
) -> Trained:
    data = lesson.data
    names = [folders.MODEL, *([] if stopped else [written.REPORT, written.RESULTS]), folders.HISTORY]
    return Trained(
        settings=lesson.plan.settings,
        task=data.preparation.task,
        classes=data.preparation.classes,
        notes=data.notes,
        network=wording.of_network(lesson.model),
        parameters=lesson.model.count_params(),
        rows={name: len(rows) for name, rows in data.parts.items()},
        batch_size=lesson.batch_size,
        learning_rate=lesson.learner.learning_rate,
        history=course.history,
        best_epoch=course.best_epoch,
        judged=verdict.part,
        evaluation=verdict.evaluation,
        seconds=clock.laps,
        stopped=stopped,
        files=tuple(folder.path / name for name in names),
        versions={"denim": keras.__version__, "engine": engine_name(), "numpy": np.__version__},
    )


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
