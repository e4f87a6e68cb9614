"""Where a fit was stopped by Ctrl-C."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Stops:
    """Adds to a KeyboardInterrupt, as a note below the traceback, how far a fit has come and how it goes on.

    Args:
        epochs: the number of the last epoch.
        steps: batches an epoch, None where that is unknown.
        counter: the optimizer's count of steps, a variable.
    """

    def __init__(self, epochs: int, steps: int | None, counter: Any) -> None:
        self._epochs = epochs
        self._steps = steps
        self._counter = counter
        self._epoch: int | None = None
        self._first = 0

    def at(self, epoch: int, count: int) -> None:
        """An epoch, the first being 0, begins; the counter is, or was at its first batch, at ``count``."""
        self._epoch, self._first = epoch, count

    @contextmanager
    def told(self) -> Iterator[None]:
        """Within, a KeyboardInterrupt gets the note. Python before 3.11 knows no notes."""
        try:
            yield
        except KeyboardInterrupt as interrupt:
            if self._epoch is not None and hasattr(interrupt, "add_note"):
                interrupt.add_note(self._note(self._epoch + 1, int(self._counter.value) - self._first))
            raise

    def _note(self, epoch: int, done: int) -> str:
        """What is told; ``epoch`` is that of the user's screen, from 1."""
        whole = done == self._steps
        after = "its last batch" if whole else f"batch {done}" + (f" of {self._steps}" if self._steps else "")
        where = f"after {after}" if done else "before its first batch"
        on = epoch if whole else epoch - 1
        told = f"Stopped in epoch {epoch} of {self._epochs}, {where}. The model keeps what it has learnt"
        if on >= self._epochs:
            return f"{told}."
        if not on:
            return f"{told}: another fit goes on from there."
        begins = "goes on with the next epoch" if whole else f"begins epoch {epoch} anew"
        return f"{told}; fit(..., initial_epoch={on}) {begins}."
