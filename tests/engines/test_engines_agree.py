"""Every engine against the reference, over the grid of generated programs.

The tolerance: an engine works in the program's dtype, the reference in float64 between roundings. With eps the dtype's
epsilon and "scale" the largest magnitude in the array,

- parameters may differ by 32 eps x max(1, scale), and by 0.002 of a step of the learning rate (in float32; in float64
  that shrinks with eps), because adaptive optimizers divide small gradients by small roots;
- slots by 1000 eps x scale;
- losses, metrics and predictions by 100 eps x max(1, scale).

In float64 that is 7e-15 for parameters and 2e-14 for predictions of magnitude 1. Parameters that no rule of the program
changes, and the gaps between parameters, may not change at all.
"""

from __future__ import annotations

import numpy as np
import pytest
from grid import cases
from grid_float64 import float64_cases, in_float64
from programs import Case

from denim.engines.protocol import Executable, State, Totals
from denim.engines.reference import ReferenceEngine
from denim.program.nodes import BatchNormalization

GRID = [*cases(), *float64_cases(cases())]


def executables(case: Case, compile_: object) -> tuple[Executable, Executable]:
    """The other engine's and the reference's."""
    return compile_(case.program), ReferenceEngine().compile(case.program)  # type: ignore[operator]


def eps(case: Case) -> float:
    return float(np.finfo(case.program.dtype).eps)


def assert_close(got: np.ndarray, want: np.ndarray, atol: float, what: str) -> None:
    assert got.shape == want.shape
    np.testing.assert_allclose(got, want, rtol=0, atol=atol, err_msg=what)


def assert_means_agree(case: Case, got: Totals, want: Totals, what: str) -> None:
    expected = np.array(want.means())
    assert_close(np.array(got.means()), expected, 100 * eps(case) * max(1.0, np.abs(expected).max()), what)


def assert_states_agree(case: Case, got: State, want: State) -> None:
    program = case.program
    assert got.iterations == want.iterations
    names = [parameter.name for parameter in program.parameters]
    step = 0.002 * want.learning_rate * eps(case) / np.finfo("float32").eps
    before = program.views(case.state.parameters)
    moving = {
        index
        for node in program.nodes
        if isinstance(node, BatchNormalization) and not node.frozen
        for index in (node.mean, node.variance)
    }
    views = zip(before, program.views(got.parameters), program.views(want.parameters), strict=True)
    for i, (was, a, b) in enumerate(views):
        name = names[i]
        if not program.parameters[i].trainable and i not in moving:
            assert np.array_equal(a, was), name
        assert_close(a, b, 32 * eps(case) * max(1.0, np.abs(b).max()) + step, name)
    assert program.optimizer is not None
    for slot, a, b in zip(program.optimizer.slots, got.slots, want.slots, strict=True):
        assert_close(a, b, 1000 * eps(case) * np.abs(b).max(), slot)
    gaps = np.ones(program.size, bool)
    for view in program.views(gaps):
        view[...] = False
    assert not got.parameters[gaps].any()


@pytest.mark.parametrize("case", GRID, ids=[case.name for case in GRID])
def test_training_evaluating_and_predicting_agree(case: Case, compiled_by_other: object) -> None:
    other, reference = executables(case, compiled_by_other)
    got, want = case.fresh_state(), case.fresh_state()
    how = {"batch_size": case.batch_size, "order": case.order, "learning_rates": case.learning_rates}
    assert_means_agree(case, other.train(got, case.feed, **how), reference.train(want, case.feed, **how), "training")
    assert want.iterations == case.state.iterations + 3
    assert_states_agree(case, got, want)

    after = got.parameters.copy()
    assert_means_agree(
        case,
        other.evaluate(got, case.feed, batch_size=case.batch_size),
        reference.evaluate(want, case.feed, batch_size=case.batch_size),
        "evaluating",
    )
    for training in (False, True):
        a = other.predict(got, case.feed, batch_size=case.batch_size, training=training)
        b = reference.predict(want, case.feed, batch_size=case.batch_size, training=training)
        for i, (x, y) in enumerate(zip(a, b, strict=True)):
            assert x.dtype == case.program.dtype
            assert_close(x, y, 100 * eps(case) * max(1.0, np.abs(y).max()), f"output {i}, training={training}")
    assert np.array_equal(got.parameters, after)
    assert got.iterations == want.iterations


DISGUISED = [case for case in GRID if case.name in {"sizes-deep", "layer-norm-and-batch-norm", "graph-three-consumers"}]


@pytest.mark.parametrize("case", DISGUISED, ids=[case.name for case in DISGUISED])
def test_float64_is_not_float32_in_disguise(case: Case, compiled_by_other: object) -> None:
    """Trained and predicted in either precision: the errors are those of that precision, and far apart."""
    errors = {}
    for each in (case, in_float64(case)):
        other, reference = executables(each, compiled_by_other)
        outputs = []
        for executable in (other, reference):
            state = each.fresh_state()
            executable.train(state, each.feed, batch_size=each.batch_size, order=each.order)
            outputs.append(executable.predict(state, each.feed, batch_size=each.batch_size))
        errors[each.program.dtype] = max(float(np.abs(a - b).max()) for a, b in zip(*outputs, strict=True))
    assert 1e-9 < errors["float32"] < 1e-5
    assert errors["float64"] < 1e-7 * errors["float32"]


@pytest.mark.parametrize("which", [0, 1], ids=["other", "reference"])
@pytest.mark.parametrize("name", ["sizes-deep", "concatenate-axes", "traced-loss-positions"])
def test_captured_outputs_are_those_of_each_step(compiled_by_other: object, which: int, name: str) -> None:
    case = next(each for each in GRID if each.name == name)
    executable, program = executables(case, compiled_by_other)[which], case.program

    def empty(rows: int) -> list[np.ndarray]:
        return [np.full((rows, *program.shapes[i]), np.nan, program.dtype) for i in program.outputs]

    state, captured = case.fresh_state(), empty(case.feed.rows)
    executable.train(state, case.feed, batch_size=case.batch_size, order=case.order, captured=captured)
    alone, steps = case.fresh_state(), -(-case.feed.rows // case.batch_size)
    for step in range(steps):
        start, stop = step * case.batch_size, min((step + 1) * case.batch_size, case.feed.rows)
        rows = np.arange(start, stop) if case.order is None else case.order.indices(start, stop)
        before = executable.predict(alone, case.feed, batch_size=case.feed.rows)
        for got, want in zip(captured, before, strict=True):
            np.testing.assert_allclose(got[start:stop], want[rows], rtol=1e-5, atol=1e-6)
        executable.train(
            alone, case.feed, batch_size=case.batch_size, order=case.order, first_step=step, last_step=step + 1
        )
    seen = empty(case.feed.rows)
    executable.evaluate(state, case.feed, batch_size=case.batch_size, captured=seen)
    for got, want in zip(seen, executable.predict(state, case.feed, batch_size=case.feed.rows), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)
