"""The exact words for what normalization, scaling, regularizers and gradient rules ask of a program."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from denim.program.nodes import AffineScaling, BatchNormalization, Dense, Input, LayerNormalization, Weight
from denim.program.program import Program
from denim.program.specs import (
    SGD,
    Adam,
    Ftrl,
    Lion,
    Nadam,
    NonNegative,
    NormRange,
    Parameter,
    Regularizer,
    Rewrite,
    RMSprop,
)

GOOD = Program(
    nodes=(
        Input("x", (3,)),
        AffineScaling("scale", 0, shift=(1.0, 2.0, 3.0), scale=0.5),
        BatchNormalization("batch", 1, 2, 3, 0, 1),
        LayerNormalization("layer", 2, 4, 5),
        Dense("out", 3, 2, 6),
    ),
    parameters=(
        Parameter("gamma", (3,)),
        Parameter("beta", (3,)),
        Parameter("mean", (3,), trainable=False),
        Parameter("variance", (3,), trainable=False),
        Parameter("layer_gamma", (3,)),
        Parameter("layer_beta", (3,)),
        Parameter("kernel", (3, 2), regularizer=Regularizer(0.1, 0.2), decays=False),
    ),
    outputs=(4,),
    optimizer=Nadam(weight_decay=0.0, clipnorm=1.0),
)


def with_node(index: int, **changes: object) -> Program:
    nodes = list(GOOD.nodes)
    nodes[index] = replace(nodes[index], **changes)
    return replace(GOOD, nodes=tuple(nodes))


def with_parameter(index: int, **changes: object) -> Program:
    parameters = list(GOOD.parameters)
    parameters[index] = replace(parameters[index], **changes)
    return replace(GOOD, parameters=tuple(parameters))


def with_regularizer(**factors: object) -> Program:
    return with_parameter(6, regularizer=Regularizer(**factors))


WIDTH = "A layer that is shared needs inputs of the same width everywhere; otherwise give it its own parameter."
REFUSED = {
    "scale-nan": (
        lambda: with_node(1, scale=math.nan),
        ValueError,
        "The scale of an AffineScaling must be finite. Received: nan at node 1 'scale'. Pass an ordinary number.",
    ),
    "scale-type": (
        lambda: with_node(1, offset="0"),
        TypeError,
        "The offset of an AffineScaling must be a number. Received: '0' of type str at node 1 'scale'. Pass a float.",
    ),
    "scale-list": (
        lambda: with_node(1, offset=[1.0, 1.0, 1.0]),
        TypeError,
        "The offset of an AffineScaling must be a number. Received: [1.0, 1.0, 1.0] of type list at node 1 'scale'. "
        "Pass a float.",
    ),
    "scale-length": (
        lambda: with_node(1, shift=(1.0, 2.0)),
        ValueError,
        "The shift of an AffineScaling must be one number, or one for each of the 3 elements of the last axis. "
        "Received: 2 numbers at node 1 'scale'. Its input has samples of shape (3,).",
    ),
    "scale-element": (
        lambda: with_node(1, shift=(1.0, math.inf, 2.0)),
        ValueError,
        "The shift of an AffineScaling must be finite. Received: inf at node 1 'scale'. Pass an ordinary number.",
    ),
    "batch-gamma-shape": (
        lambda: with_parameter(0, shape=(2,)),
        ValueError,
        "A BatchNormalization node's gamma must have shape (features,) = (3,). Received: parameter 0 'gamma' of shape "
        f"(2,) at node 2 'batch'. {WIDTH}",
    ),
    "batch-mean-shape": (
        lambda: with_parameter(2, shape=(1, 3)),
        ValueError,
        "A BatchNormalization node's mean must have shape (features,) = (3,). Received: parameter 2 'mean' of shape "
        f"(1, 3) at node 2 'batch'. {WIDTH}",
    ),
    "batch-index": (
        lambda: with_node(2, variance=9),
        ValueError,
        "A BatchNormalization node's variance must be the index of a parameter. Received: variance 9 at node 2 "
        "'batch'. It can be from 0 to 6.",
    ),
    "batch-trainable": (
        lambda: with_parameter(3, trainable=True),
        ValueError,
        "A BatchNormalization node's variance must be a parameter that the optimizer leaves alone. Received: "
        "parameter 3 'variance', which is trainable, at node 2 'batch'. Pass trainable=False: batches move it.",
    ),
    "batch-mean-is-variance": (
        lambda: with_node(2, variance=2),
        ValueError,
        "A BatchNormalization node needs one parameter for its mean and another for its variance. Received: parameter "
        "2 for both at node 2 'batch'. Add one.",
    ),
    "batch-momentum": (
        lambda: with_node(2, momentum=1.1),
        ValueError,
        "The momentum of a BatchNormalization must be from 0 to 1. Received: 1.1 at node 2 'batch'. "
        "The default is 0.99.",
    ),
    "batch-epsilon": (
        lambda: with_node(2, epsilon=0.0),
        ValueError,
        "The epsilon of a BatchNormalization must be above 0. Received: 0.0 at node 2 'batch'. The default is 0.001.",
    ),
    "batch-frozen": (
        lambda: with_node(2, frozen=None),
        TypeError,
        "A BatchNormalization's frozen must be True or False. Received: None of type NoneType at node 2 'batch'. "
        "Pass a bool.",
    ),
    "batch-scalar": (
        lambda: Program(
            (Input("x", ()), BatchNormalization("b", 0, 0, 1)),
            (Parameter("m", (1,), False), Parameter("v", (1,), False)),
        ),
        ValueError,
        "A BatchNormalization node needs samples of at least one axis. Received: samples of shape () at node 1 'b'. "
        "Reshape them to (1,) first.",
    ),
    "layer-beta-shape": (
        lambda: with_parameter(5, shape=(4,)),
        ValueError,
        "A LayerNormalization node's beta must have shape (features,) = (3,). Received: parameter 5 'layer_beta' of "
        f"shape (4,) at node 3 'layer'. {WIDTH}",
    ),
    "layer-epsilon": (
        lambda: with_node(3, epsilon=-1.0),
        ValueError,
        "The epsilon of a LayerNormalization must be above 0. Received: -1.0 at node 3 'layer'. The default is 0.001.",
    ),
    "unused": (
        lambda: with_node(3, beta=None),
        ValueError,
        "Every parameter must be used by a node. Received: parameter 5 'layer_beta' that none uses. Leave it out, or "
        "add the node that uses it.",
    ),
    "regularizer-type": (
        lambda: with_parameter(6, regularizer="l2"),
        TypeError,
        "A parameter's regularizer must be a specs.Regularizer or None. Received: 'l2' of type str at parameter 6 "
        "'kernel'. Use specs.Regularizer(l1, l2).",
    ),
    "regularizer-negative": (
        lambda: with_regularizer(l1=-0.1),
        ValueError,
        "A regularizer's l1 must be at least 0. Received: -0.1 at parameter 6 'kernel'. 0.01 is a usual value.",
    ),
    "regularizer-infinite": (
        lambda: with_regularizer(l2=math.inf),
        ValueError,
        "A regularizer's l2 must be finite. Received: inf at parameter 6 'kernel'. Pass an ordinary number.",
    ),
    "trainable": (
        lambda: with_parameter(6, trainable=1),
        TypeError,
        "A parameter's trainable must be True or False. Received: 1 of type int at parameter 6 'kernel'. Pass a bool.",
    ),
    "decays": (
        lambda: with_parameter(6, decays="yes"),
        TypeError,
        "A parameter's decays must be True or False. Received: 'yes' of type str at parameter 6 'kernel'. Pass a bool.",
    ),
    "clipnorm": (
        lambda: replace(GOOD, optimizer=SGD(clipnorm=0.0)),
        ValueError,
        "SGD's clipnorm must be above 0. Received: 0.0. None leaves it out.",
    ),
    "clipvalue": (
        lambda: replace(GOOD, optimizer=Adam(clipvalue="1")),
        TypeError,
        "Adam's clipvalue must be a number. Received: '1' of type str at the optimizer. Pass a float.",
    ),
    "weight-decay": (
        lambda: replace(GOOD, optimizer=RMSprop(weight_decay=-0.1)),
        ValueError,
        "RMSprop's weight_decay must be at least 0. Received: -0.1. None leaves it out.",
    ),
    "two-clippings": (
        lambda: replace(GOOD, optimizer=Nadam(clipnorm=1.0, global_clipnorm=2.0)),
        ValueError,
        "Only one of clipnorm, clipvalue and global_clipnorm can be set. Received: clipnorm=1.0, global_clipnorm=2.0. "
        "Leave the others None.",
    ),
    "average": (
        lambda: replace(GOOD, optimizer=SGD(ema_momentum=1.5)),
        ValueError,
        "SGD's ema_momentum must be from 0 to 1. Received: 1.5. None leaves it out.",
    ),
    "average-never": (
        lambda: replace(GOOD, optimizer=SGD(ema_momentum=0.5, ema_overwrite_frequency=0)),
        ValueError,
        "SGD's ema_overwrite_frequency must be a whole number of at least 1. Received: 0. None leaves it out.",
    ),
    "no-average": (
        lambda: replace(GOOD, optimizer=SGD(ema_overwrite_frequency=2)),
        ValueError,
        "Weights are overwritten with averages only where there are any. Received: ema_overwrite_frequency=2 and no "
        "ema_momentum. Give an ema_momentum.",
    ),
    "gathered": (
        lambda: replace(GOOD, optimizer=SGD(gradient_accumulation_steps=1)),
        ValueError,
        "SGD's gradient_accumulation_steps must be a whole number of at least 2. Received: 1. None leaves it out.",
    ),
    "gathered-fraction": (
        lambda: replace(GOOD, optimizer=SGD(gradient_accumulation_steps=2.0)),
        ValueError,
        "SGD's gradient_accumulation_steps must be a whole number of at least 2. Received: 2.0. None leaves it out.",
    ),
    "ftrl": (
        lambda: replace(GOOD, optimizer=Ftrl(learning_rate_power=0.5)),
        ValueError,
        "Ftrl's learning_rate_power must be at most 0. Received: 0.5. The default is -0.5.",
    ),
    "lion": (
        lambda: replace(GOOD, optimizer=Lion(beta_1=0.0)),
        ValueError,
        "Lion's beta_1 must be above 0 and at most 1. Received: 0.0. The default is 0.9.",
    ),
    "constraint-type": (
        lambda: with_parameter(6, constraint="max_norm"),
        TypeError,
        "A parameter's constraint must be specs.NonNegative, specs.NormRange, specs.Rewrite or None. Received: "
        "'max_norm' of type str at parameter 6 'kernel'. Use specs.NormRange(maximum=2.0).",
    ),
    "rewrite-type": (
        lambda: with_parameter(6, constraint=Rewrite("w * 2")),
        TypeError,
        "A specs.Rewrite must hold a Program. Received: 'w * 2' of type str at parameter 6 'kernel'. Pass "
        "Program(...).",
    ),
    "rewrite-shape": (
        lambda: with_parameter(6, constraint=Rewrite(Program((Weight("w", 0, (3,)),), (Parameter("w", (3,)),), (0,)))),
        ValueError,
        "A specs.Rewrite's Program must make one output of one parameter, both of shape (3, 2) and dtype float32, "
        "without inputs. Received: parameters of shapes [(3,)], outputs of [(3,)], 0 inputs and dtype float32 at "
        "parameter 6 'kernel'. Its only parameter is the one that it rewrites.",
    ),
    "constraint-bound": (
        lambda: with_parameter(6, constraint=NormRange(maximum=-1.0)),
        ValueError,
        "A constraint's maximum must be at least 0. Received: -1.0 at parameter 6 'kernel'. 2.0 is a usual maximum.",
    ),
    "constraint-axis": (
        lambda: with_parameter(6, constraint=NormRange(axes=(2,))),
        ValueError,
        "A constraint's axes must be ascending axes of its parameter, from 0 to 1. Received: (2,) at parameter 6 "
        "'kernel'. (0,) is the usual one.",
    ),
    "constraint-axes": (
        lambda: with_parameter(6, constraint=NormRange(axes=(1, 0))),
        ValueError,
        "A constraint's axes must be ascending axes of its parameter, from 0 to 1. Received: (1, 0) at parameter 6 "
        "'kernel'. (0,) is the usual one.",
    ),
    "nadam": (
        lambda: replace(GOOD, optimizer=Nadam(beta_1=1.0)),
        ValueError,
        "Nadam's beta_1 must be at least 0 and below 1. Received: 1.0. The default is 0.9.",
    ),
}


@pytest.mark.parametrize("key", REFUSED)
def test_error_texts(key):
    make, kind, text = REFUSED[key]
    with pytest.raises((TypeError, ValueError)) as error:
        make()
    assert str(error.value) == text
    assert error.type is kind


def test_settings_at_their_limits_are_valid():
    for settings in ({"momentum": 0.0}, {"momentum": 1.0}, {"frozen": True}, {"gamma": 1, "beta": 0}):
        with_node(2, **settings)
    with_regularizer(l1=0, l2=0)
    for constraint in (NormRange(0.0, 0.0, 0.0, (0, 1)), NormRange(axes=(1,)), NonNegative()):
        with_parameter(6, constraint=constraint)
    for optimizer in (
        SGD(clipvalue=1e-9),
        SGD(ema_momentum=0, gradient_accumulation_steps=2),
        Lion(1.0, 0.0),
        Adam(weight_decay=3.0),
        RMSprop(global_clipnorm=1),
    ):
        assert replace(GOOD, optimizer=optimizer).optimizer == optimizer
