"""Programs: what validation lets through, and the exact words for what it does not."""

from __future__ import annotations

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denim.engines.interpreter import Draws, forward
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
)
from denim.program.program import Program
from denim.program.random import RandomStream
from denim.program.specs import SGD, Adagrad, Adam, Head, Loss, Metric, Parameter, RMSprop

SPARSE = Loss("sparse_categorical_crossentropy")
GOOD = Program(
    nodes=(
        Input("x", (4, 3)),
        Reshape("flat", 0, (12,)),
        Dense("hidden", 1, 5, 0, 1),
        Dropout("drop", 2, 0.5, RandomStream(0)),
        Dense("out", 3, 2, 2, 3),
        Activation("softmax", 4, "softmax"),
    ),
    parameters=(Parameter("hk", (12, 5)), Parameter("hb", (5,)), Parameter("ok", (5, 2)), Parameter("ob", (2,))),
    outputs=(5,),
    heads=(Head(5, SPARSE, metrics=(Metric("sparse_categorical_accuracy", "accuracy"),)),),
    optimizer=RMSprop(),
)


def with_node(index: int, **changes: object) -> Program:
    nodes = list(GOOD.nodes)
    nodes[index] = replace(nodes[index], **changes)
    return replace(GOOD, nodes=tuple(nodes))


def with_head(**changes: object) -> Program:
    return replace(GOOD, heads=(replace(GOOD.heads[0], **changes),))


def with_parameter(index: int, **changes: object) -> Program:
    parameters = list(GOOD.parameters)
    parameters[index] = replace(parameters[index], **changes)
    return replace(GOOD, parameters=tuple(parameters))


def test_shapes_and_layout():
    assert GOOD.shapes == ((4, 3), (12,), (5,), (5,), (2,), (2,))
    assert GOOD.inputs == (0,)
    assert GOOD.offsets == (0, 64, 80, 96)
    assert GOOD.size == 112
    flat = np.arange(112.0)
    views = GOOD.views(flat)
    assert [view.shape for view in views] == [(12, 5), (5,), (5, 2), (2,)]
    assert views[2][0].tolist() == [80.0, 81.0]
    views[3][1] = -1.0
    assert flat[97] == -1.0


def test_equal_programs_are_equal_and_hash_alike():
    again = replace(GOOD)
    assert again == GOOD
    assert hash(again) == hash(GOOD)
    assert with_node(3, rate=0.25) != GOOD


def test_programs_can_be_pickled():
    assert pickle.loads(pickle.dumps(GOOD)) == GOOD
    assert pickle.loads(pickle.dumps(GOOD)).shapes == GOOD.shapes


WRONG = {
    "no-nodes": lambda: Program(()),
    "list": lambda: replace(GOOD, nodes=list(GOOD.nodes)),
    "dtype": lambda: replace(GOOD, dtype="float16"),
    "input-dtype": lambda: with_node(0, dtype="int8"),
    "input-shape": lambda: with_node(0, shape=(4, 0)),
    "input-shape-float": lambda: with_node(0, shape=(4, 3.0)),
    "input-shape-int": lambda: with_node(0, shape=12),
    "not-a-node": lambda: replace(GOOD, nodes=(*GOOD.nodes, "dense")),
    "name": lambda: with_node(0, name=None),
    "order": lambda: with_node(2, input=4),
    "itself": lambda: with_node(1, input=1),
    "negative": lambda: with_node(1, input=-1),
    "index-type": lambda: with_node(1, input=0.0),
    "reshape": lambda: with_node(1, shape=(11,)),
    "units": lambda: with_node(2, units=0),
    "units-type": lambda: with_node(2, units=5.0),
    "units-bool": lambda: with_node(2, units=True),
    "kernel-index": lambda: with_node(2, kernel=4),
    "kernel-shape": lambda: with_parameter(0, shape=(5, 12)),
    "bias-shape": lambda: with_parameter(1, shape=(1, 5)),
    "dense-scalar": lambda: Program((Input("x", ()), Dense("d", 0, 1, 0)), (Parameter("k", (1, 1)),), (1,)),
    "unused": lambda: replace(GOOD, parameters=(*GOOD.parameters, Parameter("spare", (1,)))),
    "parameter-shape": lambda: with_parameter(1, shape=(-5,)),
    "rate": lambda: with_node(3, rate=1.0),
    "rate-nan": lambda: with_node(3, rate=math.nan),
    "rate-type": lambda: with_node(3, rate="0.5"),
    "site-twice": lambda: Program(
        (Input("x", (3,)), Dropout("a", 0, 0.1, RandomStream(0)), Dropout("b", 1, 0.1, RandomStream(0))), outputs=(2,)
    ),
    "site": lambda: with_node(3, stream=RandomStream(2**32)),
    "activation": lambda: with_node(5, function="sofmax"),
    "activation-unlike-any": lambda: with_node(5, function="qqq"),
    "activation-type": lambda: with_node(5, function=None),
    "alpha": lambda: with_node(5, alpha=0.5),
    "alpha-celu": lambda: with_node(5, function="celu", alpha=0.0),
    "alpha-relu6": lambda: with_node(5, function="relu6", alpha=-1.0),
    "softmax-scalar": lambda: Program((Input("x", ()), Activation("a", 0, "softmax")), outputs=(1,)),
    "log-softmax-scalar": lambda: Program((Input("x", ()), Activation("a", 0, "log_softmax")), outputs=(1,)),
    "output": lambda: replace(GOOD, outputs=(6,)),
    "head-output": lambda: with_head(output=9),
    "head-weight": lambda: with_head(weight=math.inf),
    "head-scalar": lambda: Program((Input("x", ()),), outputs=(0,), heads=(Head(0),)),
    "loss": lambda: with_head(loss=Loss("sparse_categorical_crossentrpy")),
    "loss-type": lambda: with_head(loss="mse"),
    "reduction": lambda: with_head(loss=replace(SPARSE, reduction="average")),
    "smoothing": lambda: with_head(loss=replace(SPARSE, label_smoothing=0.1)),
    "smoothing-range": lambda: with_head(loss=Loss("categorical_crossentropy", label_smoothing=1.5), target_shape=(2,)),
    "logits": lambda: with_head(loss=Loss("mean_squared_error", from_logits=True), target_shape=(2,), metrics=()),
    "target-one-hot": lambda: with_head(target_shape=(2,)),
    "target-labels": lambda: with_head(loss=Loss("categorical_crossentropy"), metrics=()),
    "target-width": lambda: with_head(loss=Loss("mean_squared_error"), target_shape=(3,), metrics=()),
    "metric": lambda: with_head(metrics=(Metric("accuracy", "accuracy"),)),
    "metric-target": lambda: with_head(metrics=(Metric("categorical_accuracy", "accuracy"),)),
    "optimizer": lambda: replace(GOOD, optimizer="adam"),
    "rho": lambda: replace(GOOD, optimizer=RMSprop(rho=1.0)),
    "momentum": lambda: replace(GOOD, optimizer=SGD(momentum=-0.1)),
    "beta": lambda: replace(GOOD, optimizer=Adam(beta_2=1.5)),
    "epsilon": lambda: replace(GOOD, optimizer=Adam(epsilon=0.0)),
    "accumulator": lambda: replace(GOOD, optimizer=Adagrad(initial_accumulator_value=-1.0)),
    "epsilon-type": lambda: replace(GOOD, optimizer=Adam(epsilon=None)),
}
TEXTS: dict[str, tuple[type, str]] = {
    "no-nodes": (
        ValueError,
        "A program needs at least one node. Received: none. Begin with an Input node.",
    ),
    "list": (
        TypeError,
        "Program.nodes must be a tuple. Received: a list. Pass tuple(nodes).",
    ),
    "dtype": (
        ValueError,
        "Program.dtype must be 'float32' or 'float64'. Received: 'float16'. 'float32' is the usual one.",
    ),
    "input-dtype": (
        ValueError,
        "An Input's dtype must be the program's, 'float32', or 'int32'. Received: 'int8' at node 0 'x'. Arrays of any "
        "dtype may be fed; they are converted as they are read.",
    ),
    "input-shape": (
        ValueError,
        "The shape of node 0 'x' must hold positive sizes. Received: 0 in (4, 0). Every axis needs at least "
        "one element.",
    ),
    "input-shape-float": (
        TypeError,
        "The shape of node 0 'x' must hold whole numbers. Received: 3.0 of type float in (4, 3.0). Convert "
        "sizes with int().",
    ),
    "input-shape-int": (
        TypeError,
        "The shape of node 0 'x' must be a tuple of sizes. Received: 12 of type int. Write (4,) for four elements.",
    ),
    "not-a-node": (
        TypeError,
        "A node must be one of Input, Dense, Activation, Dropout, Reshape, AffineScaling, BatchNormalization, "
        "LayerNormalization, Noise, Target, Constant, Weight, Concatenate, Elementwise, Reduce, Rearrange, MatMul, "
        "Embedding, BatchReduce. Received: 'dense' of type str at index 6. Lower it to these.",
    ),
    "name": (
        TypeError,
        "A node's name must be a string. Received: None of type NoneType at index 0. Pass a str.",
    ),
    "order": (
        ValueError,
        "A node must read a node of lower index (topological order). Received: input 4 at node 2 'hidden'. It"
        " can be from 0 to 1.",
    ),
    "itself": (
        ValueError,
        "A node must read a node of lower index (topological order). Received: input 1 at node 1 'flat'. It "
        "can be from 0 to 0.",
    ),
    "negative": (
        ValueError,
        "A node must read a node of lower index (topological order). Received: input -1 at node 1 'flat'. It "
        "can be from 0 to 0.",
    ),
    "index-type": (
        TypeError,
        "A node must read a node of lower index (topological order). Received: input 0.0 of type float at "
        "node 1 'flat'. Pass an int.",
    ),
    "reshape": (
        ValueError,
        "A Reshape must keep the number of elements. Received: (4, 3) (12 elements) to (11,) (11) at node 1 "
        "'flat'. For example, (12,) would fit.",
    ),
    "units": (
        ValueError,
        "Dense units must be positive. Received: 0 at node 2 'hidden'. Give it at least 1 unit.",
    ),
    "units-type": (
        TypeError,
        "Dense units must be a whole number. Received: 5.0 of type float at node 2 'hidden'. Pass an int.",
    ),
    "units-bool": (
        TypeError,
        "Dense units must be a whole number. Received: True of type bool at node 2 'hidden'. Pass an int.",
    ),
    "kernel-index": (
        ValueError,
        "A Dense node's kernel must be the index of a parameter. Received: kernel 4 at node 2 'hidden'. It "
        "can be from 0 to 3.",
    ),
    "kernel-shape": (
        ValueError,
        "A Dense node's kernel must have shape (inputs, units) = (12, 5). Received: parameter 0 'hk' of shape"
        " (5, 12) at node 2 'hidden'. A layer that is shared needs inputs of the same width everywhere; "
        "otherwise give it its own parameter.",
    ),
    "bias-shape": (
        ValueError,
        "A Dense node's bias must have shape (units,) = (5,). Received: parameter 1 'hb' of shape (1, 5) at "
        "node 2 'hidden'. A layer that is shared needs inputs of the same width everywhere; otherwise give it"
        " its own parameter.",
    ),
    "dense-scalar": (
        ValueError,
        "A Dense node needs samples of at least one axis. Received: samples of shape () at node 1 'd'. "
        "Reshape them to (1,) first.",
    ),
    "unused": (
        ValueError,
        "Every parameter must be used by a node. Received: parameter 4 'spare' that none uses. Leave it out, "
        "or add the node that uses it.",
    ),
    "parameter-shape": (
        ValueError,
        "The shape of parameter 1 'hb' must hold positive sizes. Received: -5 in (-5,). Every axis needs at "
        "least one element.",
    ),
    "rate": (
        ValueError,
        "A dropout rate must be at least 0 and below 1. Received: 1.0 at node 3 'drop'. It is the fraction to"
        " drop: 0.3 for 30 %.",
    ),
    "rate-nan": (
        ValueError,
        "A dropout rate must be finite. Received: nan at node 3 'drop'. Pass an ordinary number.",
    ),
    "rate-type": (
        TypeError,
        "A dropout rate must be a number. Received: '0.5' of type str at node 3 'drop'. Pass a float.",
    ),
    "site-twice": (
        ValueError,
        "Each random node must have a site of its own. Received: site 0 at node 2 'b' and at node 1 'a'. "
        "Number the sites 0, 1, 2, ...",
    ),
    "site": (
        ValueError,
        "A random stream's site must be a 32-bit number. Received: site 4294967296 at node 3 'drop'. It can "
        "be from 0 to 4294967294.",
    ),
    "activation": (
        ValueError,
        "No activation has this name. Received: 'sofmax' at node 5 'softmax'. Did you mean 'softmax'?",
    ),
    "activation-unlike-any": (
        ValueError,
        "No activation has this name. Received: 'qqq' at node 5 'softmax'. Known: celu, elu, exponential, "
        "gelu, gelu_tanh, hard_sigmoid, hard_silu, leaky_relu, linear, log_sigmoid, log_softmax, mish, relu, relu6, "
        "selu, sigmoid, silu, softmax, softplus, softsign, tanh.",
    ),
    "activation-type": (
        TypeError,
        "The activation must be a string. Received: None of type NoneType at node 5 'softmax'. Known: celu, "
        "elu, exponential, gelu, gelu_tanh, hard_sigmoid, hard_silu, leaky_relu, linear, log_sigmoid, log_softmax, "
        "mish, relu, relu6, selu, sigmoid, silu, softmax, softplus, softsign, tanh.",
    ),
    "alpha": (
        ValueError,
        "The activation 'softmax' has no alpha. Received: 0.5 at node 5 'softmax'. Leave it None.",
    ),
    "alpha-celu": (
        ValueError,
        "The alpha of 'celu' must be positive. Received: 0.0 at node 5 'softmax'. Keras's default is 1.0.",
    ),
    "alpha-relu6": (
        ValueError,
        "The alpha of 'relu6', its largest value, must be at least 0. Received: -1.0 at node 5 'softmax'. It is 6.0 "
        "if None.",
    ),
    "log-softmax-scalar": (
        ValueError,
        "A log_softmax needs samples of at least one axis. Received: samples of shape () at node 1 'a'. Reshape "
        "them to (1,) first.",
    ),
    "softmax-scalar": (
        ValueError,
        "A softmax needs samples of at least one axis. Received: samples of shape () at node 1 'a'. Reshape "
        "them to (1,) first.",
    ),
    "output": (
        ValueError,
        "An output must be the index of a node. Received: output 6. It can be from 0 to 5.",
    ),
    "head-output": (
        ValueError,
        "A head's output must be the index of a node. Received: output 9 at head 0. It can be from 0 to 5.",
    ),
    "head-weight": (
        ValueError,
        "A loss weight must be finite. Received: inf at head 0 of node 5 'softmax'. Pass an ordinary number.",
    ),
    "head-scalar": (
        ValueError,
        "A head's output must have at least one axis. Received: samples of shape () at head 0 of node 0 'x'. "
        "Reshape them to (1,) first.",
    ),
    "loss": (
        ValueError,
        "No loss has this name. Received: 'sparse_categorical_crossentrpy' at head 0 of node 5 'softmax'. Did"
        " you mean 'sparse_categorical_crossentropy'?",
    ),
    "loss-type": (
        TypeError,
        "A head's loss must be a specs.Loss or None. Received: 'mse' of type str at head 0 of node 5 "
        "'softmax'. Use specs.Loss(name).",
    ),
    "reduction": (
        ValueError,
        "A loss's reduction must be one of 'sum_over_batch_size', 'sum', 'mean', 'mean_with_sample_weight'. "
        "Received: 'average' at head 0 of node 5 'softmax'. 'sum_over_batch_size' is the usual one.",
    ),
    "smoothing": (
        ValueError,
        "The loss 'sparse_categorical_crossentropy' has no label smoothing. Received: label_smoothing=0.1 at "
        "head 0 of node 5 'softmax'. The binary and the categorical crossentropy have.",
    ),
    "smoothing-range": (
        ValueError,
        "Label smoothing must be from 0 to 1. Received: 1.5 at head 0 of node 5 'softmax'. 0.1 is a usual value.",
    ),
    "logits": (
        ValueError,
        "The loss 'mean_squared_error' does not know logits. Received: from_logits=True at head 0 of node 5 "
        "'softmax'. The crossentropies do.",
    ),
    "target-one-hot": (
        ValueError,
        "The target must fit the loss: 'sparse_categorical_crossentropy' takes one class number for the last "
        "axis of the output. Received: targets of shape (2,) at head 0 of node 5 'softmax'. With an output of"
        " shape (2,) a target has shape () or (1,). For one-hot targets, use 'categorical_crossentropy'.",
    ),
    "target-labels": (
        ValueError,
        "The target must fit the loss: 'categorical_crossentropy' compares element with element. Received: "
        "targets of shape () at head 0 of node 5 'softmax'. With an output of shape (2,) a target has shape "
        "(2,). For class numbers as targets, use 'sparse_categorical_crossentropy'.",
    ),
    "target-width": (
        ValueError,
        "The target must fit the loss: 'mean_squared_error' compares element with element. Received: targets "
        "of shape (3,) at head 0 of node 5 'softmax'. With an output of shape (2,) a target has shape (2,).",
    ),
    "metric": (
        ValueError,
        "No metric has this name. Received: 'accuracy' at head 0 of node 5 'softmax'. Did you mean 'binary_accuracy'?",
    ),
    "metric-target": (
        ValueError,
        "The target must fit the metric: 'categorical_accuracy' compares element with element. Received: "
        "targets of shape () at head 0 of node 5 'softmax'. With an output of shape (2,) a target has shape "
        "(2,). For class numbers as targets, use 'sparse_categorical_accuracy'.",
    ),
    "optimizer": (
        TypeError,
        "Program.optimizer must be None or one of SGD, RMSprop, Adagrad, Adadelta, Adam, Adamax, Nadam, Ftrl, Lion. "
        "Received: 'adam' of type str. Use denim.program.specs.",
    ),
    "rho": (
        ValueError,
        "RMSprop's rho must be at least 0 and below 1. Received: 1.0. The default is 0.9.",
    ),
    "momentum": (
        ValueError,
        "SGD's momentum must be from 0 to 1. Received: -0.1. The default is 0.0.",
    ),
    "beta": (
        ValueError,
        "Adam's beta_2 must be at least 0 and below 1. Received: 1.5. The default is 0.999.",
    ),
    "epsilon": (
        ValueError,
        "Adam's epsilon must be above 0. Received: 0.0. The default is 1e-07.",
    ),
    "accumulator": (
        ValueError,
        "Adagrad's initial_accumulator_value must be at least 0. Received: -1.0. The default is 0.1.",
    ),
    "epsilon-type": (
        TypeError,
        "Adam's epsilon must be a number. Received: None of type NoneType at the optimizer. Pass a float.",
    ),
}


@pytest.mark.parametrize("key", WRONG)
def test_error_texts(key):
    kind, text = TEXTS[key]
    with pytest.raises((TypeError, ValueError)) as error:
        WRONG[key]()
    assert str(error.value) == text
    assert error.type is kind


@pytest.mark.parametrize(
    ("shape", "target", "function"),
    [
        ((3,), (), "sparse_categorical_crossentropy"),
        ((3,), (1,), "sparse_categorical_crossentropy"),
        ((4, 3), (4,), "sparse_categorical_crossentropy"),
        ((4, 3), (4, 1), "sparse_categorical_crossentropy"),
        ((3,), (3,), "categorical_crossentropy"),
        ((4, 3), (4, 3), "mean_squared_error"),
        ((1,), (), "mean_squared_error"),
        ((1,), (1,), "binary_crossentropy"),
        ((4, 1), (4,), "mean_absolute_error"),
    ],
)
def test_targets_that_fit(shape, target, function):
    program = Program((Input("x", shape),), outputs=(0,), heads=(Head(0, Loss(function), target_shape=target),))
    assert program.shapes == (shape,)


def test_shared_parameters_and_several_consumers_are_valid():
    nodes = (Input("x", (3,)), Dense("a", 0, 3, 0, 1), Dense("b", 1, 3, 0, 1), Dense("c", 1, 3, 0), Dense("d", 0, 3, 0))
    program = Program(nodes, (Parameter("k", (3, 3)), Parameter("b", (3,))), (2, 3, 4, 0, 2))
    assert program.shapes == ((3,),) * 5


@st.composite
def programs(draw: st.DrawFn) -> Program:
    """Any valid program of a few nodes: the kinds, shapes and connections are drawn."""
    nodes: list[Node] = [Input("x0", tuple(draw(st.lists(st.integers(1, 4), max_size=3))))]
    shapes = [nodes[0].shape]  # type: ignore[union-attr]
    parameters: list[Parameter] = []
    for i in range(1, draw(st.integers(1, 8))):
        source = draw(st.integers(0, i - 1))
        shape = shapes[source]
        kind = draw(st.sampled_from(["input", "dense", "activation", "dropout", "reshape", "scale", "batch", "layer"]))
        node: Node
        if kind == "dense" and shape:
            units, biased = draw(st.integers(1, 5)), draw(st.booleans())
            kernel = len(parameters)
            parameters.append(Parameter(f"k{i}", (shape[-1], units)))
            if biased:
                parameters.append(Parameter(f"b{i}", (units,)))
            node, shape = Dense(f"n{i}", source, units, kernel, kernel + 1 if biased else None), (*shape[:-1], units)
        elif kind == "activation":
            node = Activation(f"n{i}", source, draw(st.sampled_from(["relu", "tanh", "gelu", "leaky_relu"])))
        elif kind == "dropout":
            node = Dropout(f"n{i}", source, draw(st.floats(0.0, 0.99)), RandomStream(i))
        elif kind == "scale":
            shift = tuple(float(k) for k in range(shape[-1])) if shape else 1.0
            node = AffineScaling(f"n{i}", source, shift, draw(st.floats(-2.0, 2.0)))
        elif kind == "batch" and shape:
            count = len(parameters)
            parameters += [Parameter(f"{role}{i}", shape[-1:], role in "gb") for role in "gbmv"]
            node = BatchNormalization(f"n{i}", source, count + 2, count + 3, count, count + 1)
        elif kind == "layer" and shape:
            parameters.append(Parameter(f"g{i}", shape[-1:]))
            node = LayerNormalization(f"n{i}", source, len(parameters) - 1)
        elif kind == "reshape":
            shape = draw(st.permutations(shape)) if shape else [1]
            shape = (*shape, 1) if draw(st.booleans()) else tuple(shape)
            node = Reshape(f"n{i}", source, shape)
        else:
            shape = tuple(draw(st.lists(st.integers(1, 4), max_size=3)))
            node = Input(f"x{i}", shape)
        nodes.append(node)
        shapes.append(shape)
    return Program(tuple(nodes), tuple(parameters), tuple(range(len(nodes))))


@given(programs(), st.integers(1, 4))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_validated_shapes_are_those_of_the_computed_tensors(program, rows):
    inputs = [np.ones((rows, *program.shapes[i])) for i in program.inputs]
    tensors = forward(program, program.views(np.ones(program.size)), inputs, (), Draws(0, 0, training=False))
    assert [tensor.shape for tensor in tensors] == [(rows, *shape) for shape in program.shapes]


@given(programs())
@settings(derandomize=True, deadline=None, max_examples=50)
def test_parameters_begin_aligned_and_do_not_overlap(program):
    taken = np.zeros(program.size, int)
    for start, view in zip(program.offsets, program.views(taken), strict=True):
        assert start % 16 == 0
        view += 1
    assert taken.sum() == sum(parameter.size for parameter in program.parameters)
    assert taken.max(initial=0) <= 1
