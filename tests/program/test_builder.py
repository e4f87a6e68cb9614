"""The builder: shapes as nodes are added, parameters as variables are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.program.builder import ProgramBuilder
from denim.program.nodes import AffineScaling, BatchNormalization, Dense, Input, LayerNormalization, Reshape
from denim.program.specs import Parameter, Regularizer


class Penalty:
    def __call__(self, x: np.ndarray) -> float:
        return float(np.sum(x))

    def spec(self) -> Regularizer:
        return Regularizer(l2=0.5)


@dataclass(eq=False)
class Number:
    shape: tuple[int, ...]
    path: str
    trainable: bool = True
    regularizer: Any = None
    name: str = "number"

    def constraint_spec(self) -> None:
        """None."""


def test_nodes_have_shapes_before_the_program_exists():
    builder = ProgramBuilder()
    kernel = builder.parameter(Number((12, 5), "k"))
    mean, variance = (builder.parameter(Number((5,), path, False)) for path in "mv")
    indices = [
        builder.add(Input("x", (4, 3))),
        builder.add(AffineScaling("s", 0, scale=0.5)),
        builder.add(Reshape("r", 1, (12,))),
        builder.add(Dense("d", 2, 5, kernel)),
        builder.add(BatchNormalization("b", 3, mean, variance)),
        builder.add(LayerNormalization("l", 4)),
    ]
    lowered = builder.lowered(5)
    assert [builder.shape(i) for i in indices] == [(4, 3), (4, 3), (12,), (5,), (5,), (5,)]
    assert lowered.program().shapes == ((4, 3), (4, 3), (12,), (5,), (5,), (5,))


def test_parameters_are_what_their_variables_say():
    builder = ProgramBuilder()
    kernel, bias = Number((2, 3), "d/kernel", regularizer=Penalty()), Number((3,), "d/bias", trainable=False)
    assert [builder.parameter(each) for each in (kernel, bias, kernel)] == [0, 1, 0]
    builder.add(Dense("d", builder.add(Input("x", (2,))), 3, 0, 1))
    assert builder.lowered(1).parameters == (
        Parameter("d/kernel", (2, 3), True, Regularizer(l2=0.5)),
        Parameter("d/bias", (3,), False),
    )
