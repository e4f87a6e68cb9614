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
from denim.models.own_metrics import OwnMetrics
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
    """A metric, and what of a batch it is shown where it is Python code.

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
        measures: all metrics that were compiled, each as an observer.
        metrics: those of ``counted`` and the observers' ones, and the model's own.
        checks: what to ask of the targets beforehand.
        listed: the names whose values ``evaluate`` lists first, in that order; the others follow by the alphabet.
        judged: which of the model's outputs have targets.
        own: what the model's class does with every batch, and the metrics that it holds.
    """

    heads: tuple[Head, ...]
    nodes: tuple[Node, ...]
    counted: tuple[Counted, ...]
    observers: tuple[Observer, ...]
    measures: tuple[Observer, ...]
    metrics: tuple[Metric, ...]
    checks: tuple[Check, ...]
    listed: tuple[str, ...]
    judged: tuple[int, ...]
    own: OwnMetrics

    @property
    def entries(self) -> int:
        """The length of the totals."""
        return sum(counted.width for counted in self.counted)

    @property
    def names(self) -> list[str]:
        """All names in the order in which ``evaluate`` lists their values."""
        return [*self.listed, *sorted(each.key for each in self.measures if each.key not in self.listed)]

    @property
    def shows_batches(self) -> bool:
        """Whether Python code is shown every batch."""
        return bool(self.observers) or self.own.computes

    def check_targets(self, targets: Sequence[np.ndarray]) -> None:
        """Nothing if all class numbers have a class.

        Raises:
            ValueError: otherwise.
        """
        for check in self.checks:
            check.judge.check_targets(targets[check.target], check.classes)

    def begin(self) -> None:
        """Start afresh what is shown every batch."""
        for observer in self.observers:
            observer.metric.reset_state()
        self.own.begin()

    def take(self, totals: Totals) -> None:
        """Let ``metrics`` show these totals."""
        at = 0
        for counted in self.counted:
            sums = totals.sums[at : at + counted.width]
            if counted.masked:
                counted.metric.take(sums[:-1], float(sums[-1]))
            else:
                counted.metric.take(sums, float(totals.counts[at]))
            at += counted.width

    def logs(self, totals: Totals, *, of_step: bool = False) -> dict[str, Any]:
        """The values so far, in alphabetical order; ``metrics`` show them too.

        Where the model computes them itself, they are what it said last, or, unless ``of_step``, its metrics' present
        values if they have the same names.
        """
        self.take(totals)
        logs = {name: part for key, metric in self._named() for name, part in _logged(key, metric).items()}
        said = self.own.said
        if said is not None and (of_step or said.keys() != logs.keys()):
            logs = {name: part for key, value in said.items() for name, part in _named_results(key, value).items()}
        return dict(sorted(logs.items()))

    def results(self) -> dict[str, Any]:
        """The present values of ``metrics``, by their names in the logs."""
        found: dict[str, Any] = {}
        for key, metric in self._named():
            value = metric.result()
            found |= value if isinstance(value, Mapping) else {key: value}
        return found

    def _named(self) -> list[tuple[str, Any]]:
        counted = [(each.key, each.metric) for each in self.counted if each.key is not None]
        observed = [(each.key, each.metric) for each in self.observers]
        return [*counted, *observed, *((metric.name, metric) for metric in self.own.held)]

    def returned(self, logs: dict[str, Any], as_dict: bool) -> Any:
        """What ``evaluate`` returns: the dict, the list of its values, or the loss if it is alone."""
        if as_dict:
            return logs
        names = [name for name in self.listed if name in logs]
        names += sorted(name for name in logs if name not in names)
        return logs[names[0]] if len(names) == 1 else [logs[name] for name in names]


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
            ValueError: if losses or metrics do not fit the outputs.
        """
        losses, plain, weighted = self._for_outputs(ends)
        return [i for i in range(len(ends.names)) if losses[i] is not None or plain[i] or weighted[i]]

    def judge(
        self, ends: Ends, outputs: Sequence[Output], targets: Sequence[Shape], lowered: Lowered, own: OwnMetrics
    ) -> Judgement:
        """Heads and keys for these outputs.

        Args:
            ends: all of the model's outputs.
            outputs: the same, as the program has them.
            targets: the shapes, axis of samples included, of the targets of the outputs that ``judged`` names.
            lowered: the model, which losses and metrics that are made of nodes extend.
            own: the model's own metrics; where it computes them itself, no metric is counted by the engine.

        Raises:
            ValueError: if there is no loss, here or by ``add_loss``, or a target's shape does not fit its output.
            NotImplementedError: for a loss that cannot be differentiated.
        """
        losses, plain, weighted = self._for_outputs(ends)
        if not lowered.added and all(loss is None for loss in losses):
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
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
                judge.measure(_metric_for(metric, target, shape), flag, own.computes)
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
        return self._named(ends, judged, heads, metrics, tracing, checks, own)

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
        own: OwnMetrics,
    ) -> Judgement:
        prefixes = metric_prefixes(ends)
        keys = _metric_keys([prefixes[i] for i in judged], metrics)
        several = sum(head.loss is not None for head in heads) > 1
        names = loss_names(ends, [getattr(loss, "name", str(loss)) for loss in one_for_each(self._loss, ends, "loss")])
        loss_keys = [
            f"{names[i]}_loss" if several and head.loss is not None else None
            for i, head in zip(judged, heads, strict=True)
        ]
        finished, counted, measures, observers = [], [], [], []
        for target, (i, head, mine, own_keys) in enumerate(zip(judged, heads, metrics, keys, strict=True)):
            pairs = list(zip(mine, own_keys, strict=True))
            named = tuple(replace(m.spec, name=key) for m, key in pairs if m.spec is not None)
            finished.append(replace(head, metrics=named))
            counted += [
                Counted(key, m.metric, tracing.width(m.spec), m.masked) for m, key in pairs if m.spec is not None
            ]
            shown = [Observer(key, i, target, m.metric, m.weighted) for m, key in pairs]
            measures += shown
            observers += [each for each, measure in zip(shown, mine, strict=True) if measure.spec is None]
        head_keys = loss_keys if len(heads) > 1 else []
        by_output = dict(zip(judged, head_keys, strict=False))
        listed = [by_output.get(i) for i in listing_order(self._loss, ends)]
        flat = [key for mine in keys for key in mine]
        every = [measure for mine in metrics for measure in mine]
        plain_first = [m.metric.name for m in sorted(every, key=lambda m: m.weighted)]
        held = [metric.name for metric in own.held]
        means = (self.loss_mean, *(Mean(name=key or "loss") for key in head_keys))
        return Judgement(
            heads=tuple(finished),
            nodes=tracing.nodes,
            counted=(*map(Counted, ("loss", *head_keys), means), *counted),
            observers=tuple(observers),
            measures=tuple(measures),
            metrics=(*means, *(m.metric for m in every), *own.held),
            checks=tuple(checks),
            listed=_listed([*plain_first, *held], [key for key in listed if key], [*flat, *held]),
            judged=tuple(judged),
            own=own,
        )

    def _for_outputs(self, ends: Ends) -> tuple[list[Any], list[list[Any]], list[list[Any]]]:
        losses = one_for_each(self._loss, ends, "loss")
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

    def measure(self, metric: Metric, weighted: bool, shown: bool) -> _Measure:
        if shown and self.mask is not None and isinstance(metric, MeanMetricWrapper):
            raise NotImplementedError(
                f"The metric {metric.name!r} is judged by an output with a mask, which `compute_metrics` of one's own "
                "is not shown. Leave the metric out of compile(), or the mask."
            )
        if shown:
            return _Measure(metric, weighted, None)
        spec = metric.spec(metric.name, weighted) if self.formulas else None
        mask = self.mask if isinstance(metric, MeanMetricWrapper) else None
        if spec is None:
            spec = self.tracing.metric(metric, weighted, self.head, self.output, self.target, mask)
        if spec is None and mask is not None:
            raise NotImplementedError(
                f"The metric {metric.name!r} is judged by an output with a mask, so it must be written with denim.ops."
            )
        return _Measure(metric, weighted, spec, mask is not None and spec is not None and not spec.of_batch)


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
        if isinstance(identifier, str):
            loss.name = identifier
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
    """How Keras's list of ``evaluate`` begins: by the metrics' own names where these are keys; the other keys follow.

    So of two metrics called ``mae`` the first is listed twice, and then ``mae_1``.
    """
    first = [name for name in names if name in metric_keys]
    return ("loss", *first, *loss_keys)


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
