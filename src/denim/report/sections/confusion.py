"""The confusion matrix: which class was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from denim.report.markup import Html, element, scrolling
from denim.report.parts import note

_ERRORS_STRONGER = 3
"""Errors are far fewer than hits, so their colour is that much stronger."""


def key(rows: str = "rows") -> Html:
    """How to read a matrix. ``rows``: what is counted."""
    return note(
        f"Rows are the true class, columns what the model said, by class number; each cell counts {rows}. Colour "
        f"is the share of the row: hits in blue, errors in orange and {_ERRORS_STRONGER} times as strong."
    )


def matrix(name: str, counts: np.ndarray, class_names: Sequence[str]) -> Html:
    """``counts`` of each true class (first axis) taken for each class (second), shape (classes, classes)."""
    head = element(
        "tr",
        element("th", element("span", "true class", class_="unseen"), scope="col"),
        *(
            element("th", element("abbr", str(number), title=label), scope="col")
            for number, label in enumerate(class_names)
        ),
    )
    rows = []
    for number, (label, row) in enumerate(zip(class_names, counts, strict=True)):
        cells = [_cell(int(value), value / max(row.sum(), 1), column == number) for column, value in enumerate(row)]
        told = label if label == str(number) else f"{number} {label}"
        rows.append(element("tr", element("th", told, scope="row"), *cells))
    caption = element("caption", name, " ", element("small", _worst(counts, class_names)))
    content = element("table", caption, element("thead", head), element("tbody", *rows), class_="confusion")
    return scrolling(content, f"Confusion matrix of {name}")


def _cell(value: int, share: float, hit: bool) -> Html:
    strength = share if hit else min(1.0, share * _ERRORS_STRONGER)
    kind = ("hit" if hit else "error") + (" deep" if hit and strength > 0.55 else "") + ("" if value else " none")
    return element("td", f"{value:,}", class_=kind, style=f"--share:{strength:.3f}" if value else None)


def _worst(counts: np.ndarray, class_names: Sequence[str]) -> str:
    errors = counts - np.diag(counts.diagonal())
    true, predicted = divmod(int(errors.argmax()), len(errors))
    if not errors[true, predicted]:
        return "no error"
    return f"most often: {class_names[true]} taken for {class_names[predicted]}, {errors[true, predicted]:,} times"
