"""What a Program may ask for that the native engine does not run."""

from __future__ import annotations

from denim.engines.encoding import FUNCTIONS, LOSSES, METRICS, as_matrix, compared
from denim.program import nodes, specs
from denim.program.program import Program

_FORMULAS = (
    nodes.Constant,
    nodes.Weight,
    nodes.Elementwise,
    nodes.Reduce,
    nodes.Rearrange,
    nodes.Reshape,
    nodes.Activation,
    nodes.BatchReduce,
)
"""Nodes that may make or work on what all samples share; the elementwise ones may mix it with what they do not."""


def lacking(program: Program) -> str | None:
    """In a sentence, or None."""
    biases: dict[int, set[int | None]] = {}
    for node in program.nodes:
        if isinstance(node, nodes.Dense):
            biases.setdefault(node.kernel, set()).add(node.bias)
        elif isinstance(node, nodes.Activation) and node.function not in FUNCTIONS:
            return f"it has no activation {node.function!r}"
    shared = [bias for used in biases.values() for bias in used if bias is not None]
    if any(len(used) > 1 for used in biases.values()) or len(shared) != len(set(shared)):
        return "a kernel and its bias must always be used together"
    normalized: dict[int, set[bool]] = {}
    for node in program.nodes:
        if isinstance(node, nodes.BatchNormalization):
            normalized.setdefault(node.mean, set()).add(node.frozen)
    if any(len(modes) > 1 for modes in normalized.values()):
        return "a batch normalization used twice must be frozen in both places, or in neither"
    of_parameters = _unshareable(program) or _mixed_parameter(program) or _unconstrainable(program)
    if of_parameters is not None:
        return of_parameters
    for head in program.heads:
        measures = compared(head)
        unknown = measures - set(LOSSES) - set(METRICS)
        if unknown:
            return f"it has no loss or metric {sorted(unknown)[0]!r}"
        if len({function.startswith("sparse_") for function in measures}) > 1:
            return "an output's losses and metrics must all take class numbers, or none of them"
    return None


def _unshareable(program: Program) -> str | None:
    """What is asked of tensors that all samples share and cannot be had."""
    for node, alone in zip(program.nodes, program.shared, strict=True):
        sources = [program.shared[i] for i in node.inputs]
        if alone and not isinstance(node, (*_FORMULAS, nodes.Concatenate, nodes.MatMul)):
            return f"a {type(node).__name__} needs data and cannot work on what all samples share"
        if any(sources) and not alone and not isinstance(node, nodes.Elementwise):
            return f"a {type(node).__name__} cannot join what all samples share with data"
    losses = [head.loss for head in program.heads if head.loss is not None and not head.loss.of_batch]
    if any(program.shared[loss.values] for loss in losses if loss.values is not None):
        return "a loss that all samples share must be said to be the batch's"
    return None


def _mixed_parameter(program: Program) -> str | None:
    """A parameter that is used in two ways of which only one can be had at a time."""

    def used(*kinds: type) -> set[int]:
        return {i for node in program.nodes if isinstance(node, kinds) for i in node.parameters}

    normalizing = used(nodes.BatchNormalization, nodes.LayerNormalization)
    if (used(nodes.Weight, nodes.Embedding) & normalizing) or (used(nodes.Embedding) & used(nodes.Dense)):
        return "what a normalization scales by, or an Embedding looks up, cannot be used in another way too"
    return None


def _unconstrainable(program: Program) -> str | None:
    """A norm over axes between others, or a function of the user's with something that is not native."""
    for parameter in program.parameters:
        rule = parameter.constraint
        if isinstance(rule, specs.Rewrite):
            within = lacking(rule.program)
            if within is not None:
                return within
        if isinstance(rule, specs.NormRange) and not as_matrix(rule.axes, parameter.shape)[0]:
            return f"a norm must be over a weight's first axes or its last, not over {rule.axes} of {parameter.shape}"
    return None


def layers_in_formulas(program: Program) -> bool:
    """Whether a formula uses what a dense layer multiplies by: that is packed anew for each call."""
    dense = {i for node in program.nodes if isinstance(node, nodes.Dense) for i in node.parameters}
    return any(isinstance(node, nodes.Weight) and node.parameter in dense for node in program.nodes)
