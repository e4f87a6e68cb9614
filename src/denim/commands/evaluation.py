"""What a model is worth on rows: metrics with intervals beside a baseline, by class, and the rows it is worst on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from denim.commands.plain import as_json
from denim.commands.subject import Judged
from denim.judging.calibration import Reliability, reliability
from denim.judging.classes import ClassScore, by_class, counts
from denim.judging.intervals import bootstrap, resamples, wilson
from denim.judging.scores import baseline, scores
from denim.report.sections.measures import Measure

_WORST = 12


@dataclass(frozen=True)
class Worst:
    """A row that the model is far from.

    Attributes:
        row: its number in the file, the first being 1.
        name: what it is called, as a picture's file; "" for other rows.
        true, said: the class or the number.
        by: the probability of what was said, or how much too little was said.
        place: its place among the judged rows, the first being 0.
    """

    row: int
    name: str
    true: str
    said: str
    by: float
    place: int


@dataclass(frozen=True)
class Evaluation:
    """A model judged on rows.

    Attributes:
        model, data: paths.
        task: "binary", "multiclass" or "regression".
        target: what is predicted.
        rows: that were judged.
        classes: their names.
        measures: each metric, with its interval and the baseline's.
        method: how the intervals were made.
        confusion: rows of each true class that were taken for each class; None of a regression.
        by_class: empty for a regression.
        calibration: None of a regression.
        worst: rows, the worst first.
        notes: what was made of the data.
    """

    model: str
    data: str
    task: str
    target: str
    rows: int
    classes: tuple[str, ...]
    measures: tuple[Measure, ...]
    method: str
    confusion: np.ndarray | None
    by_class: tuple[ClassScore, ...]
    calibration: Reliability | None
    worst: tuple[Worst, ...]
    notes: tuple[str, ...]

    @property
    def baseline(self) -> str:
        """What the baseline does, in words."""
        return "always the mean" if self.task == "regression" else "always the most usual"

    def as_plain(self) -> dict[str, Any]:
        """All of it by name."""
        found = asdict(self)
        found["by_class"] = [
            asdict(each) | {"precision": each.precision, "recall": each.recall, "f1": each.f1} for each in self.by_class
        ]
        return found

    def as_json(self) -> str:
        """One JSON object."""
        return as_json(self.as_plain())


def evaluated(found: Judged, model: str, data: str) -> Evaluation:
    """The evaluation of a model's answers."""
    measures, method = _measures(found)
    matrix = calibration = None
    if found.task != "regression":
        calibration = reliability(found.y, found.outputs[:, 1] if found.task == "binary" else found.outputs)
        matrix = counts(found.y, found.outputs.argmax(axis=1), len(found.classes))
    return Evaluation(
        model=model,
        data=data,
        task=found.task,
        target=found.target,
        rows=len(found.y),
        classes=found.classes,
        measures=measures,
        method=method,
        confusion=matrix,
        by_class=() if matrix is None else by_class(matrix, found.classes),
        calibration=calibration,
        worst=_worst_numbers(found) if matrix is None else _worst_classes(found),
        notes=found.notes,
    )


def _measures(found: Judged) -> tuple[tuple[Measure, ...], str]:
    outputs = found.outputs[:, 1:] if found.task == "binary" else found.outputs

    def all_of(y: np.ndarray, said: np.ndarray) -> dict[str, float]:
        return scores(found.task, y, said)

    values = all_of(found.y, outputs)
    ends = bootstrap(all_of, (found.y, outputs))
    drawn = f"by the bootstrap (the middle of {resamples(len(found.y)):,} draws of rows, with a fixed seed)"
    method = f"95% intervals {drawn}."
    if found.task != "regression":
        right = int((found.outputs.argmax(axis=1) == found.y).sum())
        ends["accuracy"] = wilson(right, len(found.y))
        method = f"95% intervals: Wilson's of the accuracy, the others {drawn}."
    beside = baseline(found.task, found.y, found.y, len(found.classes))
    measures = []
    for name, value in values.items():
        low, high = ends.get(name, (None, None))
        measures.append(Measure(name, value, low, high, beside.get(name)))
    return tuple(measures), method


def _worst_classes(found: Judged) -> tuple[Worst, ...]:
    places = np.arange(len(found.y))
    said = found.outputs.argmax(axis=1)
    given = found.outputs[places, found.y]
    wrong = np.flatnonzero(said != found.y)
    order = wrong[np.argsort(given[wrong], kind="stable")][:_WORST]
    return tuple(
        Worst(
            *_called(found.content, place),
            found.classes[found.y[place]],
            found.classes[said[place]],
            float(found.outputs[place, said[place]]),
            int(place),
        )
        for place in order.tolist()
    )


def _worst_numbers(found: Judged) -> tuple[Worst, ...]:
    residuals = found.y - found.outputs
    order = np.argsort(-np.abs(residuals).max(axis=1), kind="stable")[:_WORST]
    told = []
    for place in order.tolist():
        number = int(np.abs(residuals[place]).argmax())
        true, said = (f"{values[place, number]:.6g}" for values in (found.y, found.outputs))
        told.append(Worst(*_called(found.content, place), true, said, float(residuals[place, number]), place))
    return tuple(told)


def _called(content: Any, place: int) -> tuple[int, str]:
    """The number of the row in its file, the first being 1, and its name."""
    frame = getattr(content, "frame", None)
    row = place if frame is None else int(frame.index[place])
    names = getattr(content, "names", ())
    return row + 1, names[place] if names else ""
