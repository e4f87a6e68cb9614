"""What ``fit``, ``evaluate`` and ``predict`` were given, checked and made ready for a model."""

from __future__ import annotations

from typing import Any

from denim.data.batches import resolve_batch_size, whole
from denim.data.feed import Feed
from denim.data.iterables import Batches, is_iterable_of_batches, kind_of, unpacked
from denim.data.samples import Samples, gather_samples
from denim.models.courses import Course
from denim.models.predicting import Prediction, StreamPrediction
from denim.models.streams import Stream
from denim.models.stretches import Stretch
from denim.models.tasks import Task


def samples_for(model: Any, x: Any, y: Any, sample_weight: Any, class_weight: Any = None) -> Samples:
    """Arrays for the model's inputs and for the outputs that are judged.

    Raises:
        ValueError: for objects that are no arrays, a wrong number of them, or different numbers of rows.
    """
    model.meet(x)
    ends = model.output_ends
    judged = model._require_compiled().judged(ends)
    samples = gather_samples(x, y, sample_weight, inputs=model.input_ends, outputs=ends, judged=judged)
    return samples if class_weight is None else samples.weighted_by_class(class_weight, _classes(model, samples))


def task_for(model: Any, samples: Samples) -> tuple[Task, Feed]:
    """The model's program for targets such as these, and the samples as the engine reads them.

    Raises:
        ValueError: for samples that do not fit the model, the loss or the metrics.
        NotImplementedError: if the engine cannot run the model.
    """
    lowered = model.lowered_for(samples)
    return Task.prepared(
        model._execution, lowered, model.output_ends, model._require_compiled(), model.optimizer, samples
    )


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
    samples = samples_for(model, x, y, sample_weight, class_weight)
    size = resolve_batch_size(batch_size, samples.rows, steps)
    task, feed = task_for(model, samples)
    return Stretch.of(task, samples, feed, size, steps)


def prediction_for(model: Any, x: Any, batch_size: Any, steps: int | None) -> Prediction | StreamPrediction:
    """What to predict for.

    Raises:
        ValueError: for what does not fit the model.
    """

    def gather(batch: Any) -> Samples:
        inputs = unpacked(batch)[0]
        model.meet(inputs)
        return gather_samples(inputs, inputs=model.input_ends)

    if not is_iterable_of_batches(x):
        samples = gather((x,))
        return Prediction.prepared(model._execution, model.lowered_for(samples), samples, batch_size, steps)
    batches = Batches(x, None if steps is None else whole("steps", steps, 1))
    first = gather(batches.first)
    prepared = Prediction.prepared(model._execution, model.lowered_for(first), first, max(first.rows, 1), None)
    return StreamPrediction(batches, gather, prepared)


def _stream(model: Any, source: Any, y: Any, sample_weight: Any, steps: int | None, class_weight: Any) -> Stream:
    kind = kind_of(source)
    for name, value, what in (("y", y, "targets"), ("sample_weight", sample_weight, "sample weights")):
        if value is not None:
            raise ValueError(
                f"When providing `x` as a {kind}, `{name}` should not be passed. Instead, the {what} should be "
                f"included as part of the {kind}: let it yield (x, y) or (x, y, sample_weight)."
            )

    def gather(batch: Any) -> Samples:
        return samples_for(model, *unpacked(batch), class_weight)

    batches = Batches(source, None if steps is None else whole("steps", steps, 1))
    return Stream.of(batches, gather, lambda samples: task_for(model, samples))


def _classes(model: Any, samples: Samples) -> int | None:
    """How many classes the one output tells apart; None where one unit says it all, or for several outputs."""
    model.lowered_for(samples)
    units = [tensor.shape[-1] for tensor in model.outputs]
    return units[0] if len(units) == 1 and units[0] > 1 else None
