"""Numbers that were predicted beside those that were true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from denim.report.charts import Frame, Span
from denim.report.markup import Html, element, joined
from denim.report.parts import columns, note

_DRAWN = 2000


def regression(true: np.ndarray, predicted: np.ndarray, name: str) -> Html:
    """Predicted against true, and the residuals. ``name``: of the target; both arrays have shape (rows,)."""
    finite = np.isfinite(true) & np.isfinite(predicted)
    true, predicted = true[finite].astype(float), predicted[finite].astype(float)
    shown = np.linspace(0, len(true) - 1, min(len(true), _DRAWN)).astype(int)
    residuals = true - predicted
    return joined(
        columns(
            _against(predicted[shown], true[shown], name),
            _over(predicted[shown], residuals[shown], name),
            _spread(residuals, name),
        ),
        note(f"Of {len(true):,} rows {len(shown):,} are drawn, evenly chosen.") if len(shown) < len(true) else None,
        note(
            "A residual is the true number less the predicted one: above 0 the model said too little. A pattern in the "
            "second picture, as a bend or a funnel, is something that the model has not learned."
        ),
    )


def _against(predicted: np.ndarray, true: np.ndarray, name: str) -> Html:
    both = np.concatenate([predicted, true]).tolist()
    frame = Frame(Span.around(both, f"predicted {name}"), Span.around(both, f"true {name}"))
    alt = f"The true {name} of {len(true):,} rows over the predicted one; on the line both are equal."
    return _figure("Predicted and true", frame.chart(alt, frame.rising(), frame.dots(_pairs(predicted, true))))


def _over(predicted: np.ndarray, residuals: np.ndarray, name: str) -> Html:
    frame = Frame(
        Span.around(predicted.tolist(), f"predicted {name}"), Span.around([0.0, *residuals.tolist()], "residual")
    )
    alt = f"The residual of {len(residuals):,} rows over the predicted {name}."
    return _figure("Residuals", frame.chart(alt, frame.level(0.0), frame.dots(_pairs(predicted, residuals))))


def _spread(residuals: np.ndarray, name: str) -> Html:
    heights, edges = np.histogram(residuals, bins=min(40, max(5, round(len(residuals) ** 0.5))))
    frame = Frame(
        Span.around(edges.tolist(), f"residual of {name}"), Span(0.0, float(heights.max() or 1) * 1.05, "rows", True)
    )
    alt = f"How many rows have which residual: mean {residuals.mean():.4g}, standard deviation {residuals.std():.4g}."
    return _figure("How they are spread", frame.chart(alt, frame.bars(edges.tolist(), heights.tolist())))


def _figure(title: str, chart: Html) -> Html:
    return element("figure", element("figcaption", title, class_="title"), chart, class_="curve")


def _pairs(x: np.ndarray, y: np.ndarray) -> Sequence[tuple[float, float]]:
    return list(zip(x.tolist(), y.tolist(), strict=True))
