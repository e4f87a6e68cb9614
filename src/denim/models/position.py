"""Where a fit is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from denim.engines.protocol import Totals


@dataclass
class Position:
    """The next step of a fit, and where its random numbers come from. With the variables' values, that is all it needs.

    ``fit`` goes by its model's position; a callback that moves it in ``on_train_begin`` lets the fit begin there.

    Attributes:
        key: 64 bits that the order of every epoch and every dropout mask follow from.
        epoch: the epoch that is under way or begins next, the first being 0.
        step: the steps of it that are done.
        totals: their loss and metrics; None at an epoch's begin.
    """

    key: int = 0
    epoch: int = 0
    step: int = 0
    totals: Totals | None = None

    def copy(self) -> Position:
        """As it is now, whatever is trained later."""
        totals = None if self.totals is None else Totals(self.totals.sums.copy(), self.totals.counts.copy())
        return replace(self, totals=totals)

    def go_to(self, other: Position) -> None:
        """Be at the other's place."""
        vars(self).update(vars(other.copy()))
