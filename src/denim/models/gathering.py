"""What ``fit``, ``evaluate`` and ``predict`` were given, checked and made ready for a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from denim.data.batches import resolve_batch_size, whole
from denim.data.columns import Columns, gather
from denim.data.feed import Feed
from denim.data.iterables import Batches, is_iterable_of_batches, kind_of, unpacked
from denim.data.samples import Samples
from denim.data.stored import Stored
from denim.data.structure import map_structure
from denim.models.courses import Course
from denim.models.entering import entering
from denim.models.own_metrics import OwnMetrics
from denim.models.predicting import Prediction, StreamPrediction, WindowPrediction
from denim.models.streams import Stream
from denim.models.stretches import Stretch
from denim.models.tasks import Task
from denim.models.windows import Windows


def columns_for(model: Any, x: Any, y: Any, sample_weight: Any) -> Columns:
    """Arrays, in memory or in files, for the model's inputs and for the outputs that are judged.

    Raises:
        ValueError: for objects that are no arrays, a wrong number of them, or different numbers of rows.
    """
    _meet(model, x)
    ends = model.output_ends
    judged = model._require_compiled().judged(ends)
    return entering(model, gather(x, y, sample_weight, inputs=model.input_ends, outputs=ends, judged=judged))


def samples_for(model: Any, x: Any, y: Any, sample_weight: Any, class_weight: Any = None) -> Samples:
    """The same in memory, with class weights as sample weights.

    Raises:
        ValueError: as of ``columns_for``, or for class weights that do not fit.
    """
    return _weighing(model, class_weight)(columns_for(model, x, y, sample_weight).loaded())


def task_for(model: Any, samples: Samples) -> tuple[Task, Feed]:
    """The model's program for targets such as these, and the samples as the engine reads them.

    Raises:
        ValueError: for samples that do not fit the model, the loss or the metrics.
        NotImplementedError: if the engine cannot run the model.
    """
    lowered = model.lowered_for(samples)
    objective, own = model._require_compiled(), OwnMetrics(model)
    return Task.prepared(model._execution, lowered, model.output_ends, objective, model.optimizer, samples, own)


def rows_for(
    model: Any, columns: Columns, batch_size: int, steps: int | None = None, class_weight: Any = None
) -> Stretch | Windows:
    """All rows of the columns, or ``steps`` batches of them: in memory, or window by window out of files.

    Raises:
        ValueError: for what does not fit the model, the loss or the metrics.
    """
    weigh = _weighing(model, class_weight)
    if columns.in_files:
        return Windows.of(columns, batch_size, steps, weigh, lambda samples: task_for(model, samples))
    samples = weigh(columns.loaded())
    task, feed = task_for(model, samples)
    return Stretch.of(task, samples, feed, batch_size, steps)


def course_for(
    model: Any,
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: Any,
    steps: int | None,
    class_weight: Any = None,
) -> Course:
    """What to evaluate on: the rows of arrays, or ``steps`` batches of them; or an iterable's batches.

    Raises:
        ValueError: for what does not fit the model, the loss or the metrics.
    """
    if is_iterable_of_batches(x):
        return _stream(model, x, y, sample_weight, steps, class_weight)
    columns = columns_for(model, x, y, sample_weight)
    return rows_for(model, columns, resolve_batch_size(batch_size, columns.rows, steps), steps, class_weight)


def prediction_for(
    model: Any, x: Any, batch_size: Any, steps: int | None
) -> Prediction | WindowPrediction | StreamPrediction:
    """What to predict for.

    Raises:
        ValueError: for what does not fit the model.
    """

    def gathered(inputs: Any) -> Columns:
        _meet(model, inputs)
        return entering(model, gather(inputs, inputs=model.input_ends))

    def prepared(samples: Samples, batch_size: Any, steps: int | None) -> Prediction:
        return Prediction.prepared(model._execution, model.lowered_for(samples), samples, batch_size, steps)

    if not is_iterable_of_batches(x):
        columns = gathered(x)
        if not columns.in_files:
            return prepared(columns.loaded(), batch_size, steps)
        size = resolve_batch_size(batch_size, columns.rows, steps)
        return WindowPrediction.of(columns, size, steps, lambda samples: prepared(samples, size, None))
    batches = Batches(x, None if steps is None else whole("steps", steps, 1))

    def gather_batch(batch: Any) -> Samples:
        return gathered(unpacked(batch)[0]).loaded()

    return StreamPrediction.of(batches, gather_batch, lambda samples: prepared(samples, max(samples.rows, 1), None))


def _stream(model: Any, source: Any, y: Any, sample_weight: Any, steps: int | None, class_weight: Any) -> Stream:
    kind = kind_of(source)
    for name, value, what in (("y", y, "targets"), ("sample_weight", sample_weight, "sample weights")):
        if value is not None:
            raise ValueError(
                f"When providing `x` as a {kind}, `{name}` should not be passed. Instead, the {what} should be "
                f"included as part of the {kind}: let it yield (x, y) or (x, y, sample_weight)."
            )

    def gather_batch(batch: Any) -> Samples:
        return samples_for(model, *unpacked(batch), class_weight)

    batches = Batches(source, None if steps is None else whole("steps", steps, 1))
    return Stream.of(batches, gather_batch, lambda samples: task_for(model, samples))


def _meet(model: Any, x: Any) -> None:
    """Let the model see x; of what lies in files, one row."""

    def seen(leaf: Any) -> Any:
        stored = Stored.of(leaf, "x")
        return leaf if stored is None else stored[:1]

    model.meet(map_structure(seen, x))


def _weighing(model: Any, class_weight: Any) -> Callable[[Samples], Samples]:
    """What gives samples the weights of their classes; nothing without ``class_weight``."""
    if class_weight is None:
        return lambda samples: samples
    classes: list[int | None] = []

    def weigh(samples: Samples) -> Samples:
        if not classes:
            classes.append(_classes(model, samples))
        return samples.weighted_by_class(class_weight, classes[0])

    return weigh


def _classes(model: Any, samples: Samples) -> int | None:
    """How many classes the one output tells apart; None where one unit says it all, or for several outputs."""
    model.lowered_for(samples)
    units = [tensor.shape[-1] for tensor in model.outputs]
    return units[0] if len(units) == 1 and (units[0] or 0) > 1 else None
