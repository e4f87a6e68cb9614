"""What was made of the data before the model saw them."""

from __future__ import annotations

from collections.abc import Sequence

from denim.report.markup import Html, element, joined
from denim.report.parts import folded, note


def preparation(said: Sequence[str], features: Sequence[str] = ()) -> Html:
    """The decisions, each a sentence, and the names of the columns that came of them."""
    return joined(
        decisions(said),
        folded(f"The {len(features):,} columns that the model sees", element("p", ", ".join(features), class_="names"))
        if features
        else None,
        note("All of this was decided on the training rows, is kept in the model's file, and is applied to new rows."),
    )


def decisions(said: Sequence[str]) -> Html:
    """The decisions alone."""
    return element("ul", *(element("li", decision) for decision in said), class_="decisions")
