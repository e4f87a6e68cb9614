"""What the networks got wrong."""

from __future__ import annotations

from collections.abc import Iterable

from denim.judging.classes import counts
from denim.judging.mistakes import most_confident
from denim.judging.numbers import percent
from denim.report.markup import Html, element, joined
from denim.report.parts import columns, counted, folded, note
from denim.report.pictures import ink
from denim.report.sections import confusion as shared
from denim.study.findings import Findings
from denim.study.networks import Outcome

_MISTAKES = 12


def confusion(findings: Findings) -> Html:
    """Which class was taken for which, model by model."""
    names, target = findings.pictures.class_names, findings.split.test_target
    matrices = [
        shared.matrix(outcome.found.name, counts(target, outcome.probabilities.argmax(axis=1), len(names)), names)
        for outcome in findings.outcomes
    ]
    return joined(shared.key("test pictures"), columns(*matrices))


def mistakes(findings: Findings) -> Html:
    """What each model got wrong with the highest probability."""
    parts: list[Html] = [
        note(
            "Test pictures that were taken for something else, the surest first, with the probability that the model "
            "gave its wrong answer."
        )
    ]
    first = findings.leaders[0]
    ordered = sorted(findings.outcomes, key=lambda outcome: outcome is not first)
    parts += [
        folded(
            _told_mistakes(findings, outcome),
            element("div", *_mistake_cards(findings, outcome), class_="cards sixes tiles"),
            open=outcome is first,
        )
        for outcome in ordered
    ]
    return joined(*parts)


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
            ink(findings.pictures.test_input[row], findings.pictures.white, alt),
            element(
                "figcaption",
                element("span", f"{said} {percent(sure, 2)}", class_="said"),
                element("span", f"is {true}", class_="true"),
                element("span", f"test picture {row:,}", class_="note"),
            ),
            class_="card",
        )
