"""The reliability diagram: whether probabilities mean what they say."""

from __future__ import annotations

from denim.judging.calibration import Calibration
from denim.judging.intervals import wilson
from denim.report.charts import Frame, Span
from denim.report.markup import Child, Html, element, joined, scrolling, table
from denim.report.parts import columns, note


def calibration(found: Calibration) -> Html:
    """The diagram, its numbers, and the calibration error."""
    frame = Frame(Span(0.0, 1.0, "probability that the model gave its answer"), Span(0.0, 1.02, "share that is right"))
    points = [(part.said, part.right / part.rows) for part in found.bins]
    reaches = [frame.reach(part.said, *wilson(part.right, part.rows)) for part in found.bins]
    told = ", ".join(f"{share:.2f} right at {said:.2f}" for said, share in points)
    chart = frame.chart(
        f"Reliability diagram: {told}.", frame.rising(), *reaches, frame.dots(points, class_="dots large")
    )
    rows: list[tuple[Child, ...]] = [
        (
            f"{part.low:.1f} to {part.high:.1f}",
            f"{part.rows:,}",
            f"{part.said:.4f}",
            f"{part.right / part.rows:.4f}",
            "{:.3f} to {:.3f}".format(*wilson(part.right, part.rows)),
        )
        for part in found.bins
    ]
    head = ("probability", "rows", "mean probability", "share right", "95% interval")
    return joined(
        columns(
            element("figure", chart, class_="curve"),
            scrolling(table(head, rows, class_="numbers"), "Reliability in numbers"),
        ),
        note(
            f"On the line the model is as sure as it is right; below it, it is too sure. Expected calibration error "
            f"{found.error:.4f}: the mean distance from the line, by rows, in bins of equal width. Brier score "
            f"{found.brier:.4f}: the mean squared distance of all the probabilities from the truth, where 0 is best "
            "and 2 worst. Whiskers are Wilson's 95% intervals."
        ),
    )
