"""The native engine: the C++ runner, given a Program in plain numbers and a feed as addresses."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from denim.data.arrays import fed
from denim.data.feed import Feed
from denim.engines import _native
from denim.engines.checks import (
    check_arrays,
    check_captured,
    check_feed,
    check_learning_rates,
    check_state,
    check_training,
)
from denim.engines.encoding import encode, precision
from denim.engines.limits import lacking, layers_in_formulas
from denim.engines.protocol import FewRows, Progress, State, Steps, Totals
from denim.engines.threads import num_threads
from denim.program.nodes import BatchReduce
from denim.program.program import Program
from denim.program.random import Permutation

__all__ = ["NativeEngine", "available_instruction_sets", "instruction_set", "num_threads"]

_SETTINGS = "DENIM_"
"""How the names of the environment variables begin that each call follows or checks."""
_ELEMENTS = {
    np.dtype(name): number
    for number, name in enumerate(
        (
            "uint8",
            "float32",
            "float64",
            "int32",
            "int64",
            "float16",
            "int8",
            "int16",
            "uint16",
            "uint32",
            "uint64",
        )
    )
}


def available_instruction_sets() -> list[str]:
    """Instruction sets that this build and this CPU have, the preferred one first."""
    return list(_native.float32.available_instruction_sets())


def instruction_set() -> str:
    """The instruction set in use: ``DENIM_ISA``'s, else the preferred one.

    Raises:
        ValueError: DENIM_ISA names one that is not there.
    """
    return str(_native.float32.preferred_instruction_set(os.environ.get("DENIM_ISA", "")))


class NativeEngine:
    """C++ kernels for the instruction set in use."""

    name = "native"

    def supports(self, program: Program) -> str | None:
        """What is not native, or None."""
        return lacking(program)

    def compile(self, program: Program) -> NativeExecutable:
        """The plan itself is made at the first run, when the batch size is known."""
        return NativeExecutable(program)


class NativeExecutable:
    """A program planned by the C++ runner.

    ``options`` are the runner's (native/plan/plan.hpp), for tests: they never change a bit.
    """

    def __init__(self, program: Program, **options: Any) -> None:
        self.program = program
        self._encoded = encode(program)
        self._options = options
        self._runners: dict[str, _native._Runner] = {}

    @property
    def runner(self) -> _native._Runner:
        """The runner for the instruction set in use."""
        isa = os.environ.get("DENIM_ISA", "")
        if isa not in self._runners:
            self._runners[isa] = precision(self.program).Runner(self._encoded, isa, **self._options)
        return self._runners[isa]

    def train(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        order: Permutation | None = None,
        first_step: int = 0,
        last_step: int | None = None,
        totals: Totals | None = None,
        progress: Progress | None = None,
        learning_rates: np.ndarray | None = None,
        captured: Sequence[np.ndarray] | None = None,
    ) -> Totals:
        check_training(self.program)
        check_state(self.program, state)
        check_feed(self.program, feed)
        totals = totals or Totals.zeros(self.program)
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        check_learning_rates(learning_rates, steps)
        check_captured(self.program, captured, steps)
        arrays, columns = _columns(self.program, feed)
        handle = _handle(self.program, state)
        try:
            self.runner.train(
                handle,
                columns,
                _order(order),
                batch_size,
                first_step,
                steps.stop,
                num_threads(),
                totals.sums,
                totals.counts,
                _callback(progress, totals),
                None if learning_rates is None else np.array(learning_rates, self.program.dtype),
                _addresses(captured),
            )
        finally:
            state.iterations = handle.iterations
            del arrays
        return totals

    def evaluate(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        first_step: int = 0,
        last_step: int | None = None,
        totals: Totals | None = None,
        progress: Progress | None = None,
        captured: Sequence[np.ndarray] | None = None,
    ) -> Totals:
        check_state(self.program, state, slots=False)
        check_feed(self.program, feed)
        totals = totals or Totals.zeros(self.program)
        steps = Steps(feed.rows, batch_size, first_step, last_step)
        check_captured(self.program, captured, steps)
        arrays, columns = _columns(self.program, feed)
        self.runner.evaluate(
            _handle(self.program, state),
            columns,
            batch_size,
            first_step,
            steps.stop,
            num_threads(),
            totals.sums,
            totals.counts,
            _callback(progress, totals),
            _addresses(captured),
        )
        del arrays
        return totals

    def predict(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        training: bool = False,
        progress: Progress | None = None,
    ) -> list[np.ndarray]:
        check_state(self.program, state, slots=False)
        check_arrays(self.program, feed, targets=False)
        shapes = [self.program.shapes[output] for output in self.program.outputs]
        outputs = [np.empty((feed.rows, *shape), self.program.dtype) for shape in shapes]
        arrays, columns = _columns(self.program, feed)

        def rows_done(rows: int) -> None:
            if progress is not None:
                progress(-(-rows // batch_size), None)

        if feed.rows:
            handle = _handle(self.program, state)
            self.runner.predict(handle, columns, batch_size, training, num_threads(), _addresses(outputs), rows_done)
        del arrays
        return outputs

    def few_rows(self, state: State, array_type: type[np.ndarray] = np.ndarray) -> FewRows | None:
        program = self.program
        if len(program.inputs) != 1 or len(program.outputs) != 1 or program.always_draws or layers_in_formulas(program):
            return None
        if any(isinstance(node, BatchReduce) for node in program.nodes):
            return None
        check_state(program, state, slots=False)
        few = precision(program).FewRows(
            self.runner,
            _handle(program, State(state.parameters)),
            program.shapes[program.inputs[0]],
            program.shapes[program.outputs[0]],
            array_type,
            _SETTINGS,
        )
        return few.predict


def _addresses(arrays: Sequence[np.ndarray] | None) -> list[int]:
    return [array.ctypes.data for array in arrays or ()]


def _handle(program: Program, state: State) -> _native._State:
    return precision(program).State(
        state.parameters, list(state.slots), state.iterations, state.learning_rate, state.key
    )


def _order(order: Permutation | None) -> tuple[int, list[int], int, int] | None:
    return None if order is None else (order.rows, order.round_keys().tolist(), *order.bits)


def _callback(progress: Progress | None, totals: Totals) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress(done, totals)


def _columns(program: Program, feed: Feed) -> tuple[list[np.ndarray], _native._Feed]:
    """The arrays a call must keep alive, and (rows, inputs, targets, weights) as the runner reads them."""
    kept: list[np.ndarray] = []

    def column(array: np.ndarray | None) -> tuple[int, int, int]:
        if array is None:
            return (0, 0, 0)
        array = fed(array)
        kept.append(array)
        return (array.ctypes.data, array.strides[0], _ELEMENTS[array.dtype])

    wide = [None if each is None else _weight(each) for each in feed.weights]
    inputs, targets, weights = ([column(each) for each in part] for part in (feed.inputs, feed.targets, wide))
    return kept, (feed.rows, inputs, targets, weights)


def _weight(array: np.ndarray) -> np.ndarray:
    """Weights are read one by one, which half precision is not."""
    return array.astype(np.float32) if array.dtype == np.float16 else array
