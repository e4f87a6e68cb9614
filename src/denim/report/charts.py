"""Charts as SVG within a page: text in the page's font, colours from the page's style sheet, no library needed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from denim.report.markup import Html, element, joined

SERIES = 7
"""How many colours the style sheet has for series."""

_WIDTH, _HEIGHT = 400.0, 290.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 10.0, 10.0, 42.0
_DIGIT, _BESIDE = 7.2, 24.0
"""The room that a digit of a number beside the upright axis takes, and that of the axis's own words with all gaps."""
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Span:
    """The numbers along one axis. ``whole``: only whole numbers are labelled."""

    low: float
    high: float
    label: str
    whole: bool = False

    @classmethod
    def around(cls, values: Iterable[float], label: str, *, margin: float = 0.04, whole: bool = False) -> Span:
        """What holds all finite ``values``, with a margin that is a share of it."""
        finite = [value for value in values if math.isfinite(value)]
        low, high = (min(finite), max(finite)) if finite else (0.0, 1.0)
        room = (high - low) * margin or abs(high) * margin or 0.5
        return cls(low - room, high + room, label, whole)

    def share(self, value: float) -> float:
        """Where ``value`` is, from 0 at the low end to 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    def ticks(self, about: int = 5) -> list[float]:
        """Round numbers within it."""
        least = (self.high - self.low) / about
        power = 10.0 ** math.floor(math.log10(least))
        step = next(power * step for step in _STEPS if power * step >= least * 0.999)
        step = max(1.0, round(step)) if self.whole else step
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [number * step for number in range(first, last + 1)]


@dataclass(frozen=True)
class Frame:
    """Two axes; its methods make marks between them."""

    x: Span
    y: Span

    def chart(self, alt: str, *marks: Html) -> Html:
        """The chart. ``alt`` tells in words what it shows."""
        box = f"0 0 {_WIDTH:g} {_HEIGHT:g}"
        return element("svg", self._axes(), *marks, viewBox=box, role="img", aria_label=alt, class_="chart")

    def line(self, points: Points, series: int = 1, class_: str | None = None) -> Html:
        """A line through the finite ones of ``points``."""
        return element("polyline", points=" ".join(self._at(points)), class_=class_, style=_stroke(series), fill="none")

    def dots(self, points: Points, series: int = 1, class_: str = "dots") -> Html:
        """A dot for each of ``points``: one path, so that thousands of them stay a small page."""
        return element(
            "path", d="".join(f"M{place}h0" for place in self._at(points)), class_=class_, style=_stroke(series)
        )

    def rising(self) -> Html:
        """The line on which both are equal."""
        low, high = max(self.x.low, self.y.low), min(self.x.high, self.y.high)
        return self._rule((low, low), (high, high))

    def level(self, value: float) -> Html:
        """A line across at ``value``."""
        return self._rule((self.x.low, value), (self.x.high, value))

    def bars(self, edges: Sequence[float], heights: Sequence[float], series: int = 1, class_: str = "bar") -> Html:
        """A bar from 0 between each two neighbours of ``edges``; ``heights`` are one fewer."""
        drawn = []
        for left, right, height in zip(edges, edges[1:], heights, strict=False):
            x, end = self._across(left), self._across(right)
            top, foot = sorted((self._down(height), self._down(0.0)))
            drawn.append(
                element(
                    "rect",
                    x=f"{x + 0.5:.1f}",
                    y=f"{top:.1f}",
                    width=f"{max(end - x - 1, 0.5):.1f}",
                    height=f"{foot - top:.1f}",
                    class_=class_,
                    style=f"fill: var(--series-{series})",
                )
            )
        return joined(*drawn)

    def reach(self, x: float, low: float, high: float, series: int = 1) -> Html:
        """An interval of the upright axis, at ``x``."""
        ends = [f"{place:.1f}" for place in (self._across(x), self._down(low), self._down(high))]
        return element("line", x1=ends[0], x2=ends[0], y1=ends[1], y2=ends[2], class_="reach", style=_stroke(series))

    def _axes(self) -> Html:
        foot, right = _HEIGHT - _BOTTOM, _WIDTH - _RIGHT
        parts = []
        for value, told in _told(self.y):
            y = f"{self._down(value):.1f}"
            parts.append(element("line", x1=f"{self._left:g}", x2=f"{right:g}", y1=y, y2=y, class_="grid"))
            parts.append(_text(told, self._left - 6, self._down(value) + 4, "end"))
        for value, told in _told(self.x):
            parts.append(_text(told, self._across(value), foot + 16, "middle"))
        parts.append(
            element("line", x1=f"{self._left:g}", x2=f"{right:g}", y1=f"{foot:g}", y2=f"{foot:g}", class_="axis")
        )
        parts.append(_text(self.x.label, (self._left + right) / 2, _HEIGHT - 6, "middle"))
        turned = f"rotate(-90 12 {(_TOP + foot) / 2:g})"
        parts.append(_text(self.y.label, 12, (_TOP + foot) / 2, "middle", transform=turned))
        return joined(*parts)

    @cached_property
    def _left(self) -> float:
        """Where the upright axis is: further in where its numbers are long."""
        return max(_LEFT, _BESIDE + _DIGIT * max((len(told) for _, told in _told(self.y)), default=0))

    def _rule(self, start: tuple[float, float], end: tuple[float, float]) -> Html:
        (x1, y1), (x2, y2) = (place.split(",") for place in self._at((start, end)))
        return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_="rule")

    def _at(self, points: Points) -> list[str]:
        return [
            f"{self._across(x):.1f},{self._down(y):.1f}" for x, y in points if math.isfinite(x) and math.isfinite(y)
        ]

    def _across(self, value: float) -> float:
        return self._left + (_WIDTH - self._left - _RIGHT) * self.x.share(value)

    def _down(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * self.y.share(value)


def legend(entries: Iterable[tuple[str, int | None, str]]) -> Html:
    """What the marks mean: the words, the number of the series or None for the text's colour, and the mark's class."""
    keys = []
    for words, series, class_ in entries:
        line = element("line", x1="0", x2="26", y1="5", y2="5", class_=class_, style=_stroke(series))
        keys.append(element("li", element("svg", line, viewBox="0 0 26 10", aria_hidden="true"), words))
    return element("ul", *keys, class_="legend")


def series(number: int) -> int:
    """The colour of the ``number``-th series from 0: they begin anew when there are too many."""
    return number % SERIES + 1


def _stroke(series: int | None) -> str:
    return "stroke: currentColor" if series is None else f"stroke: var(--series-{series})"


def _text(words: str, x: float, y: float, anchor: str, **more: str) -> Html:
    return element("text", words, x=f"{x:.1f}", y=f"{y:.1f}", text_anchor=anchor, **more)


def _told(span: Span) -> list[tuple[float, str]]:
    """Each tick with its number, all of them with as many digits as tell them apart."""
    ticks = span.ticks()
    largest = max((abs(tick) for tick in ticks), default=0.0)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    if largest >= 1e6 or step < 1e-4:
        return [(tick, f"{tick:.3g}") for tick in ticks]
    decimals = next(digits for digits in range(7) if math.isclose(step, round(step, digits), rel_tol=1e-6))
    return [(tick, f"{tick:,.{decimals}f}") for tick in ticks]
