"""The native engine: a Program in plain numbers for the C++ runner, and a feed as addresses."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denim.data.arrays import fed
from denim.data.feed import Feed
from denim.engines import _native
from denim.engines.checks import (
    check_arrays,
    check_captured,
    check_feed,
    check_learning_rates,
    check_state,
    check_training,
    takes_labels,
)
from denim.engines.protocol import FewRows, Progress, State, Steps, Totals
from denim.engines.threads import num_threads
from denim.program import nodes, specs
from denim.program.formulas import noise
from denim.program.formulas.activations import ACTIVATIONS
from denim.program.program import Program
from denim.program.random import Permutation, drop_threshold

__all__ = ["NativeEngine", "available_instruction_sets", "instruction_set", "num_threads"]

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
}
_FORMULAS = (
    nodes.Constant,
    nodes.Weight,
    nodes.Elementwise,
    nodes.Reduce,
    nodes.Rearrange,
    nodes.Reshape,
    nodes.Activation,
)
"""Nodes that may work on what all samples share; the elementwise ones may mix it with what they do not."""
_FUNCTIONS = (
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
_LOSSES = (
    "sparse_categorical_crossentropy",
    "categorical_crossentropy",
    "binary_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
)
_METRICS = ("binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")
_REDUCTIONS = {"sum_over_batch_size": 0, "mean": 0, "sum": 1, "mean_with_sample_weight": 2}
_SETTINGS = ("DENIM_ENGINE", "DENIM_ISA", "DENIM_NUM_THREADS")
"""Environment variables that each call follows or checks."""
_ELEMENTS = {
    np.dtype(name): number
    for number, name in enumerate(
        (
            "uint8",
            "float32",
            "float64",
            "int32",
            "int64",
            "float16",
            "int8",
            "int16",
            "uint16",
            "uint32",
            "uint64",
        )
    )
}


def available_instruction_sets() -> list[str]:
    """Instruction sets that this build and this CPU have, the preferred one first."""
    return list(_native.float32.available_instruction_sets())


def instruction_set() -> str:
    """The instruction set in use: ``DENIM_ISA``'s, else the preferred one.

    Raises:
        ValueError: DENIM_ISA names one that is not there.
    """
    return str(_native.float32.preferred_instruction_set(os.environ.get("DENIM_ISA", "")))


class NativeEngine:
    """C++ kernels for the instruction set in use."""

    name = "native"

    def supports(self, program: Program) -> str | None:
        """What is not native yet, or None."""
        biases: dict[int, set[int | None]] = {}
        for node in program.nodes:
            if isinstance(node, nodes.Dense):
                biases.setdefault(node.kernel, set()).add(node.bias)
            elif isinstance(node, nodes.Activation) and node.function not in _FUNCTIONS:
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
        lacking = _unshareable(program) or _mixed_parameter(program) or _unconstrainable(program)
        if lacking is not None:
            return lacking
        for head in program.heads:
            measures = _compared(head)
            unknown = measures - set(_LOSSES) - set(_METRICS)
            if unknown:
                return f"it has no loss or metric {sorted(unknown)[0]!r}"
            if len({function.startswith("sparse_") for function in measures}) > 1:
                return "an output's losses and metrics must all take class numbers, or none of them"
        return None

    def compile(self, program: Program) -> NativeExecutable:
        """The plan itself is made at the first run, when the batch size is known."""
        return NativeExecutable(program)


class NativeExecutable:
    """A program planned by the C++ runner.

    ``options`` are the runner's (native/plan/plan.hpp), for tests: they never change a bit.
    """

    def __init__(self, program: Program, **options: Any) -> None:
        self.program = program
        self._encoded = _encode(program)
        self._options = options
        self._runners: dict[str, _native._Runner] = {}

    @property
    def runner(self) -> _native._Runner:
        """The runner for the instruction set in use."""
        isa = os.environ.get("DENIM_ISA", "")
        if isa not in self._runners:
            self._runners[isa] = _precision(self.program).Runner(self._encoded, isa, **self._options)
        return self._runners[isa]

    def train(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        order: Permutation | None = None,
        first_step: int = 0,
        last_step: int | None = None,
        totals: Totals | None = None,
        progress: Progress | None = None,
        learning_rates: np.ndarray | None = None,
        captured: Sequence[np.ndarray] | None = None,
    ) -> Totals:
        check_training(self.program)
        check_state(self.program, state)
        check_feed(self.program, feed)
        totals = totals or Totals.zeros(self.program)
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        check_learning_rates(learning_rates, steps)
        check_captured(self.program, captured, steps)
        arrays, columns = _columns(self.program, feed)
        handle = _handle(self.program, state)
        try:
            self.runner.train(
                handle,
                columns,
                _order(order),
                batch_size,
                first_step,
                steps.stop,
                num_threads(),
                totals.sums,
                totals.counts,
                _callback(progress, totals),
                None if learning_rates is None else np.array(learning_rates, self.program.dtype),
                _addresses(captured),
            )
        finally:
            state.iterations = handle.iterations
            del arrays
        return totals

    def evaluate(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        first_step: int = 0,
        last_step: int | None = None,
        totals: Totals | None = None,
        progress: Progress | None = None,
        captured: Sequence[np.ndarray] | None = None,
    ) -> Totals:
        check_state(self.program, state, slots=False)
        check_feed(self.program, feed)
        totals = totals or Totals.zeros(self.program)
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        check_captured(self.program, captured, steps)
        arrays, columns = _columns(self.program, feed)
        self.runner.evaluate(
            _handle(self.program, state),
            columns,
            batch_size,
            first_step,
            steps.stop,
            num_threads(),
            totals.sums,
            totals.counts,
            _callback(progress, totals),
            _addresses(captured),
        )
        del arrays
        return totals

    def predict(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        training: bool = False,
        progress: Progress | None = None,
    ) -> list[np.ndarray]:
        check_state(self.program, state, slots=False)
        check_arrays(self.program, feed, targets=False)
        shapes = [self.program.shapes[output] for output in self.program.outputs]
        outputs = [np.empty((feed.rows, *shape), self.program.dtype) for shape in shapes]
        arrays, columns = _columns(self.program, feed)

        def rows_done(rows: int) -> None:
            if progress is not None:
                progress(-(-rows // batch_size), None)

        if feed.rows:
            handle = _handle(self.program, state)
            self.runner.predict(handle, columns, batch_size, training, num_threads(), _addresses(outputs), rows_done)
        del arrays
        return outputs

    def few_rows(self, state: State) -> FewRows | None:
        program = self.program
        draws = any(isinstance(node, (nodes.Dropout, nodes.Noise)) and node.always for node in program.nodes)
        if len(program.inputs) != 1 or len(program.outputs) != 1 or draws or _layers_in_formulas(program):
            return None
        check_state(program, state, slots=False)
        few = _precision(program).FewRows(
            self.runner,
            _handle(program, State(state.parameters)),
            program.shapes[program.inputs[0]],
            program.shapes[program.outputs[0]],
            np.ndarray,
            np.empty,
            np.dtype(program.dtype),
            _SETTINGS,
        )
        return few.predict


def _addresses(arrays: Sequence[np.ndarray] | None) -> list[int]:
    return [array.ctypes.data for array in arrays or ()]


def _compared(head: specs.Head) -> set[str]:
    """The losses and metrics that compare a head's output with its target themselves."""
    functions = {metric.function for metric in head.metrics} | ({head.loss.function} if head.loss else set())
    return functions - {specs.TRACED}


def _unshareable(program: Program) -> str | None:
    """What is asked of tensors that all samples share and cannot be had."""
    for node, alone in zip(program.nodes, program.shared, strict=True):
        sources = [program.shared[i] for i in node.inputs]
        if alone and not isinstance(node, (*_FORMULAS, nodes.Concatenate, nodes.MatMul)):
            return f"a {type(node).__name__} needs data and cannot work on weights alone"
        if any(sources) and not alone and not isinstance(node, nodes.Elementwise):
            return f"a {type(node).__name__} cannot join weights with data"
    values = [head.loss.values for head in program.heads if head.loss is not None and head.loss.values is not None]
    if any(program.shared[i] for i in values):
        return "a loss must depend on the data"
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
    """A norm over axes between others."""
    for parameter in program.parameters:
        rule = parameter.constraint
        if isinstance(rule, specs.NormRange) and not _as_matrix(rule.axes, parameter.shape)[0]:
            return f"a norm must be over a weight's first axes or its last, not over {rule.axes} of {parameter.shape}"
    return None


def _layers_in_formulas(program: Program) -> bool:
    """Whether a formula uses what a dense layer multiplies by: that is packed anew for each call."""
    dense = {i for node in program.nodes if isinstance(node, nodes.Dense) for i in node.parameters}
    return any(isinstance(node, nodes.Weight) and node.parameter in dense for node in program.nodes)


def _precision(program: Program) -> _native._Precision:
    return _native.float64 if program.dtype == "float64" else _native.float32


def _handle(program: Program, state: State) -> _native._State:
    return _precision(program).State(
        state.parameters, list(state.slots), state.iterations, state.learning_rate, state.key
    )


def _order(order: Permutation | None) -> tuple[int, list[int], int, int] | None:
    return None if order is None else (order.rows, order.round_keys().tolist(), *order.bits)


def _callback(progress: Progress | None, totals: Totals) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress(done, totals)


def _columns(program: Program, feed: Feed) -> tuple[list[np.ndarray], _native._Feed]:
    """The arrays a call must keep alive, and (rows, inputs, targets, weights) as the runner reads them."""
    kept: list[np.ndarray] = []

    def column(array: np.ndarray | None) -> tuple[int, int, int]:
        if array is None:
            return (0, 0, 0)
        array = fed(array)
        kept.append(array)
        return (array.ctypes.data, array.strides[0], _ELEMENTS[array.dtype])

    wide = [None if each is None else _weight(each) for each in feed.weights]
    inputs, targets, weights = ([column(each) for each in part] for part in (feed.inputs, feed.targets, wide))
    return kept, (feed.rows, inputs, targets, weights)


def _weight(array: np.ndarray) -> np.ndarray:
    """Weights are read one by one, which half precision is not."""
    return array.astype(np.float32) if array.dtype == np.float16 else array


def _encode(program: Program) -> dict:
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


def _constraint(parameter: specs.Parameter | None) -> tuple[int, float, float, float, float, int]:
    rule = None if parameter is None else parameter.constraint
    if parameter is None or rule is None:
        return (0, 0.0, 0.0, 0.0, 0.0, 0)
    if isinstance(rule, specs.NonNegative):
        return (1, 0.0, 0.0, 0.0, 0.0, 0)
    kind, columns = _as_matrix(rule.axes, parameter.shape)
    return (kind, rule.minimum, math.inf if rule.maximum is None else rule.maximum, rule.rate, rule.epsilon, columns)


def _as_matrix(axes: tuple[int, ...], shape: tuple[int, ...]) -> tuple[int, int]:
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
        "kind": _precision(program).node_kinds.index(_KINDS[type(node)]),
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
        encoded |= {"function": _FUNCTIONS.index(node.function), "alpha": 0.0 if alpha is None else alpha}
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
            return {"element": _precision(program).elementwise.index(node.function)}
        case nodes.Reduce():
            return {"reduction": _precision(program).reductions.index(node.function)}
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
        "compared": bool(_compared(head)),
        "loss": None
        if loss is None
        else {
            "kind": len(_LOSSES) if loss.values is not None else _LOSSES.index(loss.function),
            "from_logits": loss.from_logits,
            "smoothing": loss.label_smoothing,
            "reduction": _REDUCTIONS[loss.reduction],
            "weight": head.weight,
            "values": -1 if loss.values is None else loss.values,
            "ignored": loss.ignored,
        },
        "metrics": [
            {
                "kind": _METRICS.index(metric.function) if metric.function in _METRICS else len(_METRICS),
                "loss": _LOSSES.index(metric.function) if metric.function in _LOSSES else 0,
                "from_logits": metric.from_logits,
                "smoothing": metric.label_smoothing,
                "threshold": metric.threshold,
                "weighted": metric.weighted,
                "values": -1 if metric.values is None else metric.values,
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
