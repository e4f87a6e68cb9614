"""What every engine is: compile a Program, then train, evaluate and predict whole stretches of steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from denim.data.feed import Feed
from denim.program.buffer import flat_buffer as flat_buffer
from denim.program.program import Program
from denim.program.random import Permutation
from denim.program.specs import Metric


@dataclass
class State:
    """Training state: passed to an engine, changed in place, and whole again whenever the call returns or raises.

    Attributes:
        parameters: the flat buffer, shape (program.size,), of the program's dtype.
        slots: the optimizer's, one flat buffer each in the order of ``program.optimizer.slots``.
        iterations: optimizer steps done so far.
        learning_rate: for the next steps.
        key: 64 bits from which this fit's dropout masks are drawn.
    """

    parameters: np.ndarray
    slots: tuple[np.ndarray, ...] = ()
    iterations: int = 0
    learning_rate: float = 0.001
    key: int = 0


@dataclass
class Totals:
    """Running sums of a stretch. Logs are ``sums / counts``.

    Entry 0 is the total loss, with regularizers; then, when the program has several heads, each head's own loss; then
    each head's metrics in order. A loss adds (batch value x batch rows, batch rows); a metric adds (sum of values,
    number of values), both multiplied by the sample weights where it is weighted. A metric whose values are a node's
    has an entry for each element of that node's last axis.
    """

    sums: np.ndarray
    counts: np.ndarray

    @classmethod
    def zeros(cls, program: Program) -> Totals:
        """Nothing counted yet."""
        n = totals_length(program)
        return cls(np.zeros(n, np.float64), np.zeros(n, np.float64))

    def means(self) -> list[float]:
        """Each entry's mean; 0.0 where nothing was counted."""
        return [s / c if c else 0.0 for s, c in zip(self.sums.tolist(), self.counts.tolist(), strict=True)]


def totals_length(program: Program) -> int:
    """Entries of this program's Totals."""
    heads = len(program.heads)
    widths = [metric_width(program, metric) for head in program.heads for metric in head.metrics]
    return 1 + (heads if heads > 1 else 0) + sum(widths)


def metric_width(program: Program, metric: Metric) -> int:
    """How many entries a metric has."""
    return 1 if metric.values is None else program.shapes[metric.values][-1]


Progress = Callable[[int, Totals | None], None]
"""Called every twentieth of a second or so, and after the last step, with the steps done in this call and the totals so
far (None from predict). It may raise: the engine stops after a whole step, leaves the state as of that step, and lets
the exception through. After a KeyboardInterrupt it is the step before, for the one in hand is given up: within 0.2 s,
but where a batch is so large that its gradients, once begun, take longer."""


FewRows = Callable[[Any], np.ndarray | None]
"""Predicts at little cost: called with an object that may be an array, it returns the rows of the one output, or None
for what it does not take (too many rows, another dtype or shape, an environment that has changed since it was made),
which ``predict`` must do then. The numbers are those of ``predict``, to the bit."""


class Executable(Protocol):
    """A compiled program."""

    program: Program

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
        """Run steps [first_step, last_step) of an epoch over ``feed``.

        Step i takes rows order[i * batch_size : (i + 1) * batch_size]; the last batch may be short. ``order`` None
        means the feed's own order. ``totals`` are added to, and returned. ``learning_rates``, one for each step of
        this call, takes the place of the state's: how a schedule is followed. ``captured``, one contiguous array of
        shape (rows of these steps, ...) for each of ``program.outputs``, is filled with what the steps' forward passes
        gave, in their order.
        """
        ...

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
        """Loss and metrics over ``feed`` in its own order; nothing of the state changes.

        ``captured`` as of ``train``.
        """
        ...

    def predict(
        self,
        state: State,
        feed: Feed,
        *,
        batch_size: int,
        training: bool = False,
        progress: Progress | None = None,
    ) -> list[np.ndarray]:
        """One array of shape (rows, ...) and the program's dtype for each of ``program.outputs``.

        ``training`` runs dropout too, with the masks of step ``state.iterations``; elements are numbered over all rows.
        """
        ...

    def few_rows(self, state: State, array_type: type[np.ndarray] = np.ndarray) -> FewRows | None:
        """A quick way to predict for few rows with these parameters, whatever is written into them later; or None.

        ``array_type`` is what it returns.
        """
        ...


class Engine(Protocol):
    """Compiles programs. Engines are stateless; ``name`` is what DENIM_ENGINE and ``denim info`` call it."""

    name: str

    def supports(self, program: Program) -> str | None:
        """None if this engine can run the program, else what it cannot, in a sentence."""
        ...

    def compile(self, program: Program) -> Executable:
        """The program ready to run; equal programs may share an executable."""
        ...


@dataclass
class Steps:
    """The batches of a stretch: how many steps an epoch has and which positions a step covers."""

    rows: int
    batch_size: int
    first: int = 0
    last: int | None = None
    stop: int = field(init=False)

    def __post_init__(self) -> None:
        if self.batch_size < 1 or self.first < 0:
            raise ValueError(
                "A stretch needs a batch size of at least 1 and a first step of at least 0. "
                f"Received: batch_size={self.batch_size}, first_step={self.first}"
            )
        total = -(-self.rows // self.batch_size)
        self.stop = total if self.last is None else min(self.last, total)

    def __iter__(self):  # type: ignore[no-untyped-def]
        for step in range(self.first, self.stop):
            yield step, step * self.batch_size, min((step + 1) * self.batch_size, self.rows)
