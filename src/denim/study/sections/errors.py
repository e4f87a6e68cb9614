"""What the networks got wrong."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from denim.study.findings import Findings
from denim.study.markup import Html, element, joined, scrolling
from denim.study.networks import Outcome
from denim.study.sections.parts import counted, ink
from denim.viz.confusion import counts
from denim.viz.grids import most_confident, percent

_MISTAKES = 12
_ERRORS_STRONGER = 3
"""Errors are far fewer than hits, so their colour is that much stronger in the confusion matrix."""


def confusion(findings: Findings) -> Html:
    """Which class was taken for which, model by model."""
    key = element(
        "p",
        "Rows are the true class, columns what the model said, by class number; each cell counts test pictures. Colour "
        f"is the share of the row: hits in blue, errors in orange and {_ERRORS_STRONGER} times as strong.",
        class_="note",
    )
    matrices = [_matrix(findings, outcome) for outcome in findings.outcomes]
    return joined(key, element("div", *matrices, class_="columns"))


def mistakes(findings: Findings) -> Html:
    """What each model got wrong with the highest probability."""
    parts: list[Html] = [
        element(
            "p",
            "Test pictures that were taken for something else, the surest first, with the probability that the model "
            "gave its wrong answer.",
            class_="note",
        )
    ]
    first = findings.leaders[0]
    ordered = sorted(findings.outcomes, key=lambda outcome: outcome is not first)
    parts += [
        element(
            "details",
            element("summary", _told_mistakes(findings, outcome)),
            element("div", *_mistake_cards(findings, outcome), class_="cards sixes tiles"),
            open=outcome is first,
        )
        for outcome in ordered
    ]
    return joined(*parts)


def _matrix(findings: Findings, outcome: Outcome) -> Html:
    names = findings.pictures.class_names
    predicted = outcome.probabilities.argmax(axis=1)
    matrix = counts(findings.split.test_target, predicted, len(names))
    head = element(
        "tr",
        element("th", element("span", "true class", class_="unseen"), scope="col"),
        *(element("th", element("abbr", str(number), title=name), scope="col") for number, name in enumerate(names)),
    )
    rows = []
    for number, (name, row) in enumerate(zip(names, matrix, strict=True)):
        cells = [_cell(int(value), value / max(row.sum(), 1), column == number) for column, value in enumerate(row)]
        label = name if name == str(number) else f"{number} {name}"
        rows.append(element("tr", element("th", label, scope="row"), *cells))
    caption = element("caption", outcome.found.name, " ", element("small", _worst(matrix, names)))
    content = element("table", caption, element("thead", head), element("tbody", *rows), class_="confusion")
    return scrolling(content, f"Confusion matrix of {outcome.found.name}")


def _cell(value: int, share: float, hit: bool) -> Html:
    strength = share if hit else min(1.0, share * _ERRORS_STRONGER)
    kind = ("hit" if hit else "error") + (" deep" if hit and strength > 0.55 else "") + ("" if value else " none")
    return element("td", f"{value:,}", class_=kind, style=f"--share:{strength:.3f}" if value else None)


def _worst(matrix: np.ndarray, names: tuple[str, ...]) -> str:
    errors = matrix - np.diag(matrix.diagonal())
    true, predicted = np.unravel_index(int(errors.argmax()), errors.shape)
    if not errors[true, predicted]:
        return "no error"
    return f"most often: {names[true]} taken for {names[predicted]}, {errors[true, predicted]:,} times"


def _told_mistakes(findings: Findings, outcome: Outcome) -> str:
    wrong = int((~findings.right(outcome)).sum())
    return f"{outcome.found.name}: {counted(wrong, 'mistake')} in {len(findings.split.test_input):,}"


def _mistake_cards(findings: Findings, outcome: Outcome) -> Iterable[Html]:
    names, target = findings.pictures.class_names, findings.split.test_target
    for row in most_confident(target, outcome.probabilities, _MISTAKES):
        predicted = int(outcome.probabilities[row].argmax())
        said, true, sure = names[predicted], names[target[row]], float(outcome.probabilities[row, predicted])
        alt = f"Test picture {row:,}: {true}, taken for {said}"
        yield element(
            "figure",
            ink(findings, findings.pictures.test_input[row], alt),
            element(
                "figcaption",
                element("span", f"{said} {percent(sure, 2)}", class_="said"),
                element("span", f"is {true}", class_="true"),
                element("span", f"test picture {row:,}", class_="note"),
            ),
            class_="card",
        )
