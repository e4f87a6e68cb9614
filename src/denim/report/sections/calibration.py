"""The reliability diagram: whether probabilities mean what they say."""

from __future__ import annotations

import numpy as np

from denim.judging.calibration import Reliability
from denim.report.charts import Frame, Span
from denim.report.markup import Child, Html, element, joined, scrolling, table
from denim.report.parts import columns, note


def calibration(found: Reliability, second: str | None = None) -> Html:
    """The diagram, its numbers, and the calibration error.

    Args:
        second: the name of class 1, if there are two classes; else the most probable one is looked at.
    """
    of, share = ("the answer", "right") if second is None else (second, second)
    bins = np.flatnonzero(found.counts)
    counts = found.counts[bins].tolist()
    points = list(zip(found.said.tolist(), found.true.tolist(), strict=True))
    frame = Frame(Span(0.0, 1.0, f"probability of {of}"), Span(0.0, 1.02, f"share that is {share}"))
    reaches = (frame.reach(said, low, high) for (said, _), (low, high) in zip(points, found.intervals, strict=True))
    told = ", ".join(f"{true:.2f} at {said:.2f}" for said, true in points)
    alt = f"Reliability diagram, the share that is {share} at each probability: {told}."
    chart = frame.chart(alt, frame.rising(), *reaches, frame.dots(points, class_="dots large"))
    rows: list[tuple[Child, ...]] = [
        (
            f"{found.edges[place]:.1f} to {found.edges[place + 1]:.1f}",
            f"{count:,}",
            f"{said:.4f}",
            f"{true:.4f}",
            f"{low:.3f} to {high:.3f}",
        )
        for place, count, (said, true), (low, high) in zip(bins.tolist(), counts, points, found.intervals, strict=True)
    ]
    head = ("probability", "rows", "mean probability", f"share {share}", "95% interval")
    numbers = scrolling(table(head, rows, class_="numbers"), "Reliability in numbers")
    summed = ", summed over the classes, where 0 is best and 2 worst" if second is None else ", where 0 is best"
    return joined(
        columns(element("figure", chart, class_="curve"), numbers),
        note(
            "On the line the probabilities can be taken at their word"
            + ("; below it the model is too sure. " if second is None else ". ")
            + f"Expected calibration error {found.ece:.4f}: the mean distance from the line, by rows, in bins of equal "
            f"width. Brier score {found.brier:.4f}: the mean squared distance of the probabilities from the "
            f"truth{summed}. Whiskers are Wilson's 95% intervals."
        ),
    )
