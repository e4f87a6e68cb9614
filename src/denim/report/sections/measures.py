"""Metrics with their intervals, beside a baseline's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from denim.judging.numbers import number
from denim.report.markup import Child, Html, joined, scrolling, table
from denim.report.parts import note


@dataclass(frozen=True)
class Measure:
    """A metric. ``low`` and ``high``: its 95 % interval, None where there is none; ``baseline``: the baseline's."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    baseline: float | None = None

    @property
    def interval(self) -> str:
        """The interval as text; "" without one."""
        return "" if self.low is None or self.high is None else f"{number(self.low)} to {number(self.high)}"


def measures(found: Sequence[Measure], method: str, baseline: str = "baseline") -> Html:
    """The table. ``method``: how the intervals were made; ``baseline``: the name of its column."""
    compared = any(measure.baseline is not None for measure in found)
    rows: list[tuple[Child, ...]] = [
        (
            measure.name,
            number(measure.value),
            measure.interval,
            *(("" if measure.baseline is None else number(measure.baseline),) if compared else ()),
        )
        for measure in found
    ]
    head = ("metric", "value", "95% interval", *((baseline,) if compared else ()))
    return joined(scrolling(table(head, rows, class_="numbers measures"), "Metrics"), note(method))
