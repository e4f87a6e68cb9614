"""The page of ``denim evaluate``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from denim.commands.evaluation import Evaluation
from denim.commands.pages import rows
from denim.commands.subject import Judged
from denim.judging.classes import ClassScore
from denim.judging.numbers import number, percent
from denim.report.markup import Child, Html, element, joined
from denim.report.page import Section, page
from denim.report.parts import cards, lede, note
from denim.report.sections.calibration import calibration
from denim.report.sections.confusion import key, matrix
from denim.report.sections.making import making
from denim.report.sections.measures import measures
from denim.report.sections.preparation import preparation
from denim.report.sections.regression import regression

_CLASSES_DRAWN, _OUTPUTS_DRAWN = 40, 4


def evaluation_page(found: Evaluation, answers: Judged, model: Any, command: str) -> bytes:
    """The page as UTF-8. ``command``: that makes it again."""
    name = Path(found.model).name
    sections = judgement(found, answers, name)
    if model.preparation is not None:
        told = preparation(model.preparation.decisions, model.preparation.features)
        sections.append(Section("preparation", "What is made of the data", told))
    facts = [("model", found.model), ("data", found.data), ("rows", f"{found.rows:,}")]
    sections.append(Section("making", "How it was made", making(command, facts, ("results.json",))))
    return page(f"{name} on {Path(found.data).name}", "An evaluation with denim", summary(found, model), sections)


def judgement(found: Evaluation, answers: Judged, name: str) -> list[Section]:
    """The sections on how good the model of this name is."""
    metrics = joined(measures(found.measures, found.method, found.baseline), note(_meant(found)))
    sections = [Section("metrics", "Metrics", metrics)]
    sections += _of_numbers(answers) if found.task == "regression" else _of_classes(found, name)
    if found.worst:
        sections.append(Section("worst", "The rows it is farthest from", _worst(found, answers)))
    return sections


def _meant(found: Evaluation) -> str:
    always = "the mean of these rows"
    if found.task != "regression":
        always = "the most usual class of these rows, with the classes' shares as probabilities"
    return f"The baseline always says {always}. The intervals are about other rows of the same kind."


def summary(found: Evaluation, model: Any) -> Html:
    """The answer, and the figures that one asks for first."""
    values = {each.name: each for each in found.measures}
    if found.task == "regression":
        first = values["RMSE"]
        told = lede(
            "On ", element("strong", f"{found.rows:,}"), f" rows it is off by {number(first.value)} (root of the mean "
            f"squared error), where always saying the mean is off by {number(first.baseline or 0)}.",
        )  # fmt: skip
        more = ("R²", "MAE")
    else:
        first = values["accuracy"]
        told = lede(
            "Of ", element("strong", f"{found.rows:,}"), f" rows it has {first.value:.2%} right, where always saying "
            f"the most usual class has {first.baseline or 0:.2%}.",
        )  # fmt: skip
        more = ("balanced accuracy", "log loss")
    figures = [(first.name, number(first.value), _interval(first))]
    figures += [(name, number(values[name].value), _interval(values[name])) for name in more if name in values]
    figures.append(("parameters", f"{model.count_params():,}", "of the model"))
    return joined(told, cards(figures), *(note(sentence) for sentence in found.notes))


def _interval(each: Any) -> str:
    return "" if each.low is None else f"{number(each.low)} to {number(each.high)}"


def _of_classes(found: Evaluation, name: str) -> list[Section]:
    assert found.confusion is not None and found.calibration is not None
    sections = [Section("classes", "Class by class", _classes(found.by_class))]
    if len(found.classes) <= _CLASSES_DRAWN:
        drawn = joined(key(), matrix(name, found.confusion, found.classes))
        sections.append(Section("confusion", "Confusion", drawn))
    second = found.classes[1] if found.task == "binary" else None
    sections.append(Section("calibration", "Calibration", calibration(found.calibration, second)))
    return sections


def _classes(found: tuple[ClassScore, ...]) -> Html:
    lines: list[tuple[Child, ...]] = []
    for each in found:
        ends = each.recall_interval
        lines.append(
            (
                each.name,
                f"{each.rows:,}",
                f"{each.right:,}",
                _share(each.precision),
                _share(each.recall),
                "{:.3f} to {:.3f}".format(*ends) if ends else "",
                _share(each.f1),
            )
        )
    head = ("class", "rows", "right", "precision", "recall", "recall, 95% interval", "F1")
    return joined(
        rows.rows_table(head, lines, "Class by class"),
        note(
            "Recall is the share of the class's rows that the model found, precision the share of its answers with "
            "this class that are right, F1 their harmonic mean. Intervals are Wilson's."
        ),
    )


def _of_numbers(answers: Judged) -> list[Section]:
    width = answers.y.shape[1]
    names = [answers.target] if width == 1 else [f"{answers.target} {place}" for place in range(1, width + 1)]
    drawn = []
    for place, name in list(enumerate(names))[:_OUTPUTS_DRAWN]:
        heading = element("h3", name) if width > 1 else None
        drawn.append(joined(heading, regression(answers.y[:, place], answers.outputs[:, place], name)))
    return [Section("residuals", "Predicted and true", joined(*drawn))]


def _worst(found: Evaluation, answers: Judged) -> Html:
    sure = found.task != "regression"
    explained = note(
        "Wrong answers where the true class had the least probability."
        if sure
        else "The largest residuals: the true number less the predicted one."
    )
    if rows.picture_array(answers.content) is not None:
        return joined(
            explained, element("div", *(_card(each, answers, sure) for each in found.worst), class_="cards sixes tiles")
        )
    columns = tuple(name for name, _ in rows.cells(answers.content, found.worst[0].place, answers.target))
    lines: list[tuple[Child, ...]] = []
    for each in found.worst:
        shown = tuple(value for _, value in rows.cells(answers.content, each.place, answers.target))
        by = percent(each.by, 2) if sure else f"{each.by:+.4g}"
        lines.append((f"{each.row:,}", each.true, each.said, by, *shown))
    head = ("row", "true", "predicted", "probability" if sure else "residual", *columns)
    return joined(explained, rows.rows_table(head, lines, "The rows it is farthest from"))


def _card(each: Any, answers: Judged, sure: bool) -> Html:
    alt = f"Row {each.row:,}: {each.true}, taken for {each.said}"
    drawn = rows.picture(answers.content, each.place, alt)
    assert drawn is not None
    said = f"{each.said} {percent(each.by, 2)}" if sure else each.said
    return rows.card(drawn, (said, "said"), (f"is {each.true}", "true"), (each.name or f"row {each.row:,}", "note"))


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
