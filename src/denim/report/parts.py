"""Small parts that many sections have."""

from __future__ import annotations

from collections.abc import Iterable

from denim.report.markup import Child, Html, element, joined, scrolling, table


def lede(*children: Child) -> Html:
    """The answer in a sentence or two."""
    return element("p", *children, class_="lede")


def note(*children: Child) -> Html:
    """An explanation beside what it explains."""
    return element("p", *children, class_="note")


def warning(*children: Child) -> Html:
    """What the reader must not miss."""
    return element("p", *children, class_="warning", role="note")


def cards(figures: Iterable[tuple[str, str, str]]) -> Html:
    """The figures that one asks for first: the name, the value, and a few words on it."""
    return element(
        "dl",
        *(
            element("div", element("dt", name), element("dd", value), element("dd", words, class_="note"))
            for name, value, words in figures
        ),
        class_="figures",
    )


def facts(pairs: Iterable[tuple[str, str]], label: str) -> Html:
    """Names and values."""
    rows: list[tuple[Child, ...]] = list(pairs)
    return scrolling(table(("what", "value"), rows, class_="plain"), label)


def columns(*children: Child) -> Html:
    """Side by side where there is room."""
    return element("div", *children, class_="columns")


def folded(title: str, *children: Child, open: bool = False) -> Html:
    """What is shown when one asks for it."""
    return element("details", element("summary", title), *children, open=open)


def listed(names: list[Html]) -> Html:
    """As in "a, b and c"."""
    between = ["", *[", "] * (len(names) - 2), " and "][: len(names)]
    return joined(*(part for pair in zip(between, names, strict=True) for part in pair))


def counted(number: int, noun: str) -> str:
    """As in "1 epoch" and "5 epochs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
