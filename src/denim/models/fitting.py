"""``fit``: what its arguments mean, and the loop over the epochs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from denim.data.batches import resolve_batch_size, whole
from denim.data.iterables import is_iterable_of_batches, kind_of, unpacked
from denim.data.stored import lies_in_file
from denim.data.structure import flatten
from denim.layers.undoing import unbuilt_if_refused
from denim.messages import print_message
from denim.models import hints
from denim.models.courses import Course, evaluate, train_epoch
from denim.models.gathering import columns_for, course_for, rows_for
from denim.models.overrides import refuse_overridden
from denim.models.position import Position
from denim.models.stops import Stops
from denim.models.streams import Stream
from denim.models.windows import Windows
from denim.program.random import draw_key

Result = TypeVar("Result")


@dataclass(frozen=True)
class Arguments:
    """What ``Model.fit`` was given."""

    x: Any
    y: Any
    sample_weight: Any
    class_weight: Any
    batch_size: Any
    epochs: Any
    initial_epoch: Any
    verbose: Any
    callbacks: Any
    shuffle: Any
    steps_per_epoch: Any
    validation_split: Any
    validation_data: Any
    validation_steps: Any
    validation_batch_size: Any
    validation_freq: Any

    @property
    def validation_size(self) -> Any:
        """Samples a batch of validation."""
        return self.batch_size if self.validation_batch_size is None else self.validation_batch_size


def fit(model: Any, given: Arguments) -> Any:
    """Train a model; returns its History.

    Raises:
        ValueError: for data or arguments that do not fit. Nothing is then changed.
    """
    optimizer = model._compiled_optimizer()
    refuse_overridden(model, "fit")
    epochs, first_epoch = whole("epochs", given.epochs, 0), whole("initial_epoch", given.initial_epoch, 0)
    if not (isinstance(given.shuffle, (bool, np.bool_)) or given.shuffle == "batch"):
        raise ValueError(f"`shuffle` must be True, False or 'batch'. Received: shuffle={given.shuffle!r}")
    by_blocks = any(map(lies_in_file, flatten(given.x)))
    shuffle = bool(given.shuffle) and (given.shuffle != "batch" or by_blocks)
    is_validated = _validated_epochs(given.validation_freq)
    with unbuilt_if_refused(model):
        training, validation = _courses(model, given)
        optimizer.check_weights(training.task.trainable)
        optimizer.scheduled_rates(1)
        hooks = model._hooks(given.callbacks, given.verbose, epochs, training.steps, add_history=True)

    optimizer.build(training.task.trainable)
    model._judgement = training.task.judgement
    model.stop_training = False
    model._position = position = Position(draw_key(), first_epoch)
    logs: dict[str, Any] = {}
    hinted = given.verbose == 0
    if not hinted and not model._hinted:
        model._hinted = True
        said = hints.before_the_first_fit(training.task.program, training.sample_feed)
        for hint in said + (hints.on_chunks(training.layout) if isinstance(training, Windows) else []):
            print_message(hint)
    if isinstance(training, Stream):
        training.batches.tell_of_begin()
    hooks.on_train_begin()
    if not training.repeatable:
        position.step, position.totals = 0, None
    stops = Stops(epochs, training.steps, optimizer.steps)
    try:
        with hooks.line_left(), stops.told():
            while position.epoch < epochs:
                epoch = position.epoch
                stops.at(epoch, int(optimizer.steps.value) - position.step)
                hooks.on_epoch_begin(epoch)
                trained = train_epoch(training, model, hooks, position, first_epoch, shuffle)
                if trained is None:
                    break
                logs = trained
                if validation is not None and is_validated(epoch + 1):
                    logs |= {f"val_{name}": value for name, value in (evaluate(validation, model, hooks) or {}).items()}
                position.go_to(Position(position.key, epoch + 1))
                hooks.on_epoch_end(epoch, logs)
                if not hinted and not math.isfinite(logs["loss"]):
                    hinted = True
                    rate, task = float(optimizer.learning_rate), training.task
                    print_message(
                        hints.after_a_lost_loss(logs["loss"], epoch + 1, rate, task.program, training.sample_feed)
                    )
                if model.stop_training:
                    break
    finally:
        if epochs:
            optimizer.finalize_variable_values(training.task.trainable)
    hooks.on_train_end(logs)
    return model.history


def _courses(model: Any, given: Arguments) -> tuple[Course, Course | None]:
    """What to train on and what to validate on."""
    steps = None if given.steps_per_epoch is None else whole("steps_per_epoch", given.steps_per_epoch, 1)
    if is_iterable_of_batches(given.x):
        if given.validation_split and given.validation_data is None:
            raise ValueError(
                "Argument `validation_split` is only supported for arrays. Received: x as a "
                f"{kind_of(given.x)}. Pass `validation_data` instead."
            )
        training: Course = course_for(model, given.x, given.y, given.sample_weight, None, steps, given.class_weight)
        return training, _validation(model, given)
    columns = columns_for(model, given.x, given.y, given.sample_weight)
    at = columns.rows
    if given.validation_split and given.validation_data is None:
        at = columns.split_at(given.validation_split)
    size = resolve_batch_size(given.batch_size, at, steps)
    everything = rows_for(model, columns, size, class_weight=given.class_weight)
    if at == columns.rows:
        return everything.with_steps(steps), _validation(model, given)
    # Split only now, so that errors have named the rows of x and y as they were passed.
    rows = columns.rows - at
    validation = everything.part(
        at,
        columns.rows,
        resolve_batch_size(given.validation_size, rows, given.validation_steps),
        given.validation_steps,
        weighted=given.class_weight is None,
    )
    return everything.part(0, at, size).with_steps(steps), validation


def _validation(model: Any, given: Arguments) -> Course | None:
    if given.validation_data is None:
        return None
    x, y, sample_weight = _within("validation_data", lambda: _validation_parts(given.validation_data))
    return _within(
        "validation_data",
        lambda: course_for(model, x, y, sample_weight, given.validation_size, given.validation_steps),
    )


def _validation_parts(data: Any) -> tuple[Any, Any, Any]:
    if is_iterable_of_batches(data):
        return data, None, None
    if not isinstance(data, (list, tuple)) or not (2 <= len(data) <= 3 or is_iterable_of_batches(data[0])):
        found = f"{len(data)} parts" if isinstance(data, (list, tuple)) else f"{type(data)}"
        raise ValueError(f"Data is expected to be in format `(x, y)` or `(x, y, sample_weight)`. Received: {found}")
    return unpacked(data)


def _within(argument: str, action: Callable[[], Result]) -> Result:
    """The action's result; its errors say that ``argument`` is meant."""
    try:
        return action()
    except (ValueError, TypeError) as error:
        raise type(error)(f"`{argument}`: {error}") from error


def _validated_epochs(freq: Any) -> Callable[[int], bool]:
    """Whether to validate after an epoch; the first is 1."""
    if isinstance(freq, (list, tuple)):
        return lambda epoch: epoch in freq
    try:
        every = whole("validation_freq", freq, 1)
    except ValueError:
        raise ValueError(
            "Expected `validation_freq` to be a list or a positive int. "
            f"Received: validation_freq={freq} of the type {type(freq)}."
        ) from None
    return lambda epoch: epoch % every == 0
