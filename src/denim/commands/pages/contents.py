"""The page of ``denim show`` for data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from denim.commands.pages import rows
from denim.commands.showing.contents import Column, DataFacts, values_of
from denim.report.markup import Child, Html, element, joined, scrolling, table
from denim.report.page import Section, page
from denim.report.parts import cards, lede, note
from denim.report.sections.making import making
from denim.report.sections.preparation import decisions

_CLASSES, _OF_EACH, _ALONE = 20, 5, 30


def contents_page(found: DataFacts, content: Any, command: str) -> bytes:
    """The page as UTF-8. ``command``: that makes it again."""
    sections = []
    if found.columns:
        sections.append(Section("columns", "Columns", _columns(found)))
    if found.first:
        sections.append(Section("rows", "The first rows", _first(found)))
    if rows.picture_array(content) is not None:
        sections.append(Section("samples", "Samples", _samples(content)))
    if found.classes:
        sections.append(Section("classes", "Classes", _classes(found)))
    if found.decisions:
        told = joined(
            note("So ", element("code", "denim train"), " would prepare them, by all rows:"), decisions(found.decisions)
        )
        sections.append(Section("preparation", "What would be made of them", told))
    sections.append(Section("making", "How it was made", making(command, [("data", found.path)], ("results.json",))))
    return page(Path(found.path).name, "Data in denim", _summary(found), sections)


def _summary(found: DataFacts) -> Html:
    missing = sum(each.missing for each in found.columns)
    figures = [("rows", f"{found.rows:,}", found.kind)]
    if found.columns:
        numbers = sum(each.kind == "number" for each in found.columns)
        figures.append(("columns", f"{len(found.columns):,}", f"{numbers:,} of them numbers"))
        figures.append(("missing values", f"{missing:,}", f"of {found.rows * len(found.columns):,}"))
    if found.shape is not None:
        figures.append(("shape of a row", "×".join(map(str, found.shape)), found.dtype))
    if found.classes:
        figures.append(("classes", f"{len(found.classes):,}", f"{min(n for _, n in found.classes):,} rows at least"))
    told = lede(element("strong", f"{found.rows:,}"), f" rows in {found.path}.")
    return joined(told, cards(figures), *(note(sentence) for sentence in found.notes))


def _columns(found: DataFacts) -> Html:
    lines: list[tuple[Child, ...]] = [
        (each.name, each.kind, f"{each.missing:,}", f"{each.distinct:,}", values_of(each), _histogram(each))
        for each in found.columns
    ]
    drawn = element("span", "drawn", class_="unseen")
    head = ("column", "kind", "missing", "distinct", "values", drawn)
    return scrolling(table(head, lines, class_="numbers named told"), "Columns")


def _histogram(column: Column) -> Html | None:
    if not column.counts:
        return None
    most, width = max(column.counts), 100 / len(column.counts)
    bars = (
        element(
            "rect",
            x=f"{place * width:.1f}",
            y=f"{20 - 19 * count / most:.1f}",
            width=f"{max(width - 1, 0.5):.1f}",
            height=f"{19 * count / most:.1f}",
            class_="filled",
        )
        for place, count in enumerate(column.counts)
    )
    return element("svg", *bars, class_="whisker", viewBox="0 0 100 20", aria_hidden="true")


def _first(found: DataFacts) -> Html:
    head = ("row", *(each.name for each in found.columns))
    lines: list[tuple[Child, ...]] = [(str(number), *row) for number, row in enumerate(found.first, 1)]
    return scrolling(table(head, lines, class_="numbers"), "The first rows")


def _samples(content: Any) -> Html:
    labels = getattr(content, "labels", None)
    labels = getattr(content, "y", None) if labels is None else labels
    if labels is None or labels.reshape(len(labels), -1).shape[1] != 1 or labels.dtype.kind == "f":
        shown = (rows.picture(content, place, f"row {place + 1:,}") for place in range(min(_ALONE, len(content))))
        return element("div", *(element("figure", each, class_="card") for each in shown), class_="cards sixes tiles")
    labels = labels.reshape(-1)
    groups = []
    for value in np.unique(labels)[:_CLASSES].tolist():
        places = np.flatnonzero(labels == value)[:_OF_EACH].tolist()
        strip = (rows.picture(content, place, f"{value}, row {place + 1:,}") for place in places)
        caption = element("figcaption", str(value))
        groups.append(element("figure", caption, element("div", *strip, class_="strip"), class_="card"))
    return element("div", *groups, class_="cards fives samples")


def _classes(found: DataFacts) -> Html:
    lines: list[tuple[Child, ...]] = [
        (name, f"{count:,}", f"{count / found.rows:.1%}") for name, count in found.classes
    ]
    return scrolling(table(("class", "rows", "share"), lines, class_="numbers"), "Classes")
