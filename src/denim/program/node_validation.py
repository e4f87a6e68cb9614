"""What each type of node asks of itself, of its input's shape and of the parameters it uses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, get_args

from denim.program.formulas.activations import ACTIVATIONS
from denim.program.nodes import (
    Activation,
    AffineScaling,
    BatchNormalization,
    Dense,
    Dropout,
    Input,
    LayerNormalization,
    Node,
    Reshape,
    Shape,
)
from denim.program.random import RandomStream
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

if TYPE_CHECKING:
    from denim.program.program import Program


def label(node: Node, index: int) -> str:
    """How errors call a node."""
    return f"node {index} {node.name!r}"


def check_node(program: Program, node: object, index: int, shapes: list[Shape]) -> Shape:
    """Check the node at ``index``, given the shapes of those before it; returns the shape of its own tensor."""
    if not isinstance(node, get_args(Node)):
        known = ", ".join(each.__name__ for each in get_args(Node))
        fail_type(f"A node must be one of {known}", f"{kind(node)} at index {index}", "Lower it to these.")
    if not isinstance(node.name, str):
        fail_type("A node's name must be a string", f"{kind(node.name)} at index {index}", "Pass a str.")
    where = label(node, index)
    if isinstance(node, Input):
        _check_input(program, node, where)
        return node.output_shape()
    check_index(
        node.input, index, "A node must read a node of lower index (topological order)", "input", f" at {where}"
    )
    shape = shapes[node.input]
    if isinstance(node, Dense):
        _check_dense(program, node, where, shape)
    elif isinstance(node, Reshape):
        _check_reshape(node, where, shape)
    elif isinstance(node, Activation):
        _check_activation(node, where, shape)
    elif isinstance(node, Dropout):
        _check_dropout(node, where)
    elif isinstance(node, AffineScaling):
        _check_scaling(node, where, shape)
    elif isinstance(node, BatchNormalization):
        _check_batch_normalization(program, node, where, shape)
    else:
        _check_normalization(program, node, where, shape)
    return node.output_shape(shape)


def _check_input(program: Program, node: Input, where: str) -> None:
    check_shape(node.shape, f"The shape of {where}")
    if node.dtype != program.dtype:
        fail(
            f"An Input's dtype must be the program's, {program.dtype!r}",
            f"{node.dtype!r} at {where}",
            "Arrays of any dtype may be fed; they are converted as they are read.",
        )


def _check_dense(program: Program, node: Dense, where: str, shape: Shape) -> None:
    if not is_int(node.units):
        fail_type("Dense units must be a whole number", f"{kind(node.units)} at {where}", "Pass an int.")
    if node.units < 1:
        fail("Dense units must be positive", f"{node.units} at {where}", "Give it at least 1 unit.")
    _check_has_axis(shape, "A Dense node", where)
    _check_parameter(program, node, "kernel", node.kernel, (shape[-1], node.units), "(inputs, units)", where)
    if node.bias is not None:
        _check_parameter(program, node, "bias", node.bias, (node.units,), "(units,)", where)


def _check_has_axis(shape: Shape, what: str, where: str) -> None:
    if not shape:
        fail(
            f"{what} needs samples of at least one axis",
            f"samples of shape () at {where}",
            "Reshape them to (1,) first.",
        )


def _check_parameter(
    program: Program, node: Node, role: str, index: int, shape: Shape, meaning: str, where: str
) -> None:
    what = f"A {type(node).__name__} node's {role}"
    check_index(index, len(program.parameters), f"{what} must be the index of a parameter", role, f" at {where}")
    parameter = program.parameters[index]
    if parameter.shape != shape:
        fail(
            f"{what} must have shape {meaning} = {shape}",
            f"parameter {index} {parameter.name!r} of shape {parameter.shape} at {where}",
            "A layer that is shared needs inputs of the same width everywhere; otherwise give it its own parameter.",
        )


def _check_reshape(node: Reshape, where: str, shape: Shape) -> None:
    check_shape(node.shape, f"The shape of {where}")
    if math.prod(node.shape) != math.prod(shape):
        fail(
            "A Reshape must keep the number of elements",
            f"{shape} ({math.prod(shape)} elements) to {node.shape} ({math.prod(node.shape)}) at {where}",
            f"For example, ({math.prod(shape)},) would fit.",
        )


def _check_activation(node: Activation, where: str, shape: Shape) -> None:
    check_name(node.function, ACTIVATIONS, "activation", where)
    if node.alpha is not None:
        if ACTIVATIONS[node.function].default_alpha is None:
            fail(f"The activation {node.function!r} has no alpha", f"{node.alpha!r} at {where}", "Leave it None.")
        check_number(node.alpha, f"The alpha of {node.function!r}", where)
        if node.function == "celu" and node.alpha <= 0.0:
            fail("The alpha of 'celu' must be positive", f"{node.alpha!r} at {where}", "Keras's default is 1.0.")
        if node.function == "relu6" and node.alpha < 0.0:
            fail(
                "The alpha of 'relu6', its largest value, must be at least 0",
                f"{node.alpha!r} at {where}",
                "It is 6.0 if None.",
            )
    if node.function in ("softmax", "log_softmax"):
        _check_has_axis(shape, f"A {node.function}", where)


def _check_dropout(node: Dropout, where: str) -> None:
    check_number(node.rate, "A dropout rate", where)
    if not 0.0 <= node.rate < 1.0:
        fail(
            "A dropout rate must be at least 0 and below 1",
            f"{node.rate!r} at {where}",
            "It is the fraction to drop: 0.3 for 30 %.",
        )
    if not isinstance(node.stream, RandomStream):
        fail_type(
            "A Dropout's stream must be a RandomStream", f"{kind(node.stream)} at {where}", "Write RandomStream(site)."
        )


def _check_scaling(node: AffineScaling, where: str, shape: Shape) -> None:
    for setting in ("shift", "scale", "offset"):
        constant = getattr(node, setting)
        what = f"The {setting} of an AffineScaling"
        if not isinstance(constant, tuple):
            check_number(constant, what, where)
            continue
        width = shape[-1] if shape else 0
        if len(constant) != width:
            fail(
                f"{what} must be one number, or one for each of the {width} elements of the last axis",
                f"{len(constant)} numbers at {where}",
                f"Its input has samples of shape {shape}.",
            )
        for number in constant:
            check_number(number, what, where)


def _check_normalization(
    program: Program, node: BatchNormalization | LayerNormalization, where: str, shape: Shape
) -> None:
    name = type(node).__name__
    _check_has_axis(shape, f"A {name} node", where)
    check_number(node.epsilon, f"The epsilon of a {name}", where)
    if node.epsilon <= 0.0:
        fail(f"The epsilon of a {name} must be above 0", f"{node.epsilon!r} at {where}", "The default is 0.001.")
    for role, index in (("gamma", node.gamma), ("beta", node.beta)):
        if index is not None:
            _check_parameter(program, node, role, index, shape[-1:], "(features,)", where)


def _check_batch_normalization(program: Program, node: BatchNormalization, where: str, shape: Shape) -> None:
    _check_normalization(program, node, where, shape)
    check_number(node.momentum, "The momentum of a BatchNormalization", where)
    if not 0.0 <= node.momentum <= 1.0:
        fail(
            "The momentum of a BatchNormalization must be from 0 to 1",
            f"{node.momentum!r} at {where}",
            "The default is 0.99.",
        )
    check_bool(node.frozen, "A BatchNormalization's frozen", where)
    for role, index in (("mean", node.mean), ("variance", node.variance)):
        _check_parameter(program, node, role, index, shape[-1:], "(features,)", where)
        parameter = program.parameters[index]
        if parameter.trainable:
            fail(
                f"A BatchNormalization node's {role} must be a parameter that the optimizer leaves alone",
                f"parameter {index} {parameter.name!r}, which is trainable, at {where}",
                "Pass trainable=False: batches move it.",
            )
    if node.mean == node.variance:
        fail(
            "A BatchNormalization node needs one parameter for its mean and another for its variance",
            f"parameter {node.mean} for both at {where}",
            "Add one.",
        )
