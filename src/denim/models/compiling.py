"""What ``compile`` was told about losses and metrics, and what that means for outputs and targets of given shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from denim.data.ends import Ends
from denim.data.targets import matched_shape
from denim.engines.protocol import Totals
from denim.losses import BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy, as_loss
from denim.metrics import (
    BinaryAccuracy,
    CategoricalAccuracy,
    Mean,
    MeanMetricWrapper,
    Metric,
    SparseCategoricalAccuracy,
    as_metric,
)
from denim.models.assignment import listing_order, loss_names, metric_prefixes, one_for_each, several_for_each
from denim.models.tracing import Tracing
from denim.program import specs
from denim.program.builder import Lowered
from denim.program.nodes import Node
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
class Observer:
    """A metric that is Python code: it is shown every batch of an output.

    Attributes:
        key: its name in the logs.
        output: the output's place among the model's.
        target: its targets' place among those that are passed.
        metric: what is shown them.
        weighted: whether it is given the sample weights.
    """

    key: str
    output: int
    target: int
    metric: Metric
    weighted: bool


@dataclass(frozen=True)
class Counted:
    """A metric that the engine counts, in so many entries of the totals, and its name in the logs, if it is logged.

    ``masked``: the last of the sums says what was counted.
    """

    key: str | None
    metric: Any
    width: int = 1
    masked: bool = False


@dataclass(frozen=True)
class Check:
    """The place of some targets, the classes of their output, and the loss or metric that looks at them."""

    target: int
    classes: int
    judge: Loss | Metric


@dataclass(frozen=True)
class Judgement:
    """How a model's outputs are judged against targets of certain shapes.

    Attributes:
        heads: for the Program.
        nodes: what losses and metrics add to the model's.
        counted: what the entries of ``engines.protocol.Totals`` belong to; ``counted[0]`` is the total loss.
        observers: the metrics that the engine does not count.
        metrics: those of ``counted`` and the observers' ones.
        checks: what to ask of the targets beforehand.
        listed: the names in the order in which ``evaluate`` lists their values.
    """

    heads: tuple[Head, ...]
    nodes: tuple[Node, ...]
    counted: tuple[Counted, ...]
    observers: tuple[Observer, ...]
    metrics: tuple[Metric, ...]
    checks: tuple[Check, ...]
    listed: tuple[str, ...]

    @property
    def entries(self) -> int:
        """The length of the totals."""
        return sum(counted.width for counted in self.counted)

    def check_targets(self, targets: Sequence[np.ndarray]) -> None:
        """Nothing if all class numbers have a class.

        Raises:
            ValueError: otherwise.
        """
        for check in self.checks:
            check.judge.check_targets(targets[check.target], check.classes)

    def begin(self) -> None:
        """Start the observers' metrics afresh."""
        for observer in self.observers:
            observer.metric.reset_state()

    def logs(self, totals: Totals) -> dict[str, Any]:
        """The values so far, in alphabetical order; ``metrics`` show them too."""
        logs: dict[str, Any] = {}
        at = 0
        for counted in self.counted:
            sums = totals.sums[at : at + counted.width]
            if counted.masked:
                counted.metric.take(sums[:-1], float(sums[-1]))
            else:
                counted.metric.take(sums, float(totals.counts[at]))
            at += counted.width
            if counted.key is not None:
                logs |= _logged(counted.key, counted.metric)
        for observer in self.observers:
            logs |= _logged(observer.key, observer.metric)
        return dict(sorted(logs.items()))

    def returned(self, logs: dict[str, Any], as_dict: bool) -> Any:
        """What ``evaluate`` returns: the dict, the list of its values, or the loss if it is alone."""
        if as_dict:
            return logs
        names = [name for name in self.listed if name in logs]
        names += sorted(name for name in logs if name not in names)
        return logs["loss"] if len(names) == 1 else [logs[name] for name in names]


class Objective:
    """The losses, their weights, and the metrics, as given to ``compile``.

    Raises:
        ValueError: for a loss or metric that is unknown, or arguments of the wrong type.
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

    def judged(self, ends: Ends) -> list[int]:
        """Which of these outputs have a loss or metrics.

        Raises:
            ValueError: if there is no loss, or losses or metrics do not fit the outputs.
        """
        losses, plain, weighted = self._for_outputs(ends)
        return [i for i in range(len(ends.names)) if losses[i] is not None or plain[i] or weighted[i]]

    def judge(self, ends: Ends, outputs: Sequence[Output], targets: Sequence[Shape], lowered: Lowered) -> Judgement:
        """Heads and keys for these outputs.

        Args:
            ends: all of the model's outputs.
            outputs: the same, as the program has them.
            targets: the shapes, axis of samples included, of the targets of the outputs that ``judged`` names.
            lowered: the model, which losses and metrics that are made of nodes extend.

        Raises:
            ValueError: if a target's shape does not fit its output.
            NotImplementedError: for a loss that cannot be differentiated.
        """
        losses, plain, weighted = self._for_outputs(ends)
        loss_weights = one_for_each(self._loss_weights, ends, "loss_weights")
        judged = self.judged(ends)
        tracing = Tracing(lowered)
        heads: list[Head] = []
        metrics: list[list[_Measure]] = []
        checks: list[Check] = []
        for head, (i, target) in enumerate(zip(judged, targets, strict=True)):
            shape = (target[0], *outputs[i].shape)
            loss = None if losses[i] is None else _loss_for(losses[i], target, shape)
            mask = lowered.masks[i]
            formulas = mask is None and getattr(loss, "ignore_class", None) is None
            judge = _Judge(tracing, head, outputs[i].node, target[1:], formulas, mask)
            loss_spec = None if loss is None else judge.loss(loss)
            mine = [
                judge.measure(_metric_for(metric, target, shape), flag)
                for flag, chosen in ((False, plain[i]), (True, weighted[i]))
                for metric in chosen
            ]
            counted = tuple(measure.spec for measure in mine if measure.spec is not None)
            functions = [s.function for s in (loss_spec, *counted) if s is not None and s.function != specs.TRACED]
            shapes = [matched_shape(function, target, shape)[1:] for function in functions] or [target[1:]]
            weight = loss_weights[i]
            heads.append(Head(outputs[i].node, loss_spec, 1.0 if weight is None else float(weight), counted, shapes[0]))
            metrics.append(mine)
            pairs = [(loss, loss_spec), *((m.metric, m.spec) for m in mine if judge.formulas)]
            checks += [
                Check(head, shape[-1], each) for each, spec in pairs if each is not None and not _by_formula(spec)
            ]
        return self._named(ends, judged, heads, metrics, tracing, checks)

    def loss_value(self, ends: Ends, targets: Sequence[Any], predictions: Sequence[Any], weights: Sequence[Any]) -> Any:
        """The weighted sum of the losses of the judged outputs, of arrays; without regularizers.

        Raises:
            ValueError: if a target's shape does not fit its output.
        """
        losses, _, _ = self._for_outputs(ends)
        loss_weights = one_for_each(self._loss_weights, ends, "loss_weights")
        total: Any = 0.0
        for i, y, y_pred, w in zip(self.judged(ends), targets, predictions, weights, strict=True):
            if losses[i] is not None:
                value = _loss_for(losses[i], np.shape(y), np.shape(y_pred))(y, y_pred, w)
                total = total + value * (1.0 if loss_weights[i] is None else loss_weights[i])
        return total

    def _named(
        self,
        ends: Ends,
        judged: list[int],
        heads: list[Head],
        metrics: list[list[_Measure]],
        tracing: Tracing,
        checks: list[Check],
    ) -> Judgement:
        prefixes = [f"{prefix}_" if len(ends.names) > 1 else "" for prefix in metric_prefixes(ends)]
        keys = _metric_keys([prefixes[i] for i in judged], metrics)
        several = sum(head.loss is not None for head in heads) > 1
        names = loss_names(ends)
        loss_keys = [
            f"{names[i]}_loss" if several and head.loss is not None else None
            for i, head in zip(judged, heads, strict=True)
        ]
        finished, counted, observers = [], [], []
        for target, (i, head, mine, own_keys) in enumerate(zip(judged, heads, metrics, keys, strict=True)):
            pairs = list(zip(mine, own_keys, strict=True))
            named = tuple(replace(m.spec, name=key) for m, key in pairs if m.spec is not None)
            finished.append(replace(head, metrics=named))
            counted += [
                Counted(key, m.metric, tracing.width(m.spec), m.masked) for m, key in pairs if m.spec is not None
            ]
            observers += [Observer(key, i, target, m.metric, m.weighted) for m, key in pairs if m.spec is None]
        own = loss_keys if len(heads) > 1 else []
        by_output = dict(zip(judged, own, strict=False))
        listed = [by_output.get(i) for i in listing_order(self._loss, ends)]
        flat = [key for mine in keys for key in mine]
        every = [measure.metric for mine in metrics for measure in mine]
        means = (self.loss_mean, *(Mean(name=key or "loss") for key in own))
        return Judgement(
            heads=tuple(finished),
            nodes=tracing.nodes,
            counted=(*map(Counted, ("loss", *own), means), *counted),
            observers=tuple(observers),
            metrics=(*means, *every),
            checks=tuple(checks),
            listed=_listed([metric.name for metric in every], [key for key in listed if key], flat),
        )

    def _for_outputs(self, ends: Ends) -> tuple[list[Any], list[list[Any]], list[list[Any]]]:
        losses = one_for_each(self._loss, ends, "loss")
        if all(loss is None for loss in losses):
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        plain, weighted = (
            several_for_each(value, ends, name, self._given[name])
            for name, value in (("metrics", self._metrics), ("weighted_metrics", self._weighted_metrics))
        )
        return losses, plain, weighted


@dataclass(frozen=True)
class _Measure:
    """A metric, whether sample weights enter, and its spec where an engine counts it."""

    metric: Metric
    weighted: bool
    spec: specs.Metric | None
    masked: bool = False


@dataclass(frozen=True)
class _Judge:
    """Makes specs of one head's loss and metrics: by formulas, where there are some and they may be used, or nodes.

    A mask of the output enters the loss, and metrics that are means of a function, as in Keras.
    """

    tracing: Tracing
    head: int
    output: int
    target: Shape
    formulas: bool
    mask: int | None

    def loss(self, loss: Loss) -> specs.Loss:
        spec = loss.spec() if self.mask is None else None
        return spec or self.tracing.loss(loss, self.head, self.output, self.target, self.mask)

    def measure(self, metric: Metric, weighted: bool) -> _Measure:
        spec = metric.spec(metric.name, weighted) if self.formulas else None
        mask = self.mask if isinstance(metric, MeanMetricWrapper) else None
        if spec is None:
            spec = self.tracing.metric(metric, weighted, self.head, self.output, self.target, mask)
        if spec is None and mask is not None:
            raise NotImplementedError(
                f"The metric {metric.name!r} is judged by an output with a mask, so it must be written with denim.ops."
            )
        return _Measure(metric, weighted, spec, mask is not None)


def _by_formula(spec: specs.Loss | specs.Metric | None) -> bool:
    return spec is not None and spec.function != specs.TRACED


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
    if isinstance(identifier, str) and identifier.lower() in _BY_SHAPE_METRICS:
        return identifier
    return as_metric(identifier)


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


def _metric_keys(prefixes: list[str], metrics: list[list[_Measure]]) -> list[list[str]]:
    """Names in the logs: a second ``mae`` is ``mae_1``, or ``weighted_mae`` among the weighted ones."""
    used: Counter[str] = Counter()
    keys: list[dict[int, str]] = [{} for _ in metrics]
    for weighted in (False, True):
        for prefix, mine, names in zip(prefixes, metrics, keys, strict=True):
            for i, measure in enumerate(mine):
                if measure.weighted == weighted:
                    name = measure.metric.name
                    names[i] = _free(f"{prefix}{name}", f"{prefix}weighted_{name}", weighted, used)
    return [[names[i] for i in sorted(names)] for names in keys]


def _free(name: str, weighted_name: str, weighted: bool, used: Counter[str]) -> str:
    if weighted and used[name]:
        name = weighted_name
    used[name] += 1
    return f"{name}_{used[name] - 1}" if used[name] > 1 else name


def _logged(key: str, metric: Metric) -> dict[str, Any]:
    """A metric's result by name: a number where it is one, and the entries of a dict under their own names."""
    if isinstance(metric, Mean) and type(metric).result is Mean.result:
        return {key: metric.mean}
    return _named_results(key, metric.result())


def _named_results(key: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return {name: part for own, inner in value.items() for name, part in _named_results(str(own), inner).items()}
    return {key: float(value) if np.ndim(value) == 0 else np.array(value)}
