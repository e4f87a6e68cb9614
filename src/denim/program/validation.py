"""What makes a Program one that can be run. Every error says the rule, what was received and what would be right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args

from denim.program.formulas.losses import LOSSES
from denim.program.formulas.metrics import LABEL_METRICS, METRICS
from denim.program.node_validation import check_node, label
from denim.program.nodes import Dropout, Noise, Shape
from denim.program.random import PERMUTATION_STREAM
from denim.program.refusals import (
    check_bool,
    check_index,
    check_name,
    check_number,
    check_shape,
    fail,
    fail_type,
    is_int,
    kind,
)
from denim.program.specs import (
    SGD,
    TRACED,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    Ftrl,
    GradientRules,
    Head,
    Lion,
    Loss,
    Metric,
    Nadam,
    NonNegative,
    NormRange,
    Optimizer,
    Parameter,
    Reduction,
    Regularizer,
    Rewrite,
    RMSprop,
)

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
        _check_parameter(parameter, i, program)
    shapes: list[Shape] = []
    for i, node in enumerate(program.nodes):
        shapes.append(check_node(program, node, i, shapes))
    _check_streams(program)
    _check_all_used(program)
    for index in program.outputs:
        check_index(index, len(shapes), "An output must be the index of a node", "output", "")
    for index in program.added:
        check_index(index, len(shapes), "What is added to the loss must be the index of a node", "node", "")
    for i, head in enumerate(program.heads):
        _check_head(head, i, program, shapes)
    if program.optimizer is not None:
        _check_optimizer(program.optimizer)
    return tuple(shapes)


def _check_containers(program: Program) -> None:
    for field in ("nodes", "parameters", "outputs", "heads", "added"):
        value = getattr(program, field)
        if not isinstance(value, tuple):
            fail_type(f"Program.{field} must be a tuple", f"a {type(value).__name__}", f"Pass tuple({field}).")
    if not program.nodes:
        fail("A program needs at least one node", "none", "Begin with an Input node.")
    if program.dtype not in DTYPES:
        fail("Program.dtype must be 'float32' or 'float64'", repr(program.dtype), "'float32' is the usual one.")


def _check_parameter(parameter: object, index: int, program: Program) -> None:
    if not isinstance(parameter, Parameter):
        fail_type(
            "Program.parameters must hold Parameter objects",
            f"{kind(parameter)} at {index}",
            "Use specs.Parameter(name, shape).",
        )
    where = f"parameter {index} {parameter.name!r}"
    check_shape(parameter.shape, f"The shape of {where}")
    check_bool(parameter.trainable, "A parameter's trainable", where)
    check_bool(parameter.decays, "A parameter's decays", where)
    if parameter.regularizer is not None:
        _check_regularizer(parameter.regularizer, where)
    if parameter.constraint is not None:
        _check_constraint(parameter.constraint, parameter.shape, where, program)


def _check_regularizer(regularizer: object, where: str) -> None:
    if not isinstance(regularizer, Regularizer):
        fail_type(
            "A parameter's regularizer must be a specs.Regularizer or None",
            f"{kind(regularizer)} at {where}",
            "Use specs.Regularizer(l1, l2).",
        )
    for factor in ("l1", "l2"):
        value = getattr(regularizer, factor)
        check_number(value, f"A regularizer's {factor}", where)
        if value < 0.0:
            fail(f"A regularizer's {factor} must be at least 0", f"{value!r} at {where}", "0.01 is a usual value.")


def _check_constraint(constraint: object, shape: Shape, where: str, program: Program) -> None:
    if isinstance(constraint, NonNegative):
        return
    if isinstance(constraint, Rewrite):
        return _check_rewrite(constraint.program, shape, where, program)
    if not isinstance(constraint, NormRange):
        fail_type(
            "A parameter's constraint must be specs.NonNegative, specs.NormRange, specs.Rewrite or None",
            f"{kind(constraint)} at {where}",
            "Use specs.NormRange(maximum=2.0).",
        )
    for setting, (rule, holds) in _NORM_RANGES.items():
        value = getattr(constraint, setting)
        if setting == "maximum" and value is None:
            continue
        check_number(value, f"A constraint's {setting}", where)
        if not holds(value):
            fail(f"A constraint's {setting} must be {rule}", f"{value!r} at {where}", "2.0 is a usual maximum.")
    axes, rank = constraint.axes, len(shape)
    if not isinstance(axes, tuple) or not axes or list(axes) != sorted(set(axes) & set(range(rank))):
        fail(
            f"A constraint's axes must be ascending axes of its parameter, from 0 to {rank - 1}",
            f"{axes!r} at {where}",
            "(0,) is the usual one.",
        )


def _check_rewrite(rewrite: object, shape: Shape, where: str, program: Program) -> None:
    if not isinstance(rewrite, type(program)):
        fail_type("A specs.Rewrite must hold a Program", f"{kind(rewrite)} at {where}", "Pass Program(...).")
    found = [parameter.shape for parameter in rewrite.parameters], [rewrite.shapes[i] for i in rewrite.outputs]
    if found != ([shape], [shape]) or rewrite.inputs or rewrite.dtype != program.dtype:
        fail(
            f"A specs.Rewrite's Program must make one output of one parameter, both of shape {shape} and dtype "
            f"{program.dtype}, without inputs",
            f"parameters of shapes {found[0]}, outputs of {found[1]}, {len(rewrite.inputs)} inputs and dtype "
            f"{rewrite.dtype} at {where}",
            "Its only parameter is the one that it rewrites.",
        )


def _check_streams(program: Program) -> None:
    seen: dict[int, str] = {}
    for i, node in enumerate(program.nodes):
        if not isinstance(node, (Dropout, Noise)):
            continue
        site, where = node.stream.site, label(node, i)
        check_index(site, PERMUTATION_STREAM, "A random stream's site must be a 32-bit number", "site", f" at {where}")
        if site in seen:
            fail(
                "Each random node must have a site of its own",
                f"site {site} at {where} and at {seen[site]}",
                "Number the sites 0, 1, 2, ...",
            )
        seen[site] = where


def _check_all_used(program: Program) -> None:
    used = {index for node in program.nodes for index in node.parameters}
    for i, parameter in enumerate(program.parameters):
        if i not in used:
            fail(
                "Every parameter must be used by a node",
                f"parameter {i} {parameter.name!r} that none uses",
                "Leave it out, or add the node that uses it.",
            )


def _check_head(head: object, index: int, program: Program, shapes: list[Shape]) -> None:
    if not isinstance(head, Head):
        fail_type("Program.heads must hold Head objects", f"{kind(head)} at {index}", "Use specs.Head.")
    check_index(
        head.output,
        len(shapes),
        "A head's output must be the index of a node",
        "output",
        f" at head {index}",
    )
    where = f"head {index} of {label(program.nodes[head.output], head.output)}"
    check_shape(head.target_shape, f"The target shape of {where}")
    check_number(head.weight, "A loss weight", where)
    shape = shapes[head.output]
    if not shape:
        fail(
            "A head's output must have at least one axis",
            f"samples of shape () at {where}",
            "Reshape them to (1,) first.",
        )
    if head.loss is not None:
        _check_loss(head.loss, where)
        if not _is_traced(head.loss, "loss", shapes, where):
            _check_target(head, shape, "loss", head.loss.function, LOSSES[head.loss.function].labels, where)
        _check_ignored(head, head.loss, shapes, where)
        _check_counts(head.loss, shapes, where)
    if not isinstance(head.metrics, tuple):
        fail_type("A head's metrics must be a tuple", f"a {type(head.metrics).__name__} at {where}", "Pass a tuple.")
    for metric in head.metrics:
        _check_metric(metric, where)
        if not _is_traced(metric, "metric", shapes, where):
            _check_target(head, shape, "metric", metric.function, metric.function in LABEL_METRICS, where)


def _check_ignored(head: Head, loss: Loss, shapes: list[Shape], where: str) -> None:
    if loss.ignored is None:
        return
    check_number(loss.ignored, "The target that a loss ignores", where)
    if loss.of_batch:
        fail("A loss that ignores targets has a value for each", f"one of the batch at {where}", "Ignore none.")
    values = 0 if loss.values is None else math.prod(shapes[loss.values])
    if math.prod(head.target_shape) != values:
        fail(
            "A loss that ignores targets has one node's value for each",
            f"targets of shape {head.target_shape} and {values} values at {where}",
            "Ignore none.",
        )


def _check_counts(loss: Loss, shapes: list[Shape], where: str) -> None:
    if loss.counts is None:
        return
    check_index(loss.counts, len(shapes), "What counts in a loss must be the index of a node", "counts", f" at {where}")
    values = None if loss.values is None else shapes[loss.values]
    if shapes[loss.counts] != values or loss.ignored is not None or loss.of_batch:
        fail(
            "A loss some of whose values count alone has them in a node of the same shape, ignores no target, and is "
            "not one number of the batch",
            f"values of shape {values}, counts of shape {shapes[loss.counts]} ignored={loss.ignored} and "
            f"of_batch={loss.of_batch} at {where}",
            "Reshape them, or let all count.",
        )


def _is_traced(spec: Loss | Metric, what: str, shapes: list[Shape], where: str) -> bool:
    """Whether the values come from a node, which is then one that can give them."""
    if (spec.values is None) != (spec.function != TRACED):
        fail(
            f"A {what} has a node of values if its function is {TRACED!r}, and only then",
            f"function {spec.function!r} and values {spec.values!r} at {where}",
            "Give it both, or neither.",
        )
    check_bool(spec.of_batch, f"A {what}'s of_batch", where)
    if spec.values is None:
        if spec.of_batch:
            fail(f"A {what} that is one number of the batch has a node of values", f"none at {where}", "Give it one.")
        return False
    check_index(spec.values, len(shapes), f"A {what}'s values must be the index of a node", "values", f" at {where}")
    shape = shapes[spec.values]
    if not shape or (what == "loss" and shape[-1] != 1):
        fail(
            f"The values of a {what} must have a last axis" + (" of size 1" if what == "loss" else ""),
            f"samples of shape {shape} at {where}",
            "Reshape them first.",
        )
    return True


def _check_loss(loss: object, where: str) -> None:
    if not isinstance(loss, Loss):
        fail_type("A head's loss must be a specs.Loss or None", f"{kind(loss)} at {where}", "Use specs.Loss(name).")
    check_name(loss.function, (*LOSSES, TRACED), "loss", where)
    _check_settings(loss, "loss", where)
    if loss.reduction not in get_args(Reduction):
        fail(
            f"A loss's reduction must be one of {', '.join(map(repr, get_args(Reduction)))}",
            f"{loss.reduction!r} at {where}",
            "'sum_over_batch_size' is the usual one.",
        )


def _check_metric(metric: object, where: str) -> None:
    if not isinstance(metric, Metric):
        fail_type("A head's metrics must be specs.Metric", f"{kind(metric)} at {where}", "Use specs.Metric(name).")
    check_name(metric.function, (*METRICS, TRACED), "metric", where)
    _check_settings(metric, "metric", where)
    check_number(metric.threshold, "A metric's threshold", where)


def _check_settings(spec: Loss | Metric, what: str, where: str) -> None:
    formula = LOSSES.get(spec.function)
    check_number(spec.label_smoothing, "Label smoothing", where)
    if not 0.0 <= spec.label_smoothing <= 1.0:
        fail("Label smoothing must be from 0 to 1", f"{spec.label_smoothing!r} at {where}", "0.1 is a usual value.")
    if spec.label_smoothing and not (formula and formula.takes_smoothing):
        fail(
            f"The {what} {spec.function!r} has no label smoothing",
            f"label_smoothing={spec.label_smoothing!r} at {where}",
            "The binary and the categorical crossentropy have.",
        )
    if spec.from_logits and not (formula and formula.takes_logits):
        fail(
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
    fail(f"The target must fit the {what}: {reason}", f"targets of shape {head.target_shape} at {where}", right)


_BELOW_ONE = ("at least 0 and below 1", lambda v: 0.0 <= v < 1.0)
_UP_TO_ONE = ("from 0 to 1", lambda v: 0.0 <= v <= 1.0)
_POSITIVE = ("above 0", lambda v: v > 0.0)
_NOT_NEGATIVE = ("at least 0", lambda v: v >= 0.0)
_MOMENTS = {"beta_1": _BELOW_ONE, "beta_2": _BELOW_ONE, "epsilon": _POSITIVE}
_RANGES: dict[type, dict[str, tuple[str, Any]]] = {
    SGD: {"momentum": _UP_TO_ONE},
    RMSprop: {"rho": _BELOW_ONE, "momentum": _UP_TO_ONE, "epsilon": _POSITIVE},
    Adagrad: {"initial_accumulator_value": _NOT_NEGATIVE, "epsilon": _POSITIVE},
    Adadelta: {"rho": _BELOW_ONE, "epsilon": _POSITIVE},
    Adam: _MOMENTS,
    Adamax: _MOMENTS,
    Nadam: _MOMENTS,
    Ftrl: {"learning_rate_power": ("at most 0", lambda v: v <= 0.0)}
    | dict.fromkeys(
        (
            "initial_accumulator_value",
            "l1_regularization_strength",
            "l2_regularization_strength",
            "l2_shrinkage_regularization_strength",
            "beta",
        ),
        _NOT_NEGATIVE,
    ),
    Lion: {"beta_1": ("above 0 and at most 1", lambda v: 0.0 < v <= 1.0), "beta_2": _UP_TO_ONE},
}
_CLIPPING = ("clipnorm", "clipvalue", "global_clipnorm")
_GRADIENT_RULES: dict[str, tuple[str, Any]] = {
    "weight_decay": _NOT_NEGATIVE,
    **dict.fromkeys(_CLIPPING, _POSITIVE),
    "ema_momentum": _UP_TO_ONE,
    "ema_overwrite_frequency": ("a whole number of at least 1", lambda v: is_int(v) and v >= 1),
    "gradient_accumulation_steps": ("a whole number of at least 2", lambda v: is_int(v) and v >= 2),
}
_NORM_RANGES: dict[str, tuple[str, Any]] = {
    "minimum": _NOT_NEGATIVE,
    "maximum": _NOT_NEGATIVE,
    "rate": _UP_TO_ONE,
    "epsilon": _POSITIVE,
}


def _check_optimizer(optimizer: Optimizer) -> None:
    ranges = _RANGES.get(type(optimizer))
    if ranges is None:
        known = ", ".join(each.__name__ for each in _RANGES)
        fail_type(f"Program.optimizer must be None or one of {known}", kind(optimizer), "Use denim.program.specs.")
    name = type(optimizer).__name__
    for setting, (rule, holds) in ranges.items():
        value = getattr(optimizer, setting)
        check_number(value, f"{name}'s {setting}", "the optimizer")
        if not holds(value):
            default = getattr(type(optimizer)(), setting)
            fail(f"{name}'s {setting} must be {rule}", repr(value), f"The default is {default!r}.")
    _check_gradient_rules(optimizer, name)


def _check_gradient_rules(rules: GradientRules, name: str) -> None:
    for setting, (rule, holds) in _GRADIENT_RULES.items():
        value = getattr(rules, setting)
        if value is None:
            continue
        check_number(value, f"{name}'s {setting}", "the optimizer")
        if not holds(value):
            fail(f"{name}'s {setting} must be {rule}", repr(value), "None leaves it out.")
    if rules.ema_overwrite_frequency is not None and rules.ema_momentum is None:
        received = f"ema_overwrite_frequency={rules.ema_overwrite_frequency!r} and no ema_momentum"
        fail("Weights are overwritten with averages only where there are any", received, "Give an ema_momentum.")
    clipping = [setting for setting in _CLIPPING if getattr(rules, setting) is not None]
    if len(clipping) > 1:
        received = ", ".join(f"{setting}={getattr(rules, setting)!r}" for setting in clipping)
        fail("Only one of clipnorm, clipvalue and global_clipnorm can be set", received, "Leave the others None.")
