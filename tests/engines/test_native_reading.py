"""Arrays as they lie: whatever the dtype and the layout, the native engine reads the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from programs import Draft, chain

from denim.data.feed import Feed
from denim.engines.protocol import State
from denim.program.buffer import flat_buffer
from denim.program.program import Program
from denim.program.specs import SGD

native = pytest.importorskip("denim.engines.native", reason="the native engine is not built")

INTEGERS = ("bool", "uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "int64")
DTYPES = (*INTEGERS, "float16", "float32", "float64")
COLUMNS = 37
"""Not a whole number of vectors on any instruction set."""


def rows_of(dtype: str) -> np.ndarray:
    """The dtype's limits and numbers of all sizes between them; of half precision every finite number."""
    kind = np.dtype(dtype)
    rng = np.random.default_rng(3)
    if dtype == "float16":
        every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
        values = every[np.isfinite(every)]
    elif kind.kind == "f":
        values = rng.standard_normal(40 * COLUMNS) * 10.0 ** rng.uniform(-44, 37, 40 * COLUMNS)
    elif dtype == "bool":
        values = rng.random(40 * COLUMNS) < 0.5
    else:
        limits = np.iinfo(dtype)
        words = rng.integers(limits.min, limits.max, 40 * COLUMNS, dtype, endpoint=True)
        values = words >> rng.integers(0, limits.bits, words.size).astype(dtype)
        values[:2] = limits.min, limits.max
    whole = len(values) // COLUMNS * COLUMNS
    return np.asarray(values[:whole], dtype).reshape(-1, COLUMNS)


def read(program: Program, x: np.ndarray, **options: object) -> np.ndarray:
    """The program's one output."""
    executable = native.NativeExecutable(program, **options)
    return executable.predict(State(flat_buffer(program)), Feed(len(x), (x,)), batch_size=16)[0]


def plain() -> Program:
    draft = Draft()
    return draft.program([], None, outputs=(draft.input(COLUMNS),))


def scaled(**constants: float | tuple[float, ...]) -> Program:
    draft = Draft()
    return draft.program([], None, outputs=(draft.scaling(draft.input(COLUMNS), **constants),))


PER_FEATURE = tuple(0.1 + 0.01 * i for i in range(COLUMNS))
SCALINGS = {
    "by one number": {"scale": 1 / 255.0, "offset": -0.3},
    "by feature": {"shift": PER_FEATURE, "scale": PER_FEATURE[::-1], "offset": 0.7},
}


@pytest.mark.parametrize("isa", native.available_instruction_sets())
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_number_is_rounded_once(dtype: str, isa: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DENIM_ISA", isa)
    x = rows_of(dtype)
    np.testing.assert_array_equal(read(plain(), x), x.astype("float32"))


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_scaling_as_rows_are_read_changes_no_bit(dtype: str, scaling: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x, program = rows_of(dtype), scaled(**SCALINGS[scaling])
    monkeypatch.setenv("DENIM_ISA", "portable")
    want = read(program, x.astype("float32"), fuse=False)
    for isa in native.available_instruction_sets():
        monkeypatch.setenv("DENIM_ISA", isa)
        for fuse in (True, False):
            assert read(program, x, fuse=fuse).tobytes() == want.tobytes(), (isa, fuse)


def test_half_precision_keeps_what_is_not_finite() -> None:
    x = np.full((2, COLUMNS), np.inf, "float16")
    x[0] *= -1
    x[1, 5] = np.nan
    np.testing.assert_array_equal(read(plain(), x), x.astype("float32"))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    "layout",
    [
        lambda x: x[::-1],
        lambda x: np.repeat(x, 2, axis=0)[::2],
        lambda x: np.asfortranarray(x),
        lambda x: x.astype(x.dtype.newbyteorder()),
        lambda x: np.concatenate([x, x], axis=1)[:, :COLUMNS],
    ],
    ids=["backward", "every other row", "column order", "other byte order", "part of wider rows"],
)
def test_any_layout(layout: Callable[[np.ndarray], np.ndarray], dtype: str) -> None:
    x = rows_of(dtype)[:40]
    np.testing.assert_array_equal(read(plain(), layout(x)), layout(x).astype("float32"))


def test_weights_of_half_precision() -> None:
    program = chain((COLUMNS, 3), SGD())
    x, labels, weights = rows_of("uint8")[:9], np.arange(9, dtype="uint8") % 3, np.linspace(0, 2, 9).astype("float16")
    executable, state = native.NativeExecutable(program), State(flat_buffer(program))
    narrow, wide = (
        executable.evaluate(state, Feed(9, (x,), (labels,), (each,)), batch_size=4)
        for each in (weights, weights.astype("float32"))
    )
    np.testing.assert_array_equal(narrow.sums, wide.sums)
