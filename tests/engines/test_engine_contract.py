"""What each engine owes its callers, whatever it computes."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from programs import Case, Draft, case, chain, labels

from denim.data.feed import Feed
from denim.engines.protocol import State, Totals
from denim.program.random import Permutation, drop_threshold, stream_bits
from denim.program.specs import SGD, Adam, Head, Loss, Regularizer, RMSprop


@pytest.fixture
def example() -> Case:
    return case("example", chain((9, 17, 4), Adam(), rates=(0.3,)), seed=1, batch_size=5)


def assert_untouched(state: State, example: Case) -> None:
    assert np.array_equal(state.parameters, example.state.parameters)
    for slot, was in zip(state.slots, example.state.slots, strict=True):
        assert np.array_equal(slot, was)
    assert state.iterations == example.state.iterations


def with_targets(feed: Feed, targets: np.ndarray) -> Feed:
    return Feed(feed.rows, feed.inputs, (targets,))


def test_one_step_at_a_time_gives_the_bits_of_a_whole_epoch(compiled, example):
    executable = compiled(example.program)
    whole, stepped = example.fresh_state(), example.fresh_state()
    at_once = executable.train(whole, example.feed, batch_size=5, order=example.order)
    totals = Totals.zeros(example.program)
    for step in range(3):
        executable.train(
            stepped,
            example.feed,
            batch_size=5,
            order=example.order,
            first_step=step,
            last_step=step + 1,
            totals=totals,
        )
    assert np.array_equal(whole.parameters, stepped.parameters)
    assert at_once.means() == pytest.approx(totals.means(), rel=1e-12)
    assert stepped.iterations == 3


def test_two_runs_give_the_same_bits(compiled, example):
    executable = compiled(example.program)
    states = [example.fresh_state() for _ in range(2)]
    means = [executable.train(each, example.feed, batch_size=5, order=example.order).means() for each in states]
    assert means[0] == means[1]
    assert np.array_equal(states[0].parameters, states[1].parameters)
    for a, b in zip(states[0].slots, states[1].slots, strict=True):
        assert np.array_equal(a, b)


def test_order_none_is_the_feeds_own_order(compiled, example):
    executable = compiled(example.program)
    feed, order = example.feed, example.order.indices()
    sorted_feed = Feed(feed.rows, tuple(a[order] for a in feed.inputs), tuple(a[order] for a in feed.targets))
    a, b = example.fresh_state(), example.fresh_state()
    executable.train(a, feed, batch_size=5, order=example.order)
    executable.train(b, sorted_feed, batch_size=5)
    assert np.array_equal(a.parameters, b.parameters)
    c = example.fresh_state()
    executable.train(c, feed, batch_size=5)
    assert not np.array_equal(a.parameters, c.parameters)


def test_a_last_step_beyond_the_end_stops_at_the_end(compiled, example):
    state = example.fresh_state()
    totals = compiled(example.program).train(state, example.feed, batch_size=5, first_step=1, last_step=99)
    assert state.iterations == 2
    assert totals.counts[0] == example.feed.rows - 5


def test_no_steps_change_nothing(compiled, example):
    state = example.fresh_state()
    totals = compiled(example.program).train(state, example.feed, batch_size=5, first_step=2, last_step=2)
    assert totals.means() == [0.0, 0.0]
    assert_untouched(state, example)


def test_the_epoch_loss_weighs_batches_by_their_rows(compiled, example):
    executable = compiled(example.program)
    state = example.fresh_state()
    whole = executable.evaluate(state, example.feed, batch_size=example.feed.rows).means()
    for batch_size in (1, 2, 5, 7):
        assert executable.evaluate(state, example.feed, batch_size=batch_size).means() == pytest.approx(whole, rel=1e-5)


def test_evaluate_can_run_a_stretch_and_add_to_totals(compiled, example):
    executable, state = compiled(example.program), example.fresh_state()
    whole = executable.evaluate(state, example.feed, batch_size=5)
    totals = executable.evaluate(state, example.feed, batch_size=5, last_step=1)
    assert totals.counts[0] == 5
    again = executable.evaluate(state, example.feed, batch_size=5, first_step=1, totals=totals)
    assert again is totals
    assert totals.means() == pytest.approx(whole.means(), rel=1e-12)


def test_evaluate_and_predict_change_nothing(compiled, example):
    executable, state = compiled(example.program), example.fresh_state()
    executable.evaluate(state, example.feed, batch_size=5)
    executable.predict(state, example.feed, batch_size=5)
    executable.predict(state, example.feed, batch_size=5, training=True)
    assert_untouched(state, example)


@pytest.mark.parametrize("training", [False, True])
def test_predicting_needs_neither_targets_nor_slots(compiled, example, training):
    executable, full = compiled(example.program), example.fresh_state()
    bare = State(full.parameters, iterations=full.iterations, key=full.key)
    (got,) = executable.predict(bare, Feed(example.feed.rows, example.feed.inputs), batch_size=5, training=training)
    (want,) = executable.predict(full, example.feed, batch_size=5, training=training)
    assert np.array_equal(got, want)


def test_a_batch_may_be_larger_than_any_number_of_rows(compiled, example):
    executable, whole, huge = compiled(example.program), example.fresh_state(), example.fresh_state()
    want = executable.train(whole, example.feed, batch_size=example.feed.rows)
    got = executable.train(huge, example.feed, batch_size=sys.maxsize)
    assert np.array_equal(got.sums, want.sums)
    assert np.array_equal(huge.parameters, whole.parameters)
    want = executable.evaluate(whole, example.feed, batch_size=example.feed.rows)
    assert np.array_equal(executable.evaluate(whole, example.feed, batch_size=sys.maxsize).sums, want.sums)


def test_predictions_do_not_depend_on_the_batch_size(compiled, example):
    executable, state = compiled(example.program), example.fresh_state()
    (whole,) = executable.predict(state, example.feed, batch_size=example.feed.rows)
    for batch_size in (1, 2, 5, 100):
        (got,) = executable.predict(state, example.feed, batch_size=batch_size)
        np.testing.assert_allclose(got, whole, rtol=1e-6, atol=1e-7)


def test_dropout_masks_are_the_written_ones(compiled):
    draft = Draft()
    x = draft.dropout(draft.reshape(draft.dense(draft.input(1), 6, bias=False), 2, 3), 0.4)
    program = draft.program([Head(x, Loss("mean_squared_error"), 1.0, (), (2, 3))], SGD())
    ones = case("mask", program, seed=5, batch_size=7)
    state = ones.fresh_state()
    state.parameters[:6] = 1.0
    state.iterations, state.key = 2**33 + 5, 0xFEDCBA9876543210
    feed = Feed(7, (np.ones((7, 1), "float32"),))
    (got,) = compiled(program).predict(state, feed, batch_size=7, training=True)
    bits = stream_bits(state.key, 0, state.iterations, 0, 42).reshape(7, 2, 3)
    want = np.where(bits < drop_threshold(0.4), 0.0, 1.0 / 0.6)
    np.testing.assert_allclose(got, want, rtol=1e-6)
    assert 0 < np.count_nonzero(got) < 42


def test_a_seeded_dropout_does_not_heed_the_key(compiled):
    draft = Draft()
    x = draft.dropout(draft.dense(draft.input(3), 50), 0.5, seed=11)
    program = draft.program([Head(x, Loss("mean_squared_error"), 1.0, (), (50,))], SGD())
    example = case("seeded", program, seed=6, batch_size=5)
    executable, state = compiled(program), example.fresh_state()
    (first,) = executable.predict(state, example.feed, batch_size=5, training=True)
    state.key += 1
    assert np.array_equal(executable.predict(state, example.feed, batch_size=5, training=True)[0], first)
    state.iterations += 1
    assert not np.array_equal(executable.predict(state, example.feed, batch_size=5, training=True)[0], first)


def test_the_learning_rate_is_read_at_each_call(compiled, example):
    executable, state = compiled(example.program), example.fresh_state()
    state.learning_rate = 0.0
    executable.train(state, example.feed, batch_size=5)
    assert np.array_equal(state.parameters, example.state.parameters)
    assert state.iterations == 3
    assert any(slot.any() for slot in state.slots)


def test_learning_rates_take_the_place_of_the_states(compiled, example):
    executable = compiled(example.program)
    rates = np.array([0.02, 0.0, 0.005])
    followed, stepped, plain = (example.fresh_state() for _ in range(3))
    rate = followed.learning_rate
    executable.train(followed, example.feed, batch_size=5, order=example.order, learning_rates=rates)
    assert followed.learning_rate == rate
    for step in range(3):
        stepped.learning_rate = rates[step]
        executable.train(stepped, example.feed, batch_size=5, order=example.order, first_step=step, last_step=step + 1)
    assert np.array_equal(followed.parameters, stepped.parameters)
    executable.train(plain, example.feed, batch_size=5, order=example.order)
    assert not np.array_equal(followed.parameters, plain.parameters)


def test_learning_rates_are_those_of_the_call(compiled, example):
    executable = compiled(example.program)
    rates = np.array([0.02, 0.01, 0.005])
    whole, parts = example.fresh_state(), example.fresh_state()
    executable.train(whole, example.feed, batch_size=5, learning_rates=rates)
    executable.train(parts, example.feed, batch_size=5, last_step=1, learning_rates=rates[:1])
    executable.train(parts, example.feed, batch_size=5, first_step=1, learning_rates=rates[1:])
    assert np.array_equal(whole.parameters, parts.parameters)


@pytest.mark.parametrize("rates", [np.zeros(2), np.zeros(4), np.zeros((3, 1)), np.zeros(3, int)])
def test_learning_rates_that_do_not_fit_raise(compiled, example, rates):
    state = example.fresh_state()
    with pytest.raises(ValueError) as error:
        compiled(example.program).train(state, example.feed, batch_size=5, learning_rates=rates)
    assert str(error.value) == (
        "The learning rates must be one float for each of the call's steps, shape (3,). "
        f"Received: shape {rates.shape} and dtype {rates.dtype}."
    )
    assert_untouched(state, example)


@pytest.fixture
def normalized() -> Case:
    draft = Draft()
    x = draft.batch_norm(draft.dense(draft.input(6), 5, bias=False), momentum=0.75)
    x = draft.activation(draft.dense(draft.activation(x, "relu"), 3), "softmax")
    return case("normalized", draft.program([labels(x)], SGD()), seed=13, batch_size=4)


def test_batch_normalization_moves_its_statistics_while_training_only(compiled, normalized):
    program, feed = normalized.program, normalized.feed
    executable, state = compiled(program), normalized.fresh_state()
    for run in (executable.evaluate, executable.predict):
        run(state, feed, batch_size=4)
    executable.predict(state, feed, batch_size=4, training=True)
    assert_untouched(state, normalized)
    state.learning_rate = 0.0
    executable.train(state, feed, batch_size=4, last_step=1)
    views, before = program.views(state.parameters), program.views(normalized.state.parameters)
    x = feed.inputs[0][:4] @ before[0]
    node = program.nodes[2]
    for index, batch in ((node.mean, x.mean(axis=0)), (node.variance, x.var(axis=0))):
        np.testing.assert_allclose(views[index], 0.75 * before[index] + 0.25 * batch, rtol=1e-5, atol=1e-6)
    for i, parameter in enumerate(program.parameters):
        assert np.array_equal(views[i], before[i]) == parameter.trainable


def test_a_batch_of_one_row_is_normalized_to_beta(compiled):
    draft = Draft()
    x = draft.batch_norm(draft.input(5))
    program = draft.program([Head(x, Loss("mean_squared_error"), 1.0, (), (5,))], SGD())
    example = case("one-row", program, seed=14, batch_size=1)
    (got,) = compiled(program).predict(example.fresh_state(), example.feed, batch_size=1, training=True)
    beta = program.views(example.state.parameters)[1]
    np.testing.assert_allclose(got, np.tile(beta, (3, 1)), rtol=1e-6)


def test_the_total_loss_alone_has_the_penalties(compiled):
    draft = Draft()
    trunk = draft.dense(draft.input(4), 3, kernel_regularizer=Regularizer(0.5, 0.25))
    heads = [labels(draft.activation(trunk, "softmax")), Head(trunk, Loss("mean_squared_error"), 0.25, (), (3,))]
    program = draft.program(heads, SGD())
    example = case("penalties", program, seed=15, batch_size=5)
    state = example.fresh_state()
    kernel = program.views(state.parameters)[0].astype("float64")
    penalty = 0.5 * np.abs(kernel).sum() + 0.25 * np.square(kernel).sum()
    for run in ("evaluate", "train"):
        state = example.fresh_state()
        state.learning_rate = 0.0
        total, first, second, _ = getattr(compiled(program), run)(state, example.feed, batch_size=5).means()
        assert total == pytest.approx(first + 0.25 * second + penalty, rel=1e-6)


def test_progress_is_called_after_the_last_step(compiled, example):
    executable, state = compiled(example.program), example.fresh_state()
    for run in (executable.train, executable.evaluate):
        calls: list[tuple[int, list[float]]] = []
        totals = run(
            state, example.feed, batch_size=5, progress=lambda done, now, to=calls: to.append((done, now.means()))
        )
        assert calls[-1] == (3, totals.means())
        assert [done for done, _ in calls] == sorted({done for done, _ in calls})


def test_progress_of_predict_has_no_totals(compiled, example):
    calls: list[tuple[int, Totals | None]] = []
    compiled(example.program).predict(
        example.fresh_state(), example.feed, batch_size=5, progress=lambda done, now: calls.append((done, now))
    )
    assert calls[-1] == (3, None)


def test_an_exception_in_progress_leaves_the_state_of_a_whole_step(compiled, example):
    class Stop(Exception):
        pass

    def stop(done: int, totals: Totals | None) -> None:
        raise Stop

    executable, state = compiled(example.program), example.fresh_state()
    with pytest.raises(Stop):
        executable.train(state, example.feed, batch_size=5, order=example.order, progress=stop)
    assert state.iterations >= 1
    want = example.fresh_state()
    executable.train(want, example.feed, batch_size=5, order=example.order, last_step=state.iterations)
    assert np.array_equal(state.parameters, want.parameters)


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
@pytest.mark.parametrize("run", ["train", "evaluate"])
def test_a_label_out_of_range_raises_before_anything_changes(compiled, example, run, dtype):
    targets = (np.arange(example.feed.rows) % 4).astype(dtype)
    targets[8] = 4
    state = example.fresh_state()
    with pytest.raises(ValueError) as error:
        getattr(compiled(example.program), run)(state, with_targets(example.feed, targets), batch_size=5)
    assert str(error.value) == (
        "The labels of 'softmax_5' must be integers from 0 to 3, because its output has 4 classes. "
        "Received: 4 at row 8. Is the output too narrow? It would need 5 units."
    )
    assert_untouched(state, example)


def test_a_huge_label_is_not_taken_for_a_small_one(compiled, example):
    for value in (2**32, 2**63 + 1):
        targets = np.zeros(example.feed.rows, "uint64")
        targets[3] = value
        with pytest.raises(ValueError, match=rf"Received: {value} at row 3\."):
            compiled(example.program).train(example.fresh_state(), with_targets(example.feed, targets), batch_size=5)


def test_labels_that_are_floats_raise(compiled, example):
    targets = np.zeros(example.feed.rows, "float64")
    with pytest.raises(TypeError) as error:
        compiled(example.program).train(example.fresh_state(), with_targets(example.feed, targets), batch_size=5)
    assert str(error.value) == (
        "The labels of 'softmax_5' must be integers. Received: an array of dtype float64. "
        "Convert it: y.astype('int64')."
    )


def test_arrays_that_do_not_fit_raise(compiled, example):
    executable, state, feed = compiled(example.program), example.fresh_state(), example.feed
    rows = feed.rows
    wrong = [
        Feed(rows, (feed.inputs[0][:, :8],), feed.targets),
        Feed(rows, (feed.inputs[0][:-1],), feed.targets),
        Feed(rows, (), feed.targets),
        Feed(rows, feed.inputs, ()),
        Feed(rows, feed.inputs, (feed.targets[0][:-1],)),
        Feed(rows, feed.inputs, feed.targets, (np.ones(rows + 1),)),
        Feed(rows, feed.inputs, feed.targets, (np.ones((rows, 1)),)),
        Feed(rows, feed.inputs, feed.targets, (None, None)),
    ]
    for each in wrong:
        with pytest.raises(ValueError, match="Received: "):
            executable.train(state, each, batch_size=5)
    with pytest.raises(TypeError, match="dtype complex64"):
        executable.train(state, Feed(rows, (feed.inputs[0].astype("complex64"),), feed.targets), batch_size=5)
    assert_untouched(state, example)


def test_training_without_an_optimizer_or_a_loss_raises(compiled, example):
    draft = Draft()
    x = draft.activation(draft.dense(draft.input(9), 4), "softmax")
    lossless = draft.program([Head(x, None)], SGD())
    rows = example.feed.rows
    with pytest.raises(ValueError, match=r"needs an optimizer and a head with a loss"):
        compiled(lossless).train(
            case("lossless", lossless, seed=3).fresh_state(),
            Feed(rows, example.feed.inputs, (np.zeros(rows),)),
            batch_size=5,
        )


def test_weights_scale_the_loss(compiled):
    program = chain((5, 3), SGD())
    example = case("weights", program, seed=8, batch_size=5)
    executable, feed, state = compiled(program), example.feed, example.fresh_state()
    plain = executable.evaluate(state, feed, batch_size=5).means()[0]
    for dtype in ("float32", "float64", "int64"):
        tripled = Feed(feed.rows, feed.inputs, feed.targets, (np.full(feed.rows, 3, dtype),))
        assert executable.evaluate(state, tripled, batch_size=5).means()[0] == pytest.approx(3 * plain, rel=1e-6)
    none = Feed(feed.rows, feed.inputs, feed.targets, (None,))
    assert executable.evaluate(state, none, batch_size=5).means()[0] == plain


def test_not_a_number_is_carried_through(compiled):
    program = chain((5, 6, 3), RMSprop())
    example = case("nan", program, seed=9, batch_size=5)
    x = example.feed.inputs[0].copy()
    x[2, 1] = np.nan
    feed = Feed(example.feed.rows, (x,), example.feed.targets)
    executable, state = compiled(program), example.fresh_state()
    (y,) = executable.predict(state, feed, batch_size=5)
    assert np.isnan(y[2]).all()
    assert np.isfinite(np.delete(y, 2, axis=0)).all()
    assert np.isnan(executable.train(state, feed, batch_size=5).means()[0])
    assert np.isnan(state.parameters).any()


def test_slots_never_hold_denormals(compiled):
    draft = Draft()
    x = draft.dense(draft.input(3), 2)
    program = draft.program([Head(x, Loss("mean_squared_error"), 1.0, (), (2,))], RMSprop(rho=0.5))
    example = case("floor", program, seed=10, batch_size=1)
    state = example.fresh_state()
    state.slots[0][:] = 3e-30
    feed = Feed(3, (np.zeros((3, 3), "float32"),), (np.zeros((3, 2)),))
    compiled(program).train(state, feed, batch_size=1, last_step=1)
    (kernel, _) = program.views(state.slots[0])
    np.testing.assert_allclose(kernel, 1.5e-30, rtol=1e-6)
    compiled(program).train(state, feed, batch_size=1, last_step=1)
    assert not kernel.any()


def test_permutation_of_another_epoch_gives_another_order(compiled, example):
    executable = compiled(example.program)
    states = []
    for epoch in (0, 1):
        state = example.fresh_state()
        executable.train(state, example.feed, batch_size=5, order=Permutation(example.feed.rows, 3, epoch))
        states.append(state.parameters)
    assert not np.array_equal(*states)


def test_two_heads_report_each_loss_without_its_weight(compiled):
    draft = Draft()
    trunk = draft.dense(draft.input(4), 3)
    heads = [
        labels(draft.activation(trunk, "softmax")),
        Head(trunk, Loss("mean_squared_error"), 0.25, (), (3,)),
    ]
    program = draft.program(heads, SGD())
    example = case("heads", program, seed=12, batch_size=5)
    total, first, second, _ = compiled(program).evaluate(example.fresh_state(), example.feed, batch_size=5).means()
    assert total == pytest.approx(first + 0.25 * second, rel=1e-6)
    assert second > 0
