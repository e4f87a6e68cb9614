"""How the networks learned."""

from __future__ import annotations

from denim.report.markup import Html, joined
from denim.report.parts import note
from denim.report.sections import curves as shared
from denim.report.sections import weights as pictured
from denim.report.sections.weights import BLUE, ORANGE, strongest
from denim.study.findings import Findings
from denim.viz.weights import images


def curves(findings: Findings) -> Html:
    """Loss and accuracy over the epochs, drawn and as numbers."""
    return shared.curves({outcome.found.name: outcome.found.history for outcome in findings.outcomes})


def weights(findings: Findings) -> Html:
    """What the softmax layer looks for in each class."""
    shape, names = findings.pictures.train_input.shape[1:], findings.pictures.class_names
    direct = [outcome for outcome in findings.outcomes if len(outcome.model.get_weights()) == 2]
    parts = []
    for outcome in direct:
        drawn = images(outcome.model.get_weights()[0], shape)
        alts = [f"Weights of {outcome.found.name} for {name}" for name in names]
        parts += [
            note(
                f"{outcome.found.name} has one weight for each pixel and class. Ink in an ",
                ORANGE,
                " pixel speaks for the class, ink in a ",
                BLUE,
                f" one against it. The strongest colour is a weight of ±{strongest(drawn):.2f}; "
                "no colour is a weight of 0.",
            ),
            pictured.weights(drawn, names, alts, "fives"),
        ]
    return joined(*parts)
