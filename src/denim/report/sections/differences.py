"""Which differences between models are more than noise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from denim.report.markup import Child, Html, element, scrolling, table


@dataclass(frozen=True)
class Difference:
    """Model ``first``, the better one, against ``second``.

    Attributes:
        value: the difference, above 0 where the first one is better.
        interval: its 95 % interval.
        more_than_noise: the verdict.
        p_value: of the test, as it is.
        adjusted_p_value: after the correction for the number of pairs.
        counted: what else is told of the pair, by the name of its column.
    """

    first: str
    second: str
    value: float
    interval: tuple[float, float]
    more_than_noise: bool
    p_value: float
    adjusted_p_value: float
    counted: tuple[tuple[str, str], ...] = ()


def verdict(more_than_noise: bool) -> str:
    """In words."""
    return "more than noise" if more_than_noise else "within noise"


def differences(pairs: Iterable[Difference], label: str, measured: str, form: str = "+.2f") -> Html:
    """The table of all pairs. ``measured``: the name of its column of differences; ``form``: of its numbers."""
    pairs = list(pairs)
    reach = max((abs(end) for pair in pairs for end in pair.interval), default=0.0) or 1.0
    rows: list[tuple[Child, ...]] = []
    for pair in pairs:
        low, high = pair.interval
        rows.append(
            (
                f"{pair.first} {'over' if pair.value else 'level with'} {pair.second}",
                element(
                    "span", verdict(pair.more_than_noise), class_="verdict sure" if pair.more_than_noise else "verdict"
                ),
                format(pair.value, form),
                f"{low:{form}} to {high:{form}}",
                _whisker(low, pair.value, high, reach),
                *(told for _, told in pair.counted),
                _p(pair.p_value),
                _p(pair.adjusted_p_value),
            )
        )
    head = (
        "pair",
        "verdict",
        measured,
        "95% interval",
        element("span", "drawn around 0", class_="unseen"),
        *(name for name, _ in (pairs[0].counted if pairs else ())),
        "p",
        "p, Holm",
    )
    return scrolling(table(head, rows, class_="numbers judged", id="comparisons"), label)


def _whisker(low: float, middle: float, high: float, reach: float) -> Html:
    """The interval beside a line at zero. The numbers say the same, so readers of the screen do without it."""
    at = [f"{50 + 46 * value / reach:.1f}" for value in (low, middle, high)]
    return element(
        "svg",
        element("line", x1="50", x2="50", y1="0", y2="20", class_="zero"),
        element("line", x1=at[0], x2=at[2], y1="10", y2="10", class_="reach"),
        element("circle", cx=at[1], cy="10", r="3.5", class_="point"),
        class_="whisker",
        viewBox="0 0 100 20",
        aria_hidden="true",
    )


def _p(value: float) -> str:
    if value >= 0.0001:
        return f"{value:.4f}"
    return f"{value:.0e}" if value > 1e-16 else "< 1e-16"
