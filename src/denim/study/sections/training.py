"""How the networks learned."""

from __future__ import annotations

import numpy as np

from denim.report import pictures
from denim.report.markup import Html, element, joined
from denim.report.parts import note
from denim.report.sections import curves as shared
from denim.study.findings import Findings
from denim.viz.weights import images


def curves(findings: Findings) -> Html:
    """Loss and accuracy over the epochs, drawn and as numbers."""
    return shared.curves({outcome.found.name: outcome.found.history for outcome in findings.outcomes})


def weights(findings: Findings) -> Html:
    """What the softmax layer looks for in each class."""
    shape = findings.pictures.train_input.shape[1:]
    direct = [outcome for outcome in findings.outcomes if len(outcome.model.get_weights()) == 2]
    parts = []
    for outcome in direct:
        drawn = images(outcome.model.get_weights()[0], shape)
        limit = float(np.abs(drawn).max()) or 1.0
        cards = [
            element(
                "figure",
                pictures.weights(picture, limit, f"Weights of {outcome.found.name} for {name}"),
                element("figcaption", name),
                class_="card",
            )
            for name, picture in zip(findings.pictures.class_names, drawn, strict=True)
        ]
        parts += [
            note(
                f"{outcome.found.name} has one weight for each pixel and class. Ink in an ",
                element("span", "orange", class_="above"),
                " pixel speaks for the class, ink in a ",
                element("span", "blue", class_="below"),
                f" one against it. The strongest colour is a weight of ±{limit:.2f}; no colour is a weight of 0.",
            ),
            element("div", *cards, class_="cards fives tiles"),
        ]
    return joined(*parts)
