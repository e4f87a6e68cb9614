"""The grid's programs in float64: the same, over numbers that float32 cannot hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np
from programs import Case

from denim.program.nodes import Input, Node
from denim.program.program import Program
from denim.program.specs import Constraint, GradientRules, NormRange, Optimizer, Parameter, Rewrite

BEYOND_FLOAT32 = 1 + 2.0**-30
"""Times this, a float32 has digits that no float32 has."""


def in_float64(case: Case) -> Case:
    """The same case with a program, arrays and a state of float64."""
    nodes = tuple(replace(node, dtype="float64") if isinstance(node, Input) else node for node in case.program.nodes)
    parameters = tuple(map(parameter_in_float64, case.program.parameters))
    program = replace(case.program, nodes=nodes, parameters=parameters, dtype="float64")
    state = replace(
        case.state,
        parameters=case.state.parameters * np.float64(BEYOND_FLOAT32),
        slots=tuple(slot.astype("float64") for slot in case.state.slots),
    )
    inputs = tuple(x * np.float64(BEYOND_FLOAT32) if x.dtype == "float32" else x for x in case.feed.inputs)
    feed = replace(case.feed, inputs=inputs)
    return replace(case, name=f"{case.name}-float64", program=program, feed=feed, state=state)


def parameter_in_float64(parameter: Parameter) -> Parameter:
    """The same, with a constraint in float64 where it is a program."""
    rule = parameter.constraint
    if not isinstance(rule, Rewrite):
        return parameter
    return replace(parameter, constraint=Rewrite(replace(rule.program, dtype="float64")))


def float64_cases(cases: Sequence[Case]) -> list[Case]:
    """All of them that are not in float64 already, in float64."""
    return [in_float64(case) for case in cases if case.program.dtype != "float64"]


def covering(cases: Sequence[Case]) -> list[Case]:
    """A few of the cases that have together every feature that any of them has: see ``features``."""
    chosen: list[Case] = []
    has = {case.name: features(case) for case in cases}
    missing = set().union(*has.values())
    while missing:
        best = max(cases, key=lambda case: len(has[case.name] & missing))
        chosen.append(best)
        missing -= has[best.name]
    return chosen


def features(case: Case) -> set[tuple[object, ...]]:
    """Every setting of every node, loss, metric, regularizer and optimizer, every batch size and input dtype."""
    program = case.program
    found: set[tuple[object, ...]] = {("batch", case.batch_size), ("inputs", len(program.inputs))}
    found |= {("input", x.dtype.name) for x in case.feed.inputs}
    found |= {feature for node in program.nodes for feature in _node(program, node)}
    found |= {("regularizer", p.trainable, bool(r.l1), bool(r.l2)) for p in program.parameters if (r := p.regularizer)}
    found |= {("constraint", *_constraint(p.constraint, p.shape)) for p in program.parameters if p.constraint}
    for head in program.heads:
        found |= {("metric", metric.function, metric.from_logits) for metric in head.metrics}
        if head.loss is not None:
            loss = head.loss
            found |= {("loss", loss.function, loss.from_logits, bool(loss.label_smoothing)), (loss.reduction,)}
    if program.optimizer is not None:
        found |= _settings(program.optimizer)
    return found


def _node(program: Program, node: Node) -> set[tuple[object, ...]]:
    """Its kind and settings; of the parameters it reads only whether they are there and trained; its width."""
    width = program.shapes[program.nodes.index(node)][-1:]
    read = {name: getattr(node, name, None) for name in ("kernel", "bias", "gamma", "beta")}
    trained = tuple((name, None if i is None else program.parameters[i].trainable) for name, i in read.items())
    kind = type(node).__name__
    chosen = {(kind, name, getattr(node, name, None)) for name in ("function", "frozen")}
    return {(kind, trained), (kind, *width) if kind == "Dense" else (kind,), *chosen}


def _constraint(constraint: Constraint, shape: tuple[int, ...]) -> tuple[object, ...]:
    if isinstance(constraint, NormRange):
        return (len(shape), constraint.axes, constraint.rate == 1.0, constraint.maximum is None)
    return (len(shape), type(constraint).__name__)


def _settings(optimizer: Optimizer) -> set[tuple[object, ...]]:
    """Which settings are on; those that every optimizer has count once for all."""
    common = {each.name for each in fields(GradientRules)}
    return {
        ("" if each.name in common else type(optimizer).__name__, each.name, bool(getattr(optimizer, each.name)))
        for each in fields(optimizer)
    } | {(type(optimizer).__name__,)}
