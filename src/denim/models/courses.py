"""Steps run with callbacks around them: an epoch of training, an evaluation."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Protocol

from denim.callbacks.callback_list import CallbackList, Phase
from denim.engines.protocol import Progress, Totals
from denim.models.compiling import Judgement
from denim.models.position import Position
from denim.models.streams import Stream
from denim.models.stretches import Stretch
from denim.models.tasks import Call, Task
from denim.models.windows import Windows

Logs = dict[str, Any]
Course = Stretch | Windows | Stream
"""What is trained or evaluated on."""


class CourseSteps(Protocol):
    """The steps of one epoch or evaluation."""

    def has(self, step: int) -> bool:
        """Whether there is a step of this number."""
        ...

    def run(
        self, first: int, last: int | None, totals: Totals | None, progress: Progress | None
    ) -> tuple[int, Totals | None]:
        """Steps [first, last), or as many as there are; returns the number after the last one, and the totals."""
        ...


def train_epoch(
    course: Course, model: Any, hooks: CallbackList, at: Position, first_epoch: int, shuffle: bool
) -> Logs | None:
    """The remaining steps of the epoch at a position; None if there was none."""
    task = course.task

    def begin(task: Task) -> Call:
        return task.training(model.optimizer, at.key)

    def run(by_batches: bool) -> Logs | None:
        steps = course.epoch(begin, at, first_epoch, shuffle)
        return _run("train", steps, task.judgement, hooks, model, lambda: model.stop_training, by_batches, at)

    if hooks.wants_batches("train"):
        return run(True)
    if not hooks.stops_at_nan():
        return run(False)
    if not course.repeatable:
        return run(True)
    start = at.copy()
    variables = [*task.lowered.variables, *model.optimizer.variables]
    values = [variable.numpy() for variable in variables]
    logs = run(False)
    if logs is not None and not math.isfinite(logs["loss"]):
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        at.go_to(start)
        logs = run(True)
    return logs


def evaluate(course: Course, model: Any, hooks: CallbackList) -> Logs | None:
    """Loss and metrics over all steps; None if there was none."""
    task = course.task
    model.stop_evaluating = False
    hooks.on_test_begin()
    logs = _run(
        "test",
        course.evaluation(Task.evaluation),
        task.judgement,
        hooks,
        model,
        lambda: model.stop_evaluating,
        hooks.wants_batches("test"),
        Position(),
    )
    hooks.on_test_end(logs)
    return logs


def _run(
    phase: Phase,
    steps: CourseSteps,
    judgement: Judgement,
    hooks: CallbackList,
    model: Any,
    stopped: Callable[[], bool],
    by_batches: bool,
    at: Position,
) -> Logs | None:
    """The steps from a position on, all at once, or with the hooks around every batch."""
    if at.totals is None:
        judgement.begin()
    start, totals = at.step, at.totals
    if by_batches:
        stride = model.steps_per_execution
        while steps.has(at.step):
            first = at.step
            hooks.before_batch(phase, first)
            at.step, totals = steps.run(first, first + stride, totals, None)
            at.totals = totals
            hooks.after_batch(phase, first + stride - 1, {} if totals is None else judgement.logs(totals, of_step=True))
            if stopped():
                break
        return None if totals is None else judgement.logs(totals)

    def draw(done: int, totals: Totals | None) -> None:
        at.step, at.totals = start + done, totals
        hooks.on_progress(phase, start + done, {} if totals is None else judgement.logs(totals, of_step=True))

    end, totals = steps.run(start, None, totals, draw if hooks.draws_progress() else None)
    hooks.steps_counted(end)
    return None if totals is None else judgement.logs(totals)
