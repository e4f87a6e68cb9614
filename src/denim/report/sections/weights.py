"""Weights as pictures: what each unit of a layer looks for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from denim.report import pictures
from denim.report.markup import Html, element

ORANGE = element("span", "orange", class_="above")
BLUE = element("span", "blue", class_="below")
"""The inks of weights above and below zero, by name."""


def strongest(images: np.ndarray) -> float:
    """The weight that has the full colour: the largest, whatever its sign; 1 if all are 0."""
    return float(np.abs(images).max()) or 1.0


def weights(images: np.ndarray, names: Sequence[str], alts: Sequence[str], in_a_row: str) -> Html:
    """Each unit's picture above its name, all on one scale of colours.

    Args:
        images: shape (units, height, width).
        names: of the units.
        alts: what each picture shows, in words.
        in_a_row: "fives" or "tens".
    """
    limit = strongest(images)
    units = (
        element("figure", pictures.weights(image, limit, alt), element("figcaption", name), class_="card")
        for image, name, alt in zip(images, names, alts, strict=True)
    )
    return element("div", *units, class_=f"cards {in_a_row} tiles")
