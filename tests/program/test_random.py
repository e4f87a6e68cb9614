"""The written rules for random numbers, against published values and against what they promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from denim.program.random import (
    WINDOW_STREAM,
    BlockOrder,
    Permutation,
    RandomStream,
    drop_threshold,
    philox,
    stream_bits,
)

ONES = 0xFFFFFFFF


@pytest.mark.parametrize(
    ("counter", "key", "want"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ONES, ONES, ONES, ONES), (ONES, ONES), (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
)
def test_philox_gives_the_known_answers_of_random123(counter, key, want):
    got = philox(np.array([counter, counter], np.uint32), key[0] | key[1] << 32)
    assert got.dtype == np.uint32
    assert got.tolist() == [list(want), list(want)]


def test_stream_bits_are_blocks_of_philox():
    key, site, step = 0x0123456789ABCDEF, 3, (5 << 32) | 7
    counter = np.array([[block, site, 7, 5] for block in range(3)], np.uint32)
    assert np.array_equal(stream_bits(key, site, step, 0, 12), philox(counter, key).reshape(-1))


@given(st.integers(0, 50), st.integers(0, 50))
@settings(derandomize=True, deadline=None)
def test_any_part_of_a_stream_can_be_asked_for_alone(start, count):
    whole = stream_bits(9, 1, 2, 0, 100)
    assert np.array_equal(stream_bits(9, 1, 2, start, count), whole[start : start + count])


def test_streams_differ_by_key_site_and_step():
    base = stream_bits(1, 0, 0, 0, 64)
    for key, site, step in ((2, 0, 0), (1 << 32 | 1, 0, 0), (1, 1, 0), (1, 0, 1), (1, 0, 1 << 32)):
        assert not np.array_equal(stream_bits(key, site, step, 0, 64), base)


def test_a_seed_replaces_the_key_of_fit():
    assert RandomStream(0).key(77) == 77
    assert RandomStream(0, seed=5).key(77) == 5
    assert RandomStream(0, seed=-1).key(77) == 0xFFFFFFFFFFFFFFFF


def test_bits_below_the_threshold_are_as_frequent_as_the_rate():
    bits = stream_bits(4, 0, 0, 0, 100_000)
    for rate in (0.0, 0.1, 0.5, 0.9):
        deviation = 5 * np.sqrt(rate * (1 - rate) / bits.size)
        assert abs(np.mean(bits.astype(np.uint64) < drop_threshold(rate)) - rate) <= deviation


@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 31, 32, 33, 1000, 48000])
def test_a_permutation_is_a_bijection(rows):
    got = Permutation(rows, key=0xDEADBEEFCAFEF00D, epoch=2).indices()
    assert got.dtype == np.int64
    assert np.array_equal(np.sort(got), np.arange(rows))


@given(st.integers(1, 3000), st.integers(0, 2**64 - 1), st.integers(0, 2**40))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_every_permutation_is_a_bijection(rows, key, epoch):
    assert np.array_equal(np.sort(Permutation(rows, key, epoch).indices()), np.arange(rows))


def test_no_rows_have_an_empty_order():
    assert Permutation(0, 1, 1).indices().tolist() == []


@given(st.integers(1, 300), st.data())
@settings(derandomize=True, deadline=None, max_examples=60)
def test_any_stretch_of_a_permutation_can_be_asked_for_alone(rows, data):
    start = data.draw(st.integers(0, rows))
    stop = data.draw(st.integers(start, rows))
    order = Permutation(rows, 123, 4)
    assert np.array_equal(order.indices(start, stop), order.indices()[start:stop])


def test_every_order_of_three_rows_is_as_likely():
    trials = 3000
    seen: dict[tuple[int, ...], int] = {}
    for key in range(trials):
        order = tuple(Permutation(3, key, 0).indices().tolist())
        seen[order] = seen.get(order, 0) + 1
    assert len(seen) == 6
    assert (
        sum((count - trials / 6) ** 2 / (trials / 6) for count in seen.values()) < 20.5
    )  # chi-square, 5 dof, p = 0.001


@pytest.mark.parametrize("rows", [33, 100])
def test_every_row_is_as_likely_at_every_position(rows):
    trials = 2000
    orders = np.array([Permutation(rows, key, key % 7).indices() for key in range(trials)])
    counts = np.array([np.bincount(column, minlength=rows) for column in orders.T])
    statistic = ((counts - trials / rows) ** 2 / (trials / rows)).sum()
    freedom = (rows - 1) ** 2
    assert abs(statistic - freedom) < 4 * np.sqrt(2 * freedom)


def test_positions_of_a_long_permutation_say_nothing_about_rows():
    rows = 48000
    order = Permutation(rows, 31, 0).indices()
    assert abs(np.corrcoef(order, np.arange(rows))[0, 1]) < 4 / np.sqrt(rows)
    assert abs(np.corrcoef(order[1:], order[:-1])[0, 1]) < 4 / np.sqrt(rows)
    other = Permutation(rows, 31, 1).indices()
    assert np.count_nonzero(order == other) < 10


def test_the_order_is_part_of_the_description():
    assert Permutation(10, 42, 0).indices().tolist() == [7, 6, 8, 4, 3, 5, 9, 1, 2, 0]


def laid_out(order: BlockOrder) -> np.ndarray:
    """The rule for blocks, as it is written, over all rows at once."""
    rows = np.arange(order.rows)
    blocks = [rows[start : start + order.block] for start in range(0, order.rows, order.block)]
    laid = np.concatenate([blocks[i] for i in Permutation(len(blocks), order.key, order.epoch).indices()])
    windows = [np.sort(laid[start : start + order.window]) for start in range(0, order.rows, order.window)]
    keys = [Permutation(len(w), order.key, order.epoch * 2**32 + i, WINDOW_STREAM) for i, w in enumerate(windows)]
    return np.concatenate([window[key.indices()] for window, key in zip(windows, keys, strict=True)])


@given(st.integers(1, 400), st.integers(1, 60), st.integers(1, 120), st.integers(0, 2**64 - 1), st.integers(0, 2**31))
@settings(derandomize=True, deadline=None, max_examples=100)
def test_an_order_of_blocks_is_as_written(rows, block, window, key, epoch):
    order = BlockOrder(rows, block, window, key, epoch)
    assert order.indices().tolist() == laid_out(order).tolist()
    assert np.array_equal(np.sort(order.indices()), np.arange(rows))


@given(st.integers(1, 400), st.integers(1, 60), st.integers(1, 120))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_runs_go_up_and_do_not_touch(rows, block, window):
    order = BlockOrder(rows, block, window, 7, 1)
    for number in range(-(-rows // window)):
        ends = [row for run in order.runs(number) for row in run]
        assert ends == sorted(set(ends))
        assert sum(stop - start for start, stop in order.runs(number)) == order.within(number).rows


def test_blocks_and_windows_have_orders_of_their_own():
    """In each window, in each epoch; and blocks are not in the order that as many rows would have within a window."""
    first, second = (BlockOrder(1000, 10, 100, 42, epoch) for epoch in range(2))
    orders = [order.within(window).indices().tolist() for order in (first, second) for window in range(10)]
    orders += [Permutation(100, 42, epoch).indices().tolist() for epoch in range(2)]
    assert len({tuple(order) for order in orders}) == 22


def test_the_order_of_blocks_is_part_of_the_description():
    assert BlockOrder(10, 2, 4, 42, 0).indices().tolist() == [9, 1, 0, 8, 4, 7, 6, 5, 2, 3]
    runs = [BlockOrder(11, 3, 4, 42, 5).runs(window) for window in range(3)]
    assert runs == [[(0, 1), (6, 9)], [(1, 5)], [(5, 6), (9, 11)]]
