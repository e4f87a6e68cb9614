"""Few rows go through unpacked weights: the same bits as many rows, and only where that is sure to be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from grid import cases
from programs import Case, Draft, chain
from programs import case as case_of

from denim.data.feed import Feed
from denim.engines.protocol import State
from denim.program.buffer import flat_buffer
from denim.program.nodes import BatchReduce, Dense, Weight
from denim.program.specs import SGD, Head, Loss

native = pytest.importorskip("denim.engines.native", reason="the native engine is not built")

SETS = native.available_instruction_sets()
MANY = 80
"""Rows enough for packed weights."""

READ = ("float32", "float64", "uint8", "int32", "int64", "bool")


def narrow(widths: tuple[int, ...], bias: bool) -> Case:
    """Kernels whose last rows end where the buffer ends."""
    draft = Draft()
    x = draft.input(widths[0])
    for width in widths[1:]:
        x = draft.dense(x, width, bias=bias)
    program = draft.program([Head(x, Loss("mean_squared_error"), 1.0, (), (widths[-1],))], SGD())
    return case_of(f"widths-{widths}-{bias}", program, seed=3)


def with_units(case: Case) -> bool:
    return any(isinstance(node, Dense) for node in case.program.nodes)


def has_no_short_way(case: Case) -> bool:
    """Several inputs or outputs, noise while predicting, or a formula of a dense layer's weights."""
    program = case.program
    dense = {i for node in program.nodes if isinstance(node, Dense) for i in node.parameters}
    tied = any(isinstance(node, Weight) and node.parameter in dense for node in program.nodes)
    draws = any(getattr(node, "always", False) for node in program.nodes)
    return len(program.inputs) != 1 or len(program.outputs) != 1 or draws or tied


def by_rows(case: Case) -> bool:
    """Whether a row's prediction is its own, whatever the others are."""
    return not any(isinstance(node, BatchReduce) for node in case.program.nodes)


GRID = [
    case
    for case in cases()
    if native.NativeEngine().supports(case.program) is None and with_units(case) and by_rows(case)
]
WIDTHS = [(1, 1), (5, 1), (3, 2, 7), (9, 15), (17, 16, 33), (8, 8, 8), (100, 10), (5, 49, 103), (3, 212, 226)]
ALL = [*GRID, *(narrow(widths, bias) for widths in WIDTHS for bias in (True, False))]


def rows_of(case: Case, rows: int) -> Feed:
    return Feed(rows, tuple(np.resize(x, (rows, *x.shape[1:])) for x in case.feed.inputs))


@pytest.mark.parametrize("case", ALL, ids=[case.name for case in ALL])
def test_few_rows_have_the_bits_of_many(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    for isa in SETS:
        monkeypatch.setenv("DENIM_ISA", isa)
        executable, state = native.NativeExecutable(case.program), case.fresh_state()
        many = executable.predict(state, rows_of(case, MANY), batch_size=MANY)
        few = executable.few_rows(state)
        assert (few is None) == has_no_short_way(case)
        for rows in (1, 2, 3, 4, 5, 7, 9, 19, 64):
            feed = rows_of(case, rows)
            for got, want in zip(executable.predict(state, feed, batch_size=64), many, strict=True):
                assert got.tobytes() == want[:rows].tobytes(), (isa, rows)
            if few is not None and feed.inputs[0].dtype.name in READ:
                got = few(feed.inputs[0])
                assert got is not None, (isa, rows)
                assert (got.shape, got.dtype) == ((rows, *many[0].shape[1:]), many[0].dtype)
                assert got.tobytes() == many[0][:rows].tobytes(), (isa, rows)


@pytest.mark.parametrize("rows", [1, 3, MANY, 300])
@pytest.mark.parametrize("lie", ["spread", "backwards", "repeated", "unaligned", "columns"])
def test_rows_are_read_however_they_lie(rows: int, lie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_NUM_THREADS", "2")
    example = case_of("lie", chain((20, 9, 4), SGD()), seed=2)
    executable = native.NativeExecutable(example.program, work_per_thread=1.0)
    state = example.fresh_state()
    x = np.random.default_rng(1).random((rows, 20)).astype("float32")
    given = {
        "spread": lambda: np.repeat(x, 2, axis=0)[::2],
        "backwards": lambda: np.ascontiguousarray(x[::-1])[::-1],
        "repeated": lambda: np.broadcast_to(x[:1], x.shape),
        "unaligned": lambda: np.frombuffer(b"\0" + x.tobytes(), np.uint8)[1:].view("float32").reshape(x.shape),
        "columns": lambda: np.asfortranarray(x),
    }[lie]()
    want = executable.predict(state, Feed(rows, (given.astype("float64"),)), batch_size=32)[0]
    assert executable.predict(state, Feed(rows, (given,)), batch_size=32)[0].tobytes() == want.tobytes()
    few = executable.few_rows(state)
    assert few is not None
    quick = few(given)
    assert quick is None or quick.tobytes() == want.tobytes()


@pytest.fixture
def example() -> Case:
    return case_of("example", chain((6, 5, 3), SGD()), seed=1)


@pytest.mark.parametrize(
    "other",
    [
        lambda x: x[:0],
        lambda x: np.resize(x, (65, 6)),
        lambda x: x[:, :5],
        lambda x: x[0],
        lambda x: x[:, :, None],
        lambda x: x.astype("float16"),
        lambda x: x.astype(">f4"),
        lambda x: x.astype("complex64"),
        lambda x: x.astype("int16"),
        lambda x: np.array([[{}] * 6]),
        lambda x: np.zeros((1, 6), "datetime64[s]"),
        lambda x: np.ma.masked_array(x),
        lambda x: np.asfortranarray(np.resize(x, (4, 6))),
        lambda x: x.tolist(),
        lambda x: memoryview(x),
        lambda x: None,
    ],
)
def test_what_is_not_sure_is_left_to_predict(example: Case, other: Callable[[np.ndarray], object]) -> None:
    few = native.NativeExecutable(example.program).few_rows(example.fresh_state())
    x = np.ones((1, 6), "float32")
    assert few(x) is not None
    assert few(other(x)) is None


@pytest.mark.parametrize("dtype", READ)
def test_each_dtype_that_is_fed_as_it_is(example: Case, dtype: str) -> None:
    executable, state = native.NativeExecutable(example.program), example.fresh_state()
    x = np.arange(12).reshape(2, 6).astype(dtype)
    got = executable.few_rows(state)(x)
    assert got.tobytes() == executable.predict(state, Feed(2, (x,)), batch_size=32)[0].tobytes()


def test_parameters_are_read_anew_each_time(example: Case) -> None:
    state = example.fresh_state()
    few = native.NativeExecutable(example.program).few_rows(state)
    x = np.ones((1, 6), "float32")
    before = few(x)
    state.parameters *= 2
    assert not np.array_equal(few(x), before)
    state.parameters *= 0.5
    assert np.array_equal(few(x), before)


def test_each_result_is_an_array_of_its_own(example: Case) -> None:
    few = native.NativeExecutable(example.program).few_rows(example.fresh_state())
    x = np.ones((2, 6), "float32")
    first, second = few(x), few(x)
    want = first.copy()
    second[...] = 7
    few(x * 3)
    assert np.array_equal(first, want)
    assert type(first) is np.ndarray
    assert first.flags.writeable and first.flags.owndata and first.flags.c_contiguous


class Reentrant(np.ndarray):
    """A result whose making asks for another one."""

    asks = None

    def __array_finalize__(self, source: object) -> None:
        asked, Reentrant.asks = Reentrant.asks, None
        if asked is not None:
            asked()


def test_results_of_another_type_may_be_made_within_each_other(example: Case) -> None:
    executable, state = native.NativeExecutable(example.program), example.fresh_state()
    few = executable.few_rows(state, Reentrant)
    x = np.random.default_rng(0).random((5, 6)).astype("float32")
    (want,) = executable.predict(state, Feed(5, (x,)), batch_size=5)
    within = []
    Reentrant.asks = lambda: within.append(few(x[:2]))
    got = few(x)
    assert type(got) is Reentrant
    assert got.tobytes() == want.tobytes()
    assert [each.tobytes() for each in within] == [want[:2].tobytes()]


@pytest.mark.parametrize("name", ["DENIM_ISA", "DENIM_NUM_THREADS", "DENIM_ENGINE"])
def test_a_setting_that_was_there_is_left_to_predict_when_it_goes(
    example: Case, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = {"DENIM_ISA": SETS[0], "DENIM_NUM_THREADS": "1", "DENIM_ENGINE": "native"}[name]
    monkeypatch.setenv(name, value)
    few = native.NativeExecutable(example.program).few_rows(example.fresh_state())
    x = np.ones((1, 6), "float32")
    assert few(x) is not None
    monkeypatch.delenv(name)
    assert few(x) is None
    monkeypatch.setenv(name, value)
    assert few(x) is not None
    monkeypatch.setenv(name, value + " ")
    assert few(x) is None


@pytest.mark.parametrize(
    "name, value", [("DENIM_ISA", "portable"), ("DENIM_NUM_THREADS", "7"), ("DENIM_ENGINE", "reference")]
)
def test_a_changed_environment_is_left_to_predict(
    example: Case, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(name, raising=False)
    few = native.NativeExecutable(example.program).few_rows(example.fresh_state())
    x = np.ones((1, 6), "float32")
    monkeypatch.setenv(name, value)
    assert few(x) is None
    monkeypatch.delenv(name)
    assert few(x) is not None


def test_much_work_is_left_to_predict() -> None:
    example = case_of("wide", chain((512, 512, 1024, 3), SGD()), seed=1)
    executable, state = native.NativeExecutable(example.program), example.fresh_state()
    few = executable.few_rows(state)
    x = np.resize(example.feed.inputs[0], (8, 512))
    (want,) = executable.predict(state, Feed(8, (x,)), batch_size=32)
    assert few(x) is None
    assert few(x[:1]).tobytes() == want[:1].tobytes()


def test_a_buffer_of_another_program_is_refused(example: Case) -> None:
    other = replace(example.program, parameters=example.program.parameters)
    short = State(flat_buffer(other)[:-1])
    with pytest.raises(ValueError, match="The state's parameters must be a flat buffer of"):
        native.NativeExecutable(example.program).few_rows(short)


def test_while_another_run_is_on_it_is_left_to_predict(example: Case) -> None:
    executable, state = native.NativeExecutable(example.program), example.fresh_state()
    few = executable.few_rows(state)
    x = np.ones((1, 6), "float32")
    seen = []
    executable.evaluate(state, example.feed, batch_size=5, progress=lambda *_: seen.append(few(x)))
    assert seen
    assert all(answer is None for answer in seen)
    assert few(x) is not None
