"""``denim evaluate``: how good a model is on a file's rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from denim.commands import screen, written
from denim.commands.evaluation import Evaluation, evaluated
from denim.commands.reading import hints_of
from denim.commands.subject import check_order, judged, load
from denim.commands.typed import command
from denim.judging.numbers import number, percent

_CLASSES_SHOWN, _WORST_SHOWN = 30, 5


def evaluate(
    model: Path,
    data: str,
    *,
    target: str | None = None,
    out: Path | None = None,
    overwrite: bool = False,
    reading: Sequence[str] = (),
) -> tuple[Evaluation, tuple[Path, ...]]:
    """Judge a model, and write the page to a folder if one is given.

    Args:
        model: a model's file.
        data: a file, or a folder of pictures, whose rows have what the model predicts.
        target: the column that holds it, where the model does not know it itself or it has another name there.
        out: the folder for report.html and results.json.
        overwrite: whether to replace those of an earlier evaluation.
        reading: how data are read, in the words that ``reading.hints_of`` takes, where the model does not know it.

    Returns:
        what was found, and the paths that were written.

    Raises:
        ValueError: a file cannot be used, or they do not fit together. Nothing is then written.
        OSError: the folder cannot be written.
    """
    check_order("evaluate", model, data, target=target, read=list(reading), out=out)
    written.check_free(out, overwrite)
    loaded = load(model)
    answers = judged(loaded, model, data, target, hints_of(reading))
    found = evaluated(answers, str(model), str(data))
    if out is None:
        return found, ()
    from denim.commands.pages.evaluation import evaluation_page

    typed = command("evaluate", model, data, target=target, read=list(reading), out=out)
    page = evaluation_page(found, answers, loaded, typed)
    return found, written.write(out, page, found.as_json())


def tell(found: Evaluation, console: Console) -> None:
    """Print what was found."""
    for note in found.notes:
        screen.line(console, note)
    tell_measures(found, f"{found.rows:,} rows", console)
    if found.calibration is not None:
        told = f"calibration error {found.calibration.ece:.4f}, Brier score {found.calibration.brier:.4f}"
        screen.line(console, told)
    if found.by_class:
        _tell_classes(found, console)
    for line in _worst(found):
        screen.line(console, line)


def tell_measures(found: Evaluation, title: str, console: Console) -> None:
    """Print the metrics beside the baseline's, and what the intervals are."""
    rows = [
        (
            each.name,
            number(each.value),
            each.interval,
            "" if each.baseline is None else number(each.baseline),
        )
        for each in found.measures
    ]
    screen.table(console, (title, "value", "95% interval", found.baseline), rows)
    screen.line(console, found.method)


def _tell_classes(found: Evaluation, console: Console) -> None:
    rows = []
    assert found.confusion is not None
    for place, each in enumerate(found.by_class[:_CLASSES_SHOWN]):
        errors = found.confusion[place].copy()
        errors[place] = 0
        other = int(errors.argmax())
        mistaken = f"{found.classes[other]} ({errors[other]:,})" if errors[other] else ""
        shares = (each.precision, each.recall, each.f1)
        rows.append((each.name, f"{each.rows:,}", *("" if x is None else f"{x:.4f}" for x in shares), mistaken))
    head = ("class", "rows", "precision", "recall", "F1", "most often taken for")
    screen.table(console, head, rows, left=(0, 5))
    if len(found.by_class) > _CLASSES_SHOWN:
        screen.line(console, f"and {len(found.by_class) - _CLASSES_SHOWN} more classes: --json or --out has them all")


def _worst(found: Evaluation) -> list[str]:
    if not found.worst:
        return ["No row is wrong."]
    lines = ["The rows it is farthest from:"]
    for each in found.worst[:_WORST_SHOWN]:
        told = f"{percent(each.by, 1)} sure" if found.task != "regression" else f"{each.by:+.4g}"
        name = f" ({each.name})" if each.name else ""
        lines.append(f"  row {each.row:,}{name}: {each.true}, said {each.said}, {told}")
    return lines
