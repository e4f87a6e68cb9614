"""How the networks learned."""

from __future__ import annotations

import numpy as np

from denim.study import pictures
from denim.study.findings import Findings
from denim.study.markup import Child, Html, element, joined, scrolling, table
from denim.study.sections.parts import image
from denim.viz.weights import images


def curves(findings: Findings) -> Html:
    """Loss and accuracy over the epochs, drawn and as numbers."""
    models = [outcome.found for outcome in findings.outcomes]
    keys = ("loss", "val_loss", "accuracy", "val_accuracy")
    rows: list[tuple[Child, ...]] = [
        (model.name, str(epoch + 1), *(f"{model.history[key][epoch]:.4f}" for key in keys))
        for model in models
        for epoch in range(len(model.history["loss"]))
    ]
    head = ("model", "epoch", "loss", "validation loss", "accuracy", "validation accuracy")
    return joined(
        element(
            "div",
            *(element("figure", panel, class_="curve") for panel in pictures.curve_panels(models)),
            class_="columns",
        ),
        element(
            "p",
            "Training values are means over the epoch while the weights still change; validation follows the epoch. So "
            "validation can be the better one in the first epochs.",
            class_="note",
        ),
        element(
            "details",
            element("summary", "The numbers"),
            scrolling(table(head, rows, class_="numbers"), "Learning curves in numbers"),
        ),
    )


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
                image(
                    pictures.weights(picture, limit), f"Weights of {outcome.found.name} for {name}", shape, "weights"
                ),
                element("figcaption", name),
                class_="card",
            )
            for name, picture in zip(findings.pictures.class_names, drawn, strict=True)
        ]
        parts += [
            element(
                "p",
                f"{outcome.found.name} has one weight for each pixel and class. Ink in an ",
                element("span", "orange", class_="above"),
                " pixel speaks for the class, ink in a ",
                element("span", "blue", class_="below"),
                f" one against it. The strongest colour is a weight of ±{limit:.2f}; no colour is a weight of 0.",
                class_="note",
            ),
            element("div", *cards, class_="cards fives tiles"),
        ]
    return joined(*parts)
