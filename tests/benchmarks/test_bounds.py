"""Operations and bytes, against sums done by hand."""

from __future__ import annotations

import pytest
from benchmarks.workloads import INFERENCES, WORKLOADS, Inference, Workload

from benchmarks import bounds

TINY = Workload("tiny", (3, 5, 2), 4, "adam", rows=10)


def test_operations_of_an_epoch() -> None:
    # A row: 2 * (15 + 10) forward, as much for the weight gradients, 2 * 10 for the one input gradient.
    assert bounds.flops(TINY) == 10 * (50 + 50 + 20)


def test_operations_of_a_prediction() -> None:
    assert bounds.flops(Inference("tiny", (3, 5, 2), 7)) == 7 * 50


@pytest.mark.parametrize("workload", [*WORKLOADS.values(), *INFERENCES.values()], ids=lambda each: each.name)
def test_the_products_of_all_steps_are_the_operations(workload: Workload | Inference) -> None:
    a_step = sum(gemm.flops for gemm in bounds.gemms(workload))
    rows_a_step = workload.rows if isinstance(workload, Inference) else workload.batch_size
    assert a_step * workload.rows == bounds.flops(workload) * rows_a_step


def test_the_first_layer_needs_no_input_gradient() -> None:
    assert [(g.m, g.k, g.n) for g in bounds.gemms(TINY)] == [
        (4, 3, 5),
        (4, 5, 2),
        (3, 4, 5),
        (5, 4, 2),
        (4, 2, 5),
    ]


def test_parameters_count_biases_and_normalization() -> None:
    assert bounds.layer_parameters(TINY) == [20, 12]
    normalized = Workload("tiny", (3, 5, 2), 4, "adam", rows=10, normalization=True)
    assert bounds.layer_parameters(normalized) == [30, 12]


@pytest.mark.parametrize(("optimizer", "slots"), [("rmsprop", 1), ("adam", 2)])
def test_bytes_of_a_step(optimizer: str, slots: int) -> None:
    tiny = Workload("tiny", (3, 5, 2), 4, optimizer, rows=10)  # type: ignore[arg-type]
    state = 32 + 12 + 2 * 32 * (1 + slots)
    data = 4 * (2 * 3 + 4 * (5 + 2))
    assert bounds.step_bytes(tiny) == 4 * (state + data)
    assert bounds.state_bytes(tiny) == 4 * 32 * (1 + slots)


def test_a_shorter_last_batch_is_a_step_of_its_own() -> None:
    assert TINY.steps == 3
    assert bounds.epoch_bytes(TINY) == 3 * bounds.step_bytes(TINY)
