"""What ``compile`` was told about losses and metrics, and what that means for outputs and targets of given shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from denim.data.targets import matched_shape
from denim.engines.protocol import Totals
from denim.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy, as_loss
from denim.metrics import (
    BinaryAccuracy,
    CategoricalAccuracy,
    Mean,
    Metric,
    SparseCategoricalAccuracy,
    as_metric,
)
from denim.program.specs import Head

Shape = tuple[int, ...]
_BY_SHAPE_METRICS = ("accuracy", "acc")
_BY_SHAPE_LOSSES = ("crossentropy", "ce")


@dataclass(frozen=True)
class Output:
    """A model's output: its layer's name, its node, and one sample's shape."""

    name: str
    node: int
    shape: Shape


@dataclass(frozen=True)
class Judgement:
    """How a model's outputs are judged against targets of certain shapes.

    Attributes:
        heads: for the Program.
        keys: the name in the logs of each entry of ``engines.protocol.Totals``; None for one that is not logged.
        metrics: the objects that show each entry's value; ``metrics[0]`` is the total loss.
        listed: the names in the order in which ``evaluate`` lists their values.
    """

    heads: tuple[Head, ...]
    keys: tuple[str | None, ...]
    metrics: tuple[Mean, ...]
    listed: tuple[str, ...]

    def logs(self, totals: Totals) -> dict[str, float]:
        """The means so far, in alphabetical order; ``metrics`` show them too."""
        for metric, total, count in zip(self.metrics, totals.sums.tolist(), totals.counts.tolist(), strict=True):
            metric.total, metric.count = total, count
        named = zip(self.keys, totals.means(), strict=True)
        return dict(sorted((key, mean) for key, mean in named if key is not None))

    def returned(self, logs: dict[str, float], as_dict: bool) -> Any:
        """What ``evaluate`` returns: the dict, the list of its values, or the loss if it is alone."""
        if as_dict:
            return logs
        return logs["loss"] if len(self.listed) == 1 else [logs[name] for name in self.listed]


class Objective:
    """The losses, their weights, and the metrics, as given to ``compile``.

    Raises:
        ValueError: for a loss or metric that is unknown, or arguments of the wrong type.
        NotImplementedError: for a loss or metric that is the user's own function.
    """

    def __init__(self, loss: Any, loss_weights: Any, metrics: Any, weighted_metrics: Any) -> None:
        if loss_weights is not None and not isinstance(loss_weights, (list, tuple, Mapping, int, float)):
            raise ValueError(
                "Expected `loss_weights` argument to be a float (single output case) or a list, tuple, or dict "
                f"(multiple output case). Received instead: loss_weights={loss_weights} of type {type(loss_weights)}"
            )
        for name, value in (("metrics", metrics), ("weighted_metrics", weighted_metrics)):
            if value and not isinstance(value, (list, tuple, Mapping)):
                raise ValueError(
                    f"Expected `{name}` argument to be a list, tuple, or dict. Received instead: {name}={value} of "
                    f"type {type(value)}" + (f". Write {name}=[{value!r}]." if isinstance(value, str) else "")
                )
        self._loss = _resolved(loss, _loss)
        self._loss_weights = loss_weights
        self._metrics = _resolved(metrics, _metric)
        self._weighted_metrics = _resolved(weighted_metrics, _metric)
        self._given = {"metrics": metrics, "weighted_metrics": weighted_metrics}
        self.loss_mean = Mean(name="loss")

    def judged(self, names: Sequence[str]) -> list[int]:
        """Which of the outputs of these names have a loss or metrics.

        Raises:
            ValueError: if there is no loss, or losses or metrics do not fit the outputs.
        """
        losses, plain, weighted = self._for_outputs(names)
        return [i for i in range(len(names)) if losses[i] is not None or plain[i] or weighted[i]]

    def judge(self, outputs: Sequence[Output], targets: Sequence[Shape]) -> Judgement:
        """Heads and keys for these outputs.

        Args:
            outputs: all of the model's.
            targets: the shapes, axis of samples included, of the targets of the outputs that ``judged`` names.

        Raises:
            ValueError: if a target's shape does not fit its output.
        """
        names = [output.name for output in outputs]
        losses, plain, weighted = self._for_outputs(names)
        loss_weights = _for_each_output(self._loss_weights, names, "loss_weights")
        judged = self.judged(names)
        heads: list[Head] = []
        metrics: list[list[tuple[Metric, bool]]] = []
        for i, target in zip(judged, targets, strict=True):
            shape = (target[0], *outputs[i].shape)
            loss = None if losses[i] is None else _loss_for(losses[i], target, shape)
            mine = [
                (_metric_for(m, target, shape), flag)
                for flag, ms in ((False, plain[i]), (True, weighted[i]))
                for m in ms
            ]
            specs = [metric.spec(metric.name, flag) for metric, flag in mine]
            loss_spec = None if loss is None else loss.spec()
            functions = [s.function for s in (loss_spec, *specs) if s is not None]
            shapes = [matched_shape(function, target, shape)[1:] for function in functions]
            weight = loss_weights[i]
            heads.append(
                Head(outputs[i].node, loss_spec, 1.0 if weight is None else float(weight), tuple(specs), shapes[0])
            )
            metrics.append(mine)
        return self._named([names[i] for i in judged], len(names) > 1, heads, metrics)

    def _named(
        self, names: list[str], prefixed: bool, heads: list[Head], metrics: list[list[tuple[Metric, bool]]]
    ) -> Judgement:
        keys = _metric_keys([f"{name}_" if prefixed else "" for name in names], metrics)
        several = sum(head.loss is not None for head in heads) > 1
        loss_keys = [
            f"{name}_loss" if several and head.loss is not None else None
            for name, head in zip(names, heads, strict=True)
        ]
        finished = tuple(
            replace(head, metrics=tuple(replace(spec, name=key) for spec, key in zip(head.metrics, mine, strict=True)))
            for head, mine in zip(heads, keys, strict=True)
        )
        own = loss_keys if len(heads) > 1 else []
        flat = [key for mine in keys for key in mine]
        counted = [cast(Mean, metric) for mine in metrics for metric, _ in mine]
        return Judgement(
            heads=finished,
            keys=("loss", *own, *flat),
            metrics=(self.loss_mean, *(Mean(name=key or "loss") for key in own), *counted),
            listed=_listed([metric.name for metric in counted], [key for key in own if key], flat),
        )

    def _for_outputs(self, names: Sequence[str]) -> tuple[list[Any], list[list[Any]], list[list[Any]]]:
        losses = _for_each_output(self._loss, names, "loss")
        if all(loss is None for loss in losses):
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        return (
            losses,
            self._metrics_for(self._metrics, names, "metrics"),
            self._metrics_for(self._weighted_metrics, names, "weighted_metrics"),
        )

    def _metrics_for(self, value: Any, names: Sequence[str], argument: str) -> list[list[Any]]:
        """The metrics of each output."""
        if not value:
            return [[] for _ in names]
        if len(names) == 1:
            return [_flat(value)]
        if isinstance(value, Mapping) and set(value) <= set(names):
            return [_flat(value.get(name)) for name in names]
        if isinstance(value, list) and len(value) == len(names):
            return [_flat(part) for part in value]
        raise ValueError(
            f"Invalid `{argument}`. `{argument}` should contain metrics objects and either be a dict or a list "
            f"matching the output names of the functional model {list(names)}. "
            f"Received: {argument}={self._given[argument]}"
        )


def _resolved(value: Any, resolve: Any) -> Any:
    """The same structure with every leaf resolved."""
    if isinstance(value, Mapping):
        return {key: _resolved(part, resolve) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_resolved(part, resolve) for part in value]
    return None if value is None else resolve(value)


def _loss(identifier: Any) -> Any:
    by_shape = isinstance(identifier, str) and identifier.lower() in _BY_SHAPE_LOSSES
    loss = identifier if by_shape else as_loss(identifier)
    if not by_shape:
        loss.spec()
    return loss


def _metric(identifier: Any) -> Any:
    by_shape = isinstance(identifier, str) and identifier.lower() in _BY_SHAPE_METRICS
    metric = identifier if by_shape else as_metric(identifier)
    if not by_shape:
        metric.spec(metric.name, False)
    return metric


def _for_each_output(value: Any, names: Sequence[str], argument: str) -> list[Any]:
    """One entry for each output, from a single one for all, a list, or a dict by name."""
    if isinstance(value, Mapping):
        if set(value) != set(names):
            raise ValueError(
                f"Expected keys {list(names)} in {argument} dict, but found {argument}.keys()={list(value)}"
            )
        return [value[name] for name in names]
    if isinstance(value, list | tuple):
        if len(value) != len(names):
            raise ValueError(
                f"`{argument}` must hold one entry for each output of the model, {list(names)}. "
                f"Received {len(value)}: {argument}={value}"
            )
        return list(value)
    return [value] * len(names)


def _flat(value: Any) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, Mapping):
        return [leaf for part in value.values() for leaf in _flat(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in _flat(part)]
    return [value]


def _kinds(target: Shape, output: Shape) -> tuple[bool, bool]:
    """Keras's reading of the shapes alone: whether the output is binary, whether the targets are class numbers."""
    return output[-1] == 1, len(target) < len(output) or (target[-1] == 1 and output[-1] > 1)


def _loss_for(loss: Any, target: Shape, output: Shape) -> Loss:
    if isinstance(loss, Loss):
        return loss
    binary, sparse = _kinds(target, output)
    if binary:
        return BinaryCrossentropy()
    return SparseCategoricalCrossentropy() if sparse else CategoricalCrossentropy()


def _metric_for(metric: Any, target: Shape, output: Shape) -> Metric:
    if isinstance(metric, Metric):
        return metric
    binary, sparse = _kinds(target, output)
    if binary:
        return BinaryAccuracy(name=metric)
    return SparseCategoricalAccuracy(name=metric) if sparse else CategoricalAccuracy(name=metric)


def _listed(names: list[str], loss_keys: list[str], metric_keys: list[str]) -> tuple[str, ...]:
    """Keras's order of ``evaluate``'s list: by the metrics' own names where these are keys, then the other keys.

    So of two metrics called ``mae`` the first is listed twice, and then ``mae_1``.
    """
    first = [name for name in names if name in metric_keys]
    return ("loss", *first, *loss_keys, *sorted(key for key in metric_keys if key not in first))


def _metric_keys(prefixes: list[str], metrics: list[list[tuple[Metric, bool]]]) -> list[list[str]]:
    """Names in the logs: a second ``mae`` is ``mae_1``, or ``weighted_mae`` among the weighted ones."""
    used: Counter[str] = Counter()
    keys: list[dict[int, str]] = [{} for _ in metrics]
    for weighted in (False, True):
        for prefix, mine, names in zip(prefixes, metrics, keys, strict=True):
            for i, (metric, flag) in enumerate(mine):
                if flag == weighted:
                    names[i] = _free(f"{prefix}{metric.name}", f"{prefix}weighted_{metric.name}", weighted, used)
    return [[names[i] for i in sorted(names)] for names in keys]


def _free(name: str, weighted_name: str, weighted: bool, used: Counter[str]) -> str:
    if weighted and used[name]:
        name = weighted_name
    used[name] += 1
    return f"{name}_{used[name] - 1}" if used[name] > 1 else name
