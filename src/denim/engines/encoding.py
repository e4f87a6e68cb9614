"""A Program in plain lists and numbers, as the C++ runner takes it (native/plan/spec.hpp)."""

from __future__ import annotations

import math

import numpy as np

from denim.engines import _native
from denim.engines.checks import takes_labels
from denim.program import nodes, specs
from denim.program.formulas import noise
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.program import Program
from denim.program.random import drop_threshold

_KINDS = {
    nodes.Input: "input",
    nodes.Dense: "dense",
    nodes.Activation: "activation",
    nodes.Dropout: "dropout",
    nodes.Reshape: "reshape",
    nodes.AffineScaling: "affine",
    nodes.BatchNormalization: "batch_norm",
    nodes.LayerNormalization: "layer_norm",
    nodes.Noise: "noise",
    nodes.Target: "target",
    nodes.Constant: "constant",
    nodes.Weight: "weight",
    nodes.Concatenate: "concatenate",
    nodes.Elementwise: "elementwise",
    nodes.Reduce: "reduce",
    nodes.Rearrange: "rearrange",
    nodes.MatMul: "matmul",
    nodes.Embedding: "embedding",
    nodes.BatchReduce: "batch_reduce",
}
FUNCTIONS = (
    "linear",
    "relu",
    "sigmoid",
    "tanh",
    "softmax",
    "gelu",
    "gelu_tanh",
    "leaky_relu",
    "elu",
    "selu",
    "silu",
    "softplus",
    "exponential",
    "softsign",
    "hard_sigmoid",
    "relu6",
    "mish",
    "hard_silu",
    "celu",
    "log_sigmoid",
    "log_softmax",
)
LOSSES = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
)
METRICS = ("binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")
_REDUCTIONS = {"sum_over_batch_size": 0, "mean": 0, "sum": 1, "mean_with_sample_weight": 2}


def precision(program: Program) -> _native._Precision:
    """The module of the program's dtype."""
    return _native.float64 if program.dtype == "float64" else _native.float32


def compared(head: specs.Head) -> set[str]:
    """The losses and metrics that compare a head's output with its target themselves."""
    functions = {metric.function for metric in head.metrics} | ({head.loss.function} if head.loss else set())
    return functions - {specs.TRACED}


def encode(program: Program) -> dict:
    """The program as plain lists and numbers; enumerations as in native/kernels/table.hpp and plan/spec.hpp."""
    blocks: dict[int, int] = {}
    vectors: dict[int, int] = {}
    for node in program.nodes:
        if isinstance(node, nodes.Dense):
            blocks.setdefault(node.kernel, len(blocks))
    dense = {i for node in program.nodes if isinstance(node, nodes.Dense) for i in node.parameters}
    for node in program.nodes:
        for index in _vectors_of(node):
            if index not in dense:
                vectors.setdefault(index, len(vectors))
    biases = {node.kernel: node.bias for node in program.nodes if isinstance(node, nodes.Dense)}
    return {
        "nodes": [_encode_node(program, i, blocks, vectors) for i in range(len(program.nodes))],
        "blocks": [_encode_block(program, kernel, biases[kernel]) for kernel in blocks],
        "vectors": [
            {
                "offset": program.offsets[index],
                "n": program.parameters[index].size,
                "trainable": program.parameters[index].trainable,
                "penalty": _penalty(program.parameters[index]),
                "constraint": _constraint(program.parameters[index]),
            }
            for index in vectors
        ],
        "outputs": list(program.outputs),
        "heads": [_encode_head(head) for head in program.heads],
        "added": list(program.added),
        "optimizer": _encode_optimizer(program.optimizer),
        "flat_size": program.size,
    }


def _vectors_of(node: nodes.Node) -> list[int]:
    """The parameters of a node that are not a dense layer's."""
    indices: list[int | None] = []
    if isinstance(node, (nodes.Weight, nodes.Embedding)):
        return list(node.parameters)
    if isinstance(node, (nodes.BatchNormalization, nodes.LayerNormalization)):
        indices += [node.gamma, node.beta]
    if isinstance(node, nodes.BatchNormalization):
        indices += [node.mean, node.variance]
    return [index for index in indices if index is not None]


def _penalty(parameter: specs.Parameter | None) -> tuple[float, float, bool]:
    if parameter is None:
        return (0.0, 0.0, False)
    regularizer = parameter.regularizer or specs.Regularizer()
    return (regularizer.l1, regularizer.l2, parameter.decays)


_Constraint = tuple[int, float, float, float, float, int, dict | None]


def _constraint(parameter: specs.Parameter | None) -> _Constraint:
    rule = None if parameter is None else parameter.constraint
    if parameter is None or rule is None:
        return (0, 0.0, 0.0, 0.0, 0.0, 0, None)
    if isinstance(rule, specs.NonNegative):
        return (1, 0.0, 0.0, 0.0, 0.0, 0, None)
    if isinstance(rule, specs.Rewrite):
        return (5, 0.0, 0.0, 0.0, 0.0, 0, encode(rule.program))
    kind, columns = as_matrix(rule.axes, parameter.shape)
    most = math.inf if rule.maximum is None else rule.maximum
    return (kind, rule.minimum, most, rule.rate, rule.epsilon, columns, None)


def as_matrix(axes: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, int]:
    """The kind of norms over ``axes``, and the columns of the matrix whose columns, rows or all numbers they are of.

    The kind is 0 where there is no such matrix: with axes that neither begin the shape nor end it.
    """
    last = len(shape)
    first = next((i for i in range(1, last) if axes in (tuple(range(i)), tuple(range(i, last)))), None)
    if first is None:
        return (4 if len(axes) == last else 0, math.prod(shape))
    return (2 if axes[0] == 0 else 3, math.prod(shape[first:]))


def _encode_block(program: Program, kernel: int, bias: int | None) -> dict:
    weights = program.parameters[kernel]
    biases = None if bias is None else program.parameters[bias]
    return {
        "k": weights.shape[0],
        "n": weights.shape[1],
        "kernel_offset": program.offsets[kernel],
        "bias_offset": -1 if bias is None else program.offsets[bias],
        "train_kernel": weights.trainable,
        "train_bias": biases is not None and biases.trainable,
        "kernel_penalty": _penalty(weights),
        "bias_penalty": _penalty(biases),
        "kernel_constraint": _constraint(weights),
        "bias_constraint": _constraint(biases),
    }


def _encode_node(program: Program, place: int, blocks: dict[int, int], vectors: dict[int, int]) -> dict:
    node, shape = program.nodes[place], program.shapes[place]
    encoded: dict = {
        "kind": precision(program).node_kinds.index(_KINDS[type(node)]),
        "inputs": list(node.inputs),
        "shared": program.shared[place],
        "rows": int(np.prod(shape[:-1], dtype=np.int64)),
        "columns": shape[-1] if shape else 1,
        "block": blocks[node.kernel] if isinstance(node, nodes.Dense) else -1,
        "function": 0,
        "alpha": 0.0,
        "rate": 0.0,
        "threshold": 0,
        "site": 0,
        "seed": None,
        "shift": [],
        "scale": [],
        "offset": [],
        "gamma": -1,
        "beta": -1,
        "mean": -1,
        "variance": -1,
        "momentum": 0.0,
        "epsilon": 0.0,
        "frozen": False,
        "always": False,
        "noise": 0,
        "amount": 0.0,
        "whole": False,
        "head": -1,
        "values": [],
        "vector": -1,
        "bias": False,
        "element": 0,
        "reduction": 0,
        "indices": [],
        "outer": 1,
        "inner": 1,
    }
    if isinstance(node, nodes.Activation):
        default = ACTIVATIONS[node.function].default_alpha
        alpha = node.alpha if node.alpha is not None else default
        encoded |= {"function": FUNCTIONS.index(node.function), "alpha": 0.0 if alpha is None else alpha}
    elif isinstance(node, (nodes.Dropout, nodes.Noise)):
        encoded |= _encode_draws(node)
    elif isinstance(node, nodes.AffineScaling):
        for name in ("shift", "scale", "offset"):
            value = getattr(node, name)
            encoded[name] = list(value) if isinstance(value, tuple) else [value]
    elif isinstance(node, (nodes.BatchNormalization, nodes.LayerNormalization)):
        encoded["epsilon"] = node.epsilon
        for name in ("gamma", "beta", "mean", "variance"):
            index = getattr(node, name, None)
            encoded[name] = -1 if index is None else vectors[index]
        if isinstance(node, nodes.BatchNormalization):
            encoded |= {"momentum": node.momentum, "frozen": node.frozen}
    else:
        encoded |= _encode_formula(program, node, blocks, vectors)
    return encoded


def _encode_draws(node: nodes.Dropout | nodes.Noise) -> dict:
    encoded: dict = {
        "site": node.stream.site,
        "seed": node.stream.key(0) if node.stream.seed is not None else None,
        "always": node.always,
    }
    if isinstance(node, nodes.Noise):
        encoded |= {"noise": noise.KINDS.index(node.kind), "amount": node.amount}
        if node.kind == "gaussian_noise":
            return encoded
    rate = node.rate if isinstance(node, nodes.Dropout) else node.amount
    return encoded | {"rate": rate, "threshold": drop_threshold(rate)}


def _encode_formula(program: Program, node: nodes.Node, blocks: dict[int, int], vectors: dict[int, int]) -> dict:
    match node:
        case nodes.Input():
            return {"whole": node.dtype == "int32"}
        case nodes.Target():
            return {"head": node.head}
        case nodes.Constant():
            return {"values": list(node.values)}
        case nodes.Weight(parameter=index) if index in vectors:
            return {"vector": vectors[index]}
        case nodes.Weight(parameter=index):
            layer = next(n for n in program.nodes if isinstance(n, nodes.Dense) and index in n.parameters)
            return {"block": blocks[layer.kernel], "bias": index == layer.bias}
        case nodes.Embedding():
            return {"vector": vectors[node.table]}
        case nodes.Elementwise():
            return {"element": precision(program).elementwise.index(node.function)}
        case nodes.Reduce() | nodes.BatchReduce():
            return {"reduction": precision(program).reductions.index(node.function)}
        case nodes.Rearrange():
            return {"indices": list(node.indices)}
        case nodes.Concatenate():
            return {"outer": int(np.prod(program.shapes[node.inputs[0]][: node.axis], dtype=np.int64))}
        case nodes.MatMul():
            return {"inner": program.shapes[node.inputs[0]][-2]}
    return {}


def _encode_head(head: specs.Head) -> dict:
    loss = head.loss
    return {
        "output": head.output,
        "labels": takes_labels(head),
        "compared": bool(compared(head)),
        "loss": None
        if loss is None
        else {
            "kind": len(LOSSES) if loss.values is not None else LOSSES.index(loss.function),
            "from_logits": loss.from_logits,
            "smoothing": loss.label_smoothing,
            "reduction": _REDUCTIONS[loss.reduction],
            "weight": head.weight,
            "values": -1 if loss.values is None else loss.values,
            "of_batch": loss.of_batch,
            "ignored": loss.ignored,
            "counts": -1 if loss.counts is None else loss.counts,
        },
        "metrics": [
            {
                "kind": METRICS.index(metric.function) if metric.function in METRICS else len(METRICS),
                "loss": LOSSES.index(metric.function) if metric.function in LOSSES else 0,
                "from_logits": metric.from_logits,
                "smoothing": metric.label_smoothing,
                "threshold": metric.threshold,
                "weighted": metric.weighted,
                "values": -1 if metric.values is None else metric.values,
                "of_batch": metric.of_batch,
            }
            for metric in head.metrics
        ],
    }


def _encode_optimizer(optimizer: specs.Optimizer | None) -> dict:
    encoded = {
        "rule": 0,
        "slots": 0,
        "momentum": 0.0,
        "rho": 0.0,
        "epsilon": 0.0,
        "beta_1": 0.0,
        "beta_2": 0.0,
        "centered": False,
        "amsgrad": False,
        "weight_decay": 0.0,
        "clip_norm": 0.0,
        "clip_value": 0.0,
        "global_clip_norm": 0.0,
        "power": 0.0,
        "l1": 0.0,
        "l2": 0.0,
        "shrinkage": 0.0,
        "beta": 0.0,
        "averages": False,
        "average_momentum": 0.0,
        "overwrite_every": 0,
        "gather": 0,
    }
    if optimizer is None:
        return encoded
    encoded |= {name: getattr(optimizer, name) for name in encoded if hasattr(optimizer, name) and name != "slots"}
    encoded |= {
        "rule": _rule(optimizer),
        "slots": len(optimizer.slots),
        "weight_decay": optimizer.weight_decay or 0.0,
        "clip_norm": optimizer.clipnorm or 0.0,
        "clip_value": optimizer.clipvalue or 0.0,
        "global_clip_norm": optimizer.global_clipnorm or 0.0,
        "averages": optimizer.ema_momentum is not None,
        "average_momentum": optimizer.ema_momentum or 0.0,
        "overwrite_every": optimizer.ema_overwrite_frequency or 0,
        "gather": optimizer.gradient_accumulation_steps or 0,
    }
    if isinstance(optimizer, specs.Ftrl):
        encoded |= {
            "power": -optimizer.learning_rate_power,
            "l1": optimizer.l1_regularization_strength,
            "l2": optimizer.l2_regularization_strength,
            "shrinkage": optimizer.l2_shrinkage_regularization_strength,
        }
    return encoded


def _rule(optimizer: specs.Optimizer) -> int:
    if isinstance(optimizer, specs.SGD):
        return 0 if not optimizer.momentum else 2 if optimizer.nesterov else 1
    rules = (
        specs.RMSprop,
        specs.Adagrad,
        specs.Adam,
        specs.Nadam,
        specs.Adamax,
        specs.Adadelta,
        specs.Lion,
        specs.Ftrl,
    )
    return 3 + rules.index(type(optimizer))
