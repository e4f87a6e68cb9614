"""The reference's gradients of whole programs against finite differences of its loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from grid import cases
from grid_float64 import parameter_in_float64
from programs import Case

from denim.engines.interpreter import Draws, forward
from denim.engines.reference import Batch, loss_of_batch, total_gradient
from denim.program.nodes import Input
from denim.program.program import Program

STEP = 1e-5
GRID = [case for case in cases() if "stop_gradient" not in case.name]


def doubled(program: Program) -> Program:
    nodes = tuple(replace(node, dtype="float64") if isinstance(node, Input) else node for node in program.nodes)
    parameters = tuple(map(parameter_in_float64, program.parameters))
    return replace(program, nodes=nodes, parameters=parameters, dtype="float64")


@pytest.mark.parametrize("case", GRID, ids=[case.name for case in GRID])
def test_gradients_are_slopes(case: Case) -> None:
    program = doubled(case.program)
    rng = np.random.default_rng(0)
    parameters = [view.astype("float64") for view in case.program.views(case.state.parameters)]
    batch = Batch.of(program, case.feed, np.arange(min(case.feed.rows, 6)))
    draws = Draws(key=5, step=3)

    def loss(values: list[np.ndarray]) -> float:
        return loss_of_batch(program, values, forward(program, values, batch.inputs, batch.targets, draws), batch)[0]

    tensors = forward(program, parameters, batch.inputs, batch.targets, draws)
    gradients = total_gradient(program, parameters, tensors, batch, draws)
    for i, gradient in enumerate(gradients):
        if not program.parameters[i].trainable:
            continue
        # A step along one direction in each parameter, as long as its elements are large on average.
        direction = rng.normal(size=gradient.shape) * np.sqrt(np.mean(parameters[i] ** 2))
        ahead, behind = ([*parameters] for _ in range(2))
        ahead[i] = parameters[i] + STEP * direction
        behind[i] = parameters[i] - STEP * direction
        slope = (loss(ahead) - loss(behind)) / (2 * STEP)
        assert np.sum(gradient * direction) == pytest.approx(slope, rel=1e-5, abs=1e-8), program.parameters[i].name
