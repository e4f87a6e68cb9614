"""What the native engine promises beside agreeing with the reference: the same bits always, and a prompt Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest
from grid import cases
from grid_float64 import covering, float64_cases
from programs import Case, Draft
from programs import case as case_of

from denim.data.feed import Feed
from denim.engines.protocol import Totals
from denim.program.random import Permutation, drop_threshold, stream_bits
from denim.program.specs import SGD, Head, Loss

native = pytest.importorskip("denim.engines.native", reason="the native engine is not built")

GRID = cases()
# Each takes 37 trainings: of float64 only what covers every kernel.
ON_EVERY_PATH = [*GRID, *covering(float64_cases(GRID))]
SETS = native.available_instruction_sets()


def bits(case: Case, **options: object) -> list[bytes]:
    """Everything a training, an evaluation and two predictions leave behind, as bytes."""
    executable, state = native.NativeExecutable(case.program, **options), case.fresh_state()
    if case.program.optimizer is not None and any(head.loss for head in case.program.heads):
        executable.train(state, case.feed, batch_size=case.batch_size, order=case.order)
    totals = executable.evaluate(state, case.feed, batch_size=case.batch_size)
    outputs = executable.predict(state, case.feed, batch_size=case.batch_size)
    outputs += executable.predict(state, case.feed, batch_size=case.batch_size, training=True)
    assert executable.runner.instruction_set == (os.environ.get("DENIM_ISA") or SETS[0])
    return [array.tobytes() for array in (state.parameters, *state.slots, totals.sums, totals.counts, *outputs)]


@pytest.mark.parametrize("case", ON_EVERY_PATH, ids=[case.name for case in ON_EVERY_PATH])
def test_the_same_bits_on_every_path(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_NUM_THREADS", "1")
    want = bits(case)
    for isa in SETS:
        monkeypatch.setenv("DENIM_ISA", isa)
        for threads in ("1", "2", "3"):
            monkeypatch.setenv("DENIM_NUM_THREADS", threads)
            for fuse in (True, False):
                # Products shared out by samples, and by columns wherever that can be.
                for poison, meeting in ((0x00, np.inf), (0xFF, -np.inf)):
                    # So little work a thread that even these small programs are shared out.
                    got = bits(case, fuse=fuse, poison=poison, work_per_thread=1.0, meeting=meeting)
                    assert got == want, (isa, threads, fuse, poison, meeting)


def test_a_forced_instruction_set_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    for isa in SETS:
        monkeypatch.setenv("DENIM_ISA", isa)
        assert native.instruction_set() == isa
        assert native.NativeExecutable(GRID[0].program).runner.instruction_set == isa


def test_an_unknown_instruction_set_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_ISA", "mmx")
    with pytest.raises(ValueError, match=r"DENIM_ISA names an instruction set .* portable\. Received: 'mmx'"):
        native.instruction_set()


@pytest.mark.parametrize("value", ["0", "two", "-1", "1.5"])
def test_a_bad_number_of_threads_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_NUM_THREADS", value)
    with pytest.raises(ValueError, match=rf"DENIM_NUM_THREADS must be a positive integer.*Received: '{value}'"):
        native.num_threads()


def test_other_libraries_thread_limit_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DENIM_NUM_THREADS", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert native.num_threads() == 1
    monkeypatch.setenv("DENIM_NUM_THREADS", "3")
    assert native.num_threads() == 3


@pytest.mark.parametrize("isa", native.available_instruction_sets())
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 31, 32, 33, 257, 1000, 1025, 2**40 + 1])
def test_the_order_is_the_written_permutation(rows: int, isa: str) -> None:
    order = Permutation(rows, key=0x0123456789ABCDEF, epoch=2**33 + 5)
    encoded = (order.rows, order.round_keys().tolist(), *order.bits)
    for start, stop in [(0, min(rows, 1025)), (rows // 2, min(rows, rows // 2 + 300)), (rows - 1, rows)]:
        drawn = native._native.float32.permutation(encoded, start, stop, isa)
        assert drawn == order.indices(start, stop).tolist()


@pytest.mark.parametrize("width", [1, 7, 100, 515])
def test_the_dropout_mask_is_the_written_stream(width: int) -> None:
    draft = Draft()
    x = draft.dropout(draft.input(width), 0.4)
    y = draft.dense(x, 2)
    program = draft.program([Head(y, Loss("mean_squared_error"), 1.0, (), (2,))], SGD(), outputs=(x,))
    example = case_of("mask", program, seed=1, batch_size=5)
    state = example.fresh_state()
    state.iterations = 2**32 + 3
    executable = native.NativeExecutable(program)
    rows = example.feed.rows
    (masked,) = executable.predict(state, example.feed, batch_size=rows, training=True)
    site = program.nodes[x].stream.site
    words = stream_bits(state.key, site, state.iterations, 0, rows * width).reshape(rows, width)
    np.testing.assert_array_equal(masked == 0, words < drop_threshold(0.4))


INTERRUPTED = """
    import os, signal, sys, threading
    import numpy as np
    sys.path.insert(0, {folder!r})
    from programs import chain, case
    from denim.data.feed import Feed
    from denim.engines.native import NativeExecutable
    from denim.program.specs import RMSprop

    program = chain((784, 512, 512, 3), RMSprop())
    example = case("long", program, seed=0, batch_size=64)
    state = example.fresh_state()
    rows = 200_000
    feed = Feed(rows, (np.zeros((rows, 784), "uint8"),), (np.zeros(rows, "int32"),))
    executable = NativeExecutable(program)
    trains = threading.Event()

    def interrupt():
        trains.wait()
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    try:
        executable.train(state, feed, batch_size=64, progress=lambda done, totals: trains.set())
    except KeyboardInterrupt:
        print(state.iterations, bool(np.isfinite(state.parameters).all()))
"""


def test_ctrl_c_leaves_the_state_of_a_whole_step() -> None:
    code = textwrap.dedent(INTERRUPTED).format(folder=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    iterations, finite = done.stdout.split()
    assert 0 < int(iterations) < 3125
    assert finite == "True"


WITHIN_A_STEP = """
    import signal, sys
    import numpy as np
    sys.path.insert(0, {folder!r})
    from programs import chain, case
    from denim.data.feed import Feed
    from denim.engines.native import NativeExecutable
    from denim.program.specs import RMSprop

    program = chain((256, 2048, 2048, 3), RMSprop())
    example = case("huge", program, seed=0, batch_size=64)
    state = example.fresh_state()
    before = state.parameters.copy()
    rows = 30_000
    feed = Feed(rows, (np.zeros((rows, 256), "uint8"),), (np.zeros(rows, "int32"),))
    executable = NativeExecutable(program)
    reports = []
    signal.signal(signal.SIGALRM, signal.default_int_handler)  # the alarm clock presses Ctrl-C
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        getattr(executable, {run!r})(state, feed, batch_size=rows, progress=lambda done, totals: reports.append(done))
    except KeyboardInterrupt:
        print(state.iterations, bool((state.parameters == before).all()), reports)
    whole = case("small", program, seed=0, batch_size=64)
    executable.train(state, whole.feed, batch_size=64)
    fresh = whole.fresh_state()
    NativeExecutable(program).train(fresh, whole.feed, batch_size=64)
    print(bool((state.parameters == fresh.parameters).all()))
"""


@pytest.mark.parametrize("run", ["train", "evaluate"])
def test_ctrl_c_gives_up_the_step_in_hand(run: str) -> None:
    """A step that takes seconds is left at once; nothing of it is kept, and the plan goes on as a new one would."""
    code = textwrap.dedent(WITHIN_A_STEP).format(folder=str(Path(__file__).parent), run=run)
    alone = {**os.environ, "DENIM_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=alone, timeout=600
    )
    assert done.stdout.splitlines() == ["0 True []", "True"]


MANY_ROWS = """
    import signal, sys, time
    import numpy as np
    sys.path.insert(0, {folder!r})
    from programs import chain, case
    from denim.data.feed import Feed
    from denim.engines.native import NativeExecutable
    from denim.program.specs import RMSprop

    program = chain((64, 256, 3), RMSprop())
    example = case("many", program, seed=0, batch_size=64)
    rows = 200_000
    drawn = np.random.default_rng(0)
    feed = Feed(rows, (drawn.random((rows, 64), "float32"),), (drawn.integers(0, 3, rows, "int32"),))
    executable = NativeExecutable(program)
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    whole = example.fresh_state()
    executable.train(whole, feed, batch_size=rows)
    for press in range(1, 9):
        state = example.fresh_state()
        before = state.parameters.copy()
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.03 * press)
            executable.train(state, feed, batch_size=rows)
            time.sleep(60)
        except KeyboardInterrupt:
            print(bool((state.parameters == (whole.parameters if state.iterations else before)).all()))
"""


def test_ctrl_c_at_any_time_of_a_step_of_many_rows() -> None:
    """Their gradients are all made before the first weight changes; so nothing has, or the whole step is done."""
    code = textwrap.dedent(MANY_ROWS).format(folder=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600)
    assert done.stdout.splitlines() == ["True"] * 8


DAEMON = """
    import sys, threading
    import numpy as np
    sys.path.insert(0, {folder!r})
    from programs import chain, case
    from denim.data.feed import Feed
    from denim.engines.native import NativeExecutable
    from denim.program.specs import RMSprop

    program = chain((64, 512, 3), RMSprop())
    state = case("long", program, seed=0, batch_size=64).fresh_state()
    feed = Feed(20_000, (np.zeros((20_000, 64), "uint8"),), (np.zeros(20_000, "int32"),))
    executable = NativeExecutable(program)
    trains = threading.Event()

    def train():
        while True:
            executable.train(state, feed, batch_size=64, progress=lambda done, totals: trains.set())

    threading.Thread(target=train, daemon=True).start()
    trains.wait()
"""


def test_a_daemon_thread_in_a_run_lets_the_process_end() -> None:
    code = textwrap.dedent(DAEMON).format(folder=str(Path(__file__).parent))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_interrupted_prediction_always_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_NUM_THREADS", "2")
    case = GRID[0]
    executable, state = native.NativeExecutable(case.program, work_per_thread=1.0), case.fresh_state()
    rows = 20_000
    feed = Feed(rows, tuple(np.resize(x, (rows, *x.shape[1:])) for x in case.feed.inputs))

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for _ in range(30):
        with pytest.raises(KeyboardInterrupt):
            executable.predict(state, feed, batch_size=32, progress=stop)


def test_memory_does_not_grow_with_row_counts() -> None:
    case = GRID[0]
    executable, state = native.NativeExecutable(case.program), case.fresh_state()
    whole = executable.predict(state, case.feed, batch_size=32)[0]
    for rows in range(1, case.feed.rows):
        part = executable.predict(state, case.feed.slice(0, rows), batch_size=32)[0]
        assert np.array_equal(part, whole[:rows])


def test_running_again_from_a_progress_report_is_refused() -> None:
    case = GRID[0]
    executable, state = native.NativeExecutable(case.program), case.fresh_state()

    def again(*_: object) -> None:
        executable.evaluate(state, case.feed, batch_size=case.batch_size)

    with pytest.raises(RuntimeError, match="cannot run again from within its own progress report"):
        executable.evaluate(state, case.feed, batch_size=case.batch_size, progress=again)


def test_a_forked_child_can_run() -> None:
    case = GRID[0]
    executable, state = native.NativeExecutable(case.program, work_per_thread=1.0), case.fresh_state()
    want = executable.predict(state, case.feed, batch_size=32)[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of Python 3.12, about forking with threads
        child = os.fork()
    if child == 0:
        same = np.array_equal(executable.predict(state, case.feed, batch_size=32)[0], want)
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_clipped_nan_stays_nan() -> None:
    draft = Draft()
    output = draft.dense(draft.input(3), 2)
    for rule in (SGD(clipvalue=0.5), SGD(weight_decay=0.01)):
        program = draft.program([Head(output, Loss("mean_squared_error"), 1.0, (), (2,))], rule)
        example = case_of("nan", program, seed=1, batch_size=4)
        x = np.full_like(example.feed.inputs[0], np.nan)
        state = example.fresh_state()
        feed = Feed(example.feed.rows, (x,), example.feed.targets)
        native.NativeExecutable(program).train(state, feed, batch_size=4)
        assert all(np.isnan(view).all() for view in program.views(state.parameters))


def test_steps_outside_the_epoch_are_refused() -> None:
    case = GRID[0]
    for wrong in ({"first_step": -1}, {"batch_size": 0}):
        with pytest.raises(ValueError, match="batch size of at least 1 and a first step of at least 0"):
            native.NativeExecutable(case.program).train(
                case.fresh_state(), case.feed, **{"batch_size": case.batch_size, **wrong}
            )


def test_signals_of_other_kinds_are_delivered_while_training() -> None:
    case = GRID[0]
    seen = []
    before = signal.signal(signal.SIGUSR1, lambda *_: seen.append(True))
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        totals = native.NativeExecutable(case.program).train(case.fresh_state(), case.feed, batch_size=case.batch_size)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert isinstance(totals, Totals)
    assert seen
