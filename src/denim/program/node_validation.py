"""What each type of node asks of itself, of its input's shape and of the parameters it uses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, get_args

from denim.program.formulas.activations import ACTIVATIONS
from denim.program.formulas.elementwise import ELEMENTWISE
from denim.program.formulas.noise import KINDS
from denim.program.formulas.reductions import BATCH_REDUCTIONS, REDUCTIONS
from denim.program.nodes import (
    WHOLE,
    Activation,
    AffineScaling,
    BatchNormalization,
    BatchReduce,
    Concatenate,
    Constant,
    Dense,
    Dropout,
    Elementwise,
    Embedding,
    Input,
    LayerNormalization,
    MatMul,
    Node,
    Noise,
    Rearrange,
    Reduce,
    Reshape,
    Shape,
    Target,
    Weight,
    shared,
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
    check = _CHECKS[type(node)]
    if isinstance(node, (Concatenate, Elementwise, MatMul)) and not isinstance(node.inputs, tuple):
        fail_type("A node's inputs must be a tuple", f"{kind(node.inputs)} at {where}", "Write (0, 1).")
    for read in node.inputs:
        check_index(read, index, "A node must read a node of lower index (topological order)", "input", f" at {where}")
    check(program, node, where, *(shapes[read] for read in node.inputs))
    return node.output_shape(*(shapes[read] for read in node.inputs))


def _check_input(program: Program, node: Input, where: str) -> None:
    check_shape(node.shape, f"The shape of {where}")
    if node.dtype not in (program.dtype, "int32"):
        fail(
            f"An Input's dtype must be the program's, {program.dtype!r}, or 'int32'",
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


def _check_reshape(program: Program, node: Reshape, where: str, shape: Shape) -> None:
    check_shape(node.shape, f"The shape of {where}")
    if math.prod(node.shape) != math.prod(shape):
        fail(
            "A Reshape must keep the number of elements",
            f"{shape} ({math.prod(shape)} elements) to {node.shape} ({math.prod(node.shape)}) at {where}",
            f"For example, ({math.prod(shape)},) would fit.",
        )


def _check_activation(program: Program, node: Activation, where: str, shape: Shape) -> None:
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


def _check_dropout(program: Program, node: Dropout, where: str, shape: Shape) -> None:
    _check_rate(node.rate, where)
    _check_random(node, where)


def _check_rate(rate: float, where: str) -> None:
    check_number(rate, "A dropout rate", where)
    if not 0.0 <= rate < 1.0:
        fail(
            "A dropout rate must be at least 0 and below 1",
            f"{rate!r} at {where}",
            "It is the fraction to drop: 0.3 for 30 %.",
        )


def _check_random(node: Dropout | Noise, where: str) -> None:
    name = type(node).__name__
    if not isinstance(node.stream, RandomStream):
        fail_type(
            f"A {name}'s stream must be a RandomStream", f"{kind(node.stream)} at {where}", "Write RandomStream(site)."
        )
    check_bool(node.always, f"A {name}'s always", where)


def _check_noise(program: Program, node: Noise, where: str, shape: Shape) -> None:
    check_name(node.kind, KINDS, "noise", where)
    if node.kind == "gaussian_noise":
        check_number(node.amount, "A standard deviation", where)
        if node.amount < 0.0:
            fail("A standard deviation must be at least 0", f"{node.amount!r} at {where}", "0.1 is a usual one.")
    else:
        _check_rate(node.amount, where)
    _check_random(node, where)


def _check_scaling(program: Program, node: AffineScaling, where: str, shape: Shape) -> None:
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


def _check_given(program: Program, node: Target, where: str) -> None:
    check_shape(node.shape, f"The shape of {where}")
    check_index(node.head, len(program.heads), "A Target's head must be the index of a head", "head", f" at {where}")
    size = math.prod(program.heads[node.head].target_shape)
    if math.prod(node.shape) != size:
        fail(
            f"A Target must have as many elements as the targets of its head, {size}",
            f"shape {node.shape} at {where}",
            "It may order them in other axes.",
        )


def _check_constant(program: Program, node: Constant, where: str) -> None:
    check_shape(node.shape, f"The shape of {where}")
    if not isinstance(node.values, tuple) or len(node.values) != math.prod(node.shape):
        fail(
            f"A Constant's values must be a tuple of {math.prod(node.shape)} numbers",
            f"{kind(node.values)[:200]} at {where}",
            "In C order.",
        )


def _check_weight(program: Program, node: Weight, where: str) -> None:
    _check_parameter(program, node, "parameter", node.parameter, node.shape, "the node's", where)


def _check_concatenate(program: Program, node: Concatenate, where: str, *shapes: Shape) -> None:
    if not shapes:
        fail("A Concatenate needs inputs", f"none at {where}", "Give it two.")
    check_index(node.axis, len(shapes[0]), "A Concatenate's axis must be one of a sample's", "axis", f" at {where}")
    rest = {(*shape[: node.axis], *shape[node.axis + 1 :]) for shape in shapes if len(shape) > node.axis}
    if len(rest) > 1 or len({len(shape) for shape in shapes}) > 1:
        fail(
            "The inputs of a Concatenate must have the same shape, except along its axis",
            f"{', '.join(map(str, shapes))} at {where} with axis {node.axis}",
            "Reshape them first.",
        )


def _check_elementwise(program: Program, node: Elementwise, where: str, *shapes: Shape) -> None:
    check_name(node.function, ELEMENTWISE, "elementwise function", where)
    arity = ELEMENTWISE[node.function].arity
    if len(shapes) != arity:
        fail(f"{node.function!r} takes {arity} inputs", f"{len(shapes)} at {where}", "Give it as many.")
    if len(set(shapes)) > 1:
        fail(
            "The inputs of an Elementwise must have one shape",
            f"{', '.join(map(str, shapes))} at {where}",
            "Spread the smaller by a Rearrange.",
        )


def _check_reduce(program: Program, node: Reduce, where: str, shape: Shape) -> None:
    check_name(node.function, REDUCTIONS, "reduction", where)
    _check_has_axis(shape, "A Reduce node", where)


def _check_batch_reduce(program: Program, node: BatchReduce, where: str, shape: Shape) -> None:
    check_name(node.function, BATCH_REDUCTIONS, "reduction over the batch", where)
    if shared(program.nodes[: node.input + 1])[-1]:
        fail("A BatchReduce needs samples", f"what they all share at {where}", "Leave it out.")


def _check_rearrange(program: Program, node: Rearrange, where: str, shape: Shape) -> None:
    check_shape(node.shape, f"The shape of {where}")
    size, last = math.prod(node.shape), math.prod(shape) - 1
    if not isinstance(node.indices, tuple) or len(node.indices) != size:
        fail(
            f"A Rearrange needs a tuple of {size} indices, one for each element of its shape",
            f"{kind(node.indices)[:200]} at {where}",
            "In C order.",
        )
    if size and not (min(node.indices) >= 0 and max(node.indices) <= last):
        fail(
            f"A Rearrange's indices must be from 0 to {last}",
            f"{min(node.indices)} to {max(node.indices)} at {where}",
            "They number the input's elements in C order.",
        )


def _check_matmul(program: Program, node: MatMul, where: str, *shapes: Shape) -> None:
    fits = len(shapes) == 2 and len(shapes[0]) == len(shapes[1]) >= 2
    if not fits or shapes[0][:-2] != shapes[1][:-2] or shapes[0][-1] != shapes[1][-2]:
        fail(
            "A MatMul takes shapes (..., n, k) and (..., k, m)",
            f"{', '.join(map(str, shapes))} at {where}",
            "Spread or reshape them first.",
        )


def _check_embedding(program: Program, node: Embedding, where: str, shape: Shape) -> None:
    check_index(
        node.table, len(program.parameters), "An Embedding's table must be the index of a parameter", "table", where
    )
    parameter = program.parameters[node.table]
    if len(parameter.shape) != 2 or parameter.shape[1] != node.width:
        fail(
            f"An Embedding's table must have shape (rows, {node.width})",
            f"parameter {node.table} {parameter.name!r} of shape {parameter.shape} at {where}",
            "The width is the table's second axis.",
        )
    if parameter.shape[0] > WHOLE[program.dtype]:
        fail(
            f"An Embedding of {program.dtype} can tell {WHOLE[program.dtype]} rows apart",
            f"{parameter.shape[0]} at {where}",
            "Use float64, or fewer rows.",
        )


_CHECKS: dict[type, Callable[..., None]] = {
    Input: _check_input,
    Dense: _check_dense,
    Activation: _check_activation,
    Dropout: _check_dropout,
    Noise: _check_noise,
    Reshape: _check_reshape,
    AffineScaling: _check_scaling,
    BatchNormalization: _check_batch_normalization,
    LayerNormalization: _check_normalization,
    Target: _check_given,
    Constant: _check_constant,
    Weight: _check_weight,
    Concatenate: _check_concatenate,
    Elementwise: _check_elementwise,
    Reduce: _check_reduce,
    Rearrange: _check_rearrange,
    MatMul: _check_matmul,
    Embedding: _check_embedding,
    BatchReduce: _check_batch_reduce,
}
