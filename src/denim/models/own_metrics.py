"""What a model's class makes of every batch beside the loss: ``compute_metrics``, and the metrics that it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.data.ends import Ends
from denim.data.structure import pack_as
from denim.metrics import Metric

if TYPE_CHECKING:
    from denim.models.compiling import Judgement


_COMPILED = "_compile_arguments"
"""The attribute with what ``compile`` was given, whose metrics are not the model's own."""


class OwnMetrics:
    """A model, as far as its metrics are its own.

    Attributes:
        held: the metrics in its attributes and in those of its layers.
        computes: whether its class defines ``compute_metrics``, which is then called for every batch.
        said: what that returned for the last batch; None before the first.
    """

    def __init__(self, model: Any) -> None:
        self._model = model
        self.held = held_metrics(model)
        self.computes = defines_compute_metrics(model)
        self.said: dict[str, Any] | None = None

    def begin(self) -> None:
        """Start afresh."""
        self.said = None
        for metric in self.held:
            metric.reset_state()

    def show(self, judgement: Judgement, batch: Batch) -> None:
        """Let ``compute_metrics`` see a batch.

        Raises:
            ValueError: if it returns no dict.
        """
        model = self._model
        model._judgement = judgement
        ends: Ends = model.output_ends
        judged = judgement.judged
        said = model.compute_metrics(
            None if model.prepares_inputs else pack_as(model.input_ends.structure, batch.inputs),
            _packed(ends, judged, batch.targets),
            model.pack_outputs(batch.outputs),
            sample_weight=None if batch.weights is None else _packed(ends, judged, batch.weights),
        )
        if not isinstance(said, Mapping):
            raise ValueError(
                f"{type(model).__name__}.compute_metrics() must return a dict from names to values. Received: {said!r}"
            )
        self.said = dict(said)


@dataclass(frozen=True)
class Batch:
    """The arrays of a batch, one for each input, judged output and output; weights of the judged ones, or None."""

    inputs: list[np.ndarray]
    targets: list[np.ndarray]
    outputs: list[np.ndarray]
    weights: list[np.ndarray | None] | None


def defines_compute_metrics(model: Any) -> bool:
    """Whether the model's class has a ``compute_metrics`` of its own."""
    from denim.models.training import Trainer

    return type(model).compute_metrics is not Trainer.compute_metrics


def held_metrics(model: Any) -> tuple[Metric, ...]:
    """The metrics in a model's attributes, and in those of its layers, each once."""
    return tuple({id(metric): metric for metric in _held(model)}.values())


def _held(layer: Any) -> Iterator[Metric]:
    internal = vars(layer).get("_internal", ())
    for name, value in vars(layer).items():
        if name != _COMPILED and name not in internal:
            yield from _metrics_in(value)
    for within in layer.tracked_layers():
        yield from _held(within)


def _metrics_in(value: Any) -> Iterator[Metric]:
    if isinstance(value, Metric):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _metrics_in(each)


def _packed(ends: Ends, judged: Sequence[int], parts: list[Any]) -> Any:
    """One part for each judged output, nested as the outputs are where all of them are judged."""
    if len(judged) == len(ends.names):
        return pack_as(ends.structure, parts)
    return parts[0] if len(parts) == 1 else parts
