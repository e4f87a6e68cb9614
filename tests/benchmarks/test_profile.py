"""What is read from callgrind's listing."""

from __future__ import annotations

from benchmarks import profile, tables

LISTING = """\
--------------------------------------------------------------------------------
Ir
--------------------------------------------------------------------------------
1,000 (100.0%)  PROGRAM TOTALS

Ir                      file:function
600 (60.0%)  dense.hpp:denim::float32::avx2::dense_forward(denim::float32::DenseForward const&, long, long) [/a/step]
300 (30.0%)  ???:denim::float32::avx2::update_run(denim::float32::Update const&) [/a/step]
 60 ( 6.0%)  dense.hpp:denim::float32::avx2::dense_forward(denim::float32::DenseForward const&, long, long) [/a/step]
 40 ( 4.0%)  step.cpp:main [/a/step]
"""


def test_functions_are_added_up_and_the_data_is_left_out() -> None:
    assert profile.parse(LISTING) == {"dense_forward": 660, "update_run": 300}


def test_a_step_in_the_table() -> None:
    text = tables.profile({"W2": profile.summary("W2", {"dense_forward": 97_500, "update_run": 2_000, "rest": 500})})
    assert "| 1,000 |" in text
    assert "`dense_forward` 98%, `update_run` 2%" in text
    assert "rest" not in text
