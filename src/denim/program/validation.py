"""What makes a Program one that can be run. Every error says the rule, what was received and what would be right."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, get_args

from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.losses import LOSSES
from denim.program.formulas.metrics import LABEL_METRICS, METRICS
from denim.program.nodes import Activation, Dense, Dropout, Input, Node, Reshape, Shape
from denim.program.random import PERMUTATION_STREAM, RandomStream
from denim.program.specs import SGD, Adagrad, Adam, Head, Loss, Metric, Optimizer, Parameter, Reduction, RMSprop

if TYPE_CHECKING:
    from denim.program.program import Program

DTYPES = ("float32", "float64")


def validate(program: Program) -> tuple[Shape, ...]:
    """Check the whole description.

    Returns:
        The shape of each node's tensor, without the batch axis.

    Raises:
        TypeError: for a part of the wrong type.
        ValueError: for a part of a wrong value.
    """
    _check_containers(program)
    for i, parameter in enumerate(program.parameters):
        _check_parameter(parameter, i)
    shapes: list[Shape] = []
    for i, node in enumerate(program.nodes):
        shapes.append(_shape_of(program, node, i, shapes))
    _check_streams(program)
    _check_all_used(program)
    for index in program.outputs:
        _check_index(index, len(shapes), "An output must be the index of a node", "output", "")
    for i, head in enumerate(program.heads):
        _check_head(head, i, program, shapes)
    if program.optimizer is not None:
        _check_optimizer(program.optimizer)
    return tuple(shapes)


def _fail(rule: str, received: str, right: str) -> NoReturn:
    raise ValueError(f"{rule}. Received: {received}. {right}")


def _fail_type(rule: str, received: str, right: str) -> NoReturn:
    raise TypeError(f"{rule}. Received: {received}. {right}")


def _kind(value: object) -> str:
    return f"{value!r} of type {type(value).__name__}"


def _label(node: Node, index: int) -> str:
    return f"node {index} {node.name!r}"


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_containers(program: Program) -> None:
    for field in ("nodes", "parameters", "outputs", "heads"):
        value = getattr(program, field)
        if not isinstance(value, tuple):
            _fail_type(f"Program.{field} must be a tuple", f"a {type(value).__name__}", f"Pass tuple({field}).")
    if not program.nodes:
        _fail("A program needs at least one node", "none", "Begin with an Input node.")
    if program.dtype not in DTYPES:
        _fail("Program.dtype must be 'float32' or 'float64'", repr(program.dtype), "'float32' is the usual one.")


def _check_shape(shape: object, what: str) -> None:
    if not isinstance(shape, tuple):
        _fail_type(f"{what} must be a tuple of sizes", _kind(shape), "Write (4,) for four elements.")
    for size in shape:
        if not _is_int(size):
            _fail_type(f"{what} must hold whole numbers", f"{_kind(size)} in {shape!r}", "Convert sizes with int().")
        if size < 1:
            _fail(f"{what} must hold positive sizes", f"{size} in {shape!r}", "Every axis needs at least one element.")


def _check_index(index: object, count: int, rule: str, role: str, where: str) -> None:
    if not isinstance(index, int) or isinstance(index, bool):
        _fail_type(rule, f"{role} {_kind(index)}{where}", "Pass an int.")
    if not 0 <= index < count:
        right = f"It can be from 0 to {count - 1}." if count else "There is none yet."
        _fail(rule, f"{role} {index}{where}", right)


def _check_parameter(parameter: object, index: int) -> None:
    if not isinstance(parameter, Parameter):
        _fail_type(
            "Program.parameters must hold Parameter objects",
            f"{_kind(parameter)} at {index}",
            "Use specs.Parameter(name, shape).",
        )
    _check_shape(parameter.shape, f"The shape of parameter {index} {parameter.name!r}")
    if not isinstance(parameter.trainable, bool):
        _fail_type(
            f"Parameter {index} {parameter.name!r} must be trainable or not", _kind(parameter.trainable), "Pass a bool."
        )


def _shape_of(program: Program, node: object, index: int, shapes: list[Shape]) -> Shape:
    if not isinstance(node, get_args(Node)):
        known = ", ".join(kind.__name__ for kind in get_args(Node))
        _fail_type(f"A node must be one of {known}", f"{_kind(node)} at index {index}", "Lower it to these.")
    if not isinstance(node.name, str):
        _fail_type("A node's name must be a string", f"{_kind(node.name)} at index {index}", "Pass a str.")
    if isinstance(node, Input):
        return _input_shape(program, node, index)
    assert isinstance(node, (Dense, Activation, Dropout, Reshape))
    _check_index(
        node.input,
        index,
        "A node must read a node of lower index (topological order)",
        "input",
        f" at {_label(node, index)}",
    )
    shape = shapes[node.input]
    if isinstance(node, Dense):
        _check_dense(program, node, index, shape)
        return (*shape[:-1], node.units)
    if isinstance(node, Reshape):
        _check_reshape(node, index, shape)
        return node.shape
    if isinstance(node, Activation):
        _check_activation(node, index, shape)
    else:
        _check_dropout(node, index)
    return shape


def _input_shape(program: Program, node: Input, index: int) -> Shape:
    _check_shape(node.shape, f"The shape of {_label(node, index)}")
    if node.dtype != program.dtype:
        _fail(
            f"An Input's dtype must be the program's, {program.dtype!r}",
            f"{node.dtype!r} at {_label(node, index)}",
            "Arrays of any dtype may be fed; they are converted as they are read.",
        )
    return node.shape


def _check_dense(program: Program, node: Dense, index: int, shape: Shape) -> None:
    where = _label(node, index)
    if not _is_int(node.units):
        _fail_type("Dense units must be a whole number", f"{_kind(node.units)} at {where}", "Pass an int.")
    if node.units < 1:
        _fail("Dense units must be positive", f"{node.units} at {where}", "Give it at least 1 unit.")
    if not shape:
        _fail(
            "A Dense node needs samples of at least one axis",
            f"samples of shape () at {where}",
            "Reshape them to (1,) first.",
        )
    _check_parameter_use(program, node.kernel, "kernel", (shape[-1], node.units), "(inputs, units)", where)
    if node.bias is not None:
        _check_parameter_use(program, node.bias, "bias", (node.units,), "(units,)", where)


def _check_parameter_use(program: Program, index: int, role: str, shape: Shape, meaning: str, where: str) -> None:
    _check_index(
        index,
        len(program.parameters),
        f"A Dense node's {role} must be the index of a parameter",
        role,
        f" at {where}",
    )
    parameter = program.parameters[index]
    if parameter.shape != shape:
        _fail(
            f"A Dense node's {role} must have shape {meaning} = {shape}",
            f"parameter {index} {parameter.name!r} of shape {parameter.shape} at {where}",
            "A layer that is shared needs inputs of the same width everywhere; otherwise give it its own parameter.",
        )


def _check_reshape(node: Reshape, index: int, shape: Shape) -> None:
    _check_shape(node.shape, f"The shape of {_label(node, index)}")
    if math.prod(node.shape) != math.prod(shape):
        _fail(
            "A Reshape must keep the number of elements",
            f"{shape} ({math.prod(shape)} elements) to {node.shape} ({math.prod(node.shape)}) at {_label(node, index)}",
            f"For example, ({math.prod(shape)},) would fit.",
        )


def _check_activation(node: Activation, index: int, shape: Shape) -> None:
    where = _label(node, index)
    _check_name(node.function, ACTIVATIONS, "activation", where)
    if node.alpha is not None:
        if ACTIVATIONS[node.function].default_alpha is None:
            _fail(f"The activation {node.function!r} has no alpha", f"{node.alpha!r} at {where}", "Leave it None.")
        _check_number(node.alpha, f"The alpha of {node.function!r}", where)
    if node.function == "softmax" and not shape:
        _fail(
            "A softmax needs samples of at least one axis",
            f"samples of shape () at {where}",
            "Reshape them to (1,) first.",
        )


def _check_dropout(node: Dropout, index: int) -> None:
    where = _label(node, index)
    _check_number(node.rate, "A dropout rate", where)
    if not 0.0 <= node.rate < 1.0:
        _fail(
            "A dropout rate must be at least 0 and below 1",
            f"{node.rate!r} at {where}",
            "It is the fraction to drop: 0.3 for 30 %.",
        )
    if not isinstance(node.stream, RandomStream):
        _fail_type(
            "A Dropout's stream must be a RandomStream", f"{_kind(node.stream)} at {where}", "Write RandomStream(site)."
        )


def _check_streams(program: Program) -> None:
    seen: dict[int, str] = {}
    for i, node in enumerate(program.nodes):
        if not isinstance(node, Dropout):
            continue
        site, where = node.stream.site, _label(node, i)
        _check_index(site, PERMUTATION_STREAM, "A random stream's site must be a 32-bit number", "site", f" at {where}")
        if site in seen:
            _fail(
                "Each random node must have a site of its own",
                f"site {site} at {where} and at {seen[site]}",
                "Number the sites 0, 1, 2, ...",
            )
        seen[site] = where


def _check_all_used(program: Program) -> None:
    used = {p for node in program.nodes if isinstance(node, Dense) for p in (node.kernel, node.bias)}
    for i, parameter in enumerate(program.parameters):
        if i not in used:
            _fail(
                "Every parameter must be used by a node",
                f"parameter {i} {parameter.name!r} that none uses",
                "Leave it out, or add the node that uses it.",
            )


def _check_head(head: object, index: int, program: Program, shapes: list[Shape]) -> None:
    if not isinstance(head, Head):
        _fail_type("Program.heads must hold Head objects", f"{_kind(head)} at {index}", "Use specs.Head.")
    _check_index(
        head.output,
        len(shapes),
        "A head's output must be the index of a node",
        "output",
        f" at head {index}",
    )
    where = f"head {index} of {_label(program.nodes[head.output], head.output)}"
    _check_shape(head.target_shape, f"The target shape of {where}")
    _check_number(head.weight, "A loss weight", where)
    shape = shapes[head.output]
    if not shape:
        _fail(
            "A head's output must have at least one axis",
            f"samples of shape () at {where}",
            "Reshape them to (1,) first.",
        )
    if head.loss is not None:
        _check_loss(head.loss, where)
        _check_target(head, shape, "loss", head.loss.function, LOSSES[head.loss.function].labels, where)
    if not isinstance(head.metrics, tuple):
        _fail_type("A head's metrics must be a tuple", f"a {type(head.metrics).__name__} at {where}", "Pass a tuple.")
    for metric in head.metrics:
        _check_metric(metric, where)
        _check_target(head, shape, "metric", metric.function, metric.function in LABEL_METRICS, where)


def _check_loss(loss: object, where: str) -> None:
    if not isinstance(loss, Loss):
        _fail_type("A head's loss must be a specs.Loss or None", f"{_kind(loss)} at {where}", "Use specs.Loss(name).")
    _check_name(loss.function, LOSSES, "loss", where)
    _check_settings(loss, "loss", where)
    if loss.reduction not in get_args(Reduction):
        _fail(
            f"A loss's reduction must be one of {', '.join(map(repr, get_args(Reduction)))}",
            f"{loss.reduction!r} at {where}",
            "'sum_over_batch_size' is the usual one.",
        )


def _check_metric(metric: object, where: str) -> None:
    if not isinstance(metric, Metric):
        _fail_type("A head's metrics must be specs.Metric", f"{_kind(metric)} at {where}", "Use specs.Metric(name).")
    _check_name(metric.function, METRICS, "metric", where)
    _check_settings(metric, "metric", where)
    _check_number(metric.threshold, "A metric's threshold", where)


def _check_settings(spec: Loss | Metric, what: str, where: str) -> None:
    formula = LOSSES.get(spec.function)
    _check_number(spec.label_smoothing, "Label smoothing", where)
    if not 0.0 <= spec.label_smoothing <= 1.0:
        _fail("Label smoothing must be from 0 to 1", f"{spec.label_smoothing!r} at {where}", "0.1 is a usual value.")
    if spec.label_smoothing and not (formula and formula.takes_smoothing):
        _fail(
            f"The {what} {spec.function!r} has no label smoothing",
            f"label_smoothing={spec.label_smoothing!r} at {where}",
            "The binary and the categorical crossentropy have.",
        )
    if spec.from_logits and not (formula and formula.takes_logits):
        _fail(
            f"The {what} {spec.function!r} does not know logits",
            f"from_logits={spec.from_logits!r} at {where}",
            "The crossentropies do.",
        )


def _check_target(head: Head, shape: Shape, what: str, function: str, labels: bool, where: str) -> None:
    if labels:
        fits = [shape[:-1], (*shape[:-1], 1)]
        reason = f"{function!r} takes one class number for the last axis of the output"
    else:
        fits = [shape, *([shape[:-1]] if shape[-1] == 1 else [])]
        reason = f"{function!r} compares element with element"
    if head.target_shape in fits:
        return
    right = f"With an output of shape {shape} a target has shape {' or '.join(map(str, fits))}."
    if not labels and head.target_shape in (shape[:-1], (*shape[:-1], 1)) and f"sparse_{function}" in METRICS:
        right += f" For class numbers as targets, use 'sparse_{function}'."
    if labels and head.target_shape == shape:
        right += f" For one-hot targets, use {function.removeprefix('sparse_')!r}."
    _fail(f"The target must fit the {what}: {reason}", f"targets of shape {head.target_shape} at {where}", right)


def _check_name(name: object, known: Iterable[str], what: str, where: str) -> None:
    names = sorted(known)
    if not isinstance(name, str):
        _fail_type(
            f"The {what} must be a string",
            f"{_kind(name)} at {where}",
            f"Known: {', '.join(names)}.",
        )
    if name not in names:
        close = difflib.get_close_matches(name, names, n=1)
        right = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names)}."
        _fail(f"No {what} has this name", f"{name!r} at {where}", right)


def _check_number(value: object, what: str, where: str) -> None:
    if not _is_number(value):
        _fail_type(f"{what} must be a number", f"{_kind(value)} at {where}", "Pass a float.")
    if not math.isfinite(value):  # type: ignore[arg-type]
        _fail(f"{what} must be finite", f"{value!r} at {where}", "Pass an ordinary number.")


_BELOW_ONE = ("at least 0 and below 1", lambda v: 0.0 <= v < 1.0)
_UP_TO_ONE = ("from 0 to 1", lambda v: 0.0 <= v <= 1.0)
_POSITIVE = ("above 0", lambda v: v > 0.0)
_NOT_NEGATIVE = ("at least 0", lambda v: v >= 0.0)
_RANGES: dict[type, dict[str, tuple[str, Any]]] = {
    SGD: {"momentum": _UP_TO_ONE},
    RMSprop: {"rho": _BELOW_ONE, "momentum": _UP_TO_ONE, "epsilon": _POSITIVE},
    Adagrad: {"initial_accumulator_value": _NOT_NEGATIVE, "epsilon": _POSITIVE},
    Adam: {"beta_1": _BELOW_ONE, "beta_2": _BELOW_ONE, "epsilon": _POSITIVE},
}


def _check_optimizer(optimizer: Optimizer) -> None:
    ranges = _RANGES.get(type(optimizer))
    if ranges is None:
        known = ", ".join(kind.__name__ for kind in _RANGES)
        _fail_type(f"Program.optimizer must be None or one of {known}", _kind(optimizer), "Use denim.program.specs.")
    name = type(optimizer).__name__
    for setting, (rule, holds) in ranges.items():
        value = getattr(optimizer, setting)
        _check_number(value, f"{name}'s {setting}", "the optimizer")
        if not holds(value):
            default = getattr(type(optimizer)(), setting)
            _fail(f"{name}'s {setting} must be {rule}", repr(value), f"The default is {default!r}.")
