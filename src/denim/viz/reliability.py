"""Whether probabilities can be taken at their word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.judging.calibration import Reliability
from denim.judging.calibration import reliability as judged
from denim.suggest import did_you_mean
from denim.viz import checks
from denim.viz.figures import figure_of, given_axes, ink, need_matplotlib, new_figure, plain, series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STRATEGIES = ("uniform", "quantile")


def reliability_diagram(
    y_true: Any,
    probabilities: Any,
    bins: int = 10,
    *,
    strategy: str = "uniform",
    ax: Sequence[Axes] | None = None,
) -> Figure:
    """How often what was said with some probability is true, beside how many rows it was said of.

    On the diagonal the probabilities can be taken at their word; below it they are too sure. Lines at the points show
    how far chance alone reaches (95 %, Wilson's interval). With more than two classes it is the most probable class
    that is looked at. ECE is the mean distance from the diagonal over the rows, 0 at best; the Brier score is the mean
    squared error of the probabilities (of all classes, added up, where there are more than two), 0 at best.

    Args:
        y_true: class numbers, shape (rows,).
        probabilities: as ``model.predict(x)`` gives them: of class 1, shape (rows,) or (rows, 1), or of each class,
            shape (rows, classes).
        bins: how many.
        strategy: "uniform" for bins of one width, "quantile" for bins of about as many rows each.
        ax: two axes to draw into, diagram and counts, instead of a new figure. The figure returned is theirs.

    Raises:
        ValueError: a shape, a class number or a probability does not fit.
        ImportError: matplotlib is not installed.

    Source: Guo et al., "On Calibration of Modern Neural Networks", 2017; Brier, 1950.
    """
    need_matplotlib()
    found = reliability(y_true, probabilities, bins, strategy)
    if ax is None:
        figure = new_figure(4.8, 5.6)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    else:
        upper, lower = given_axes(ax, 2)
        figure = figure_of(upper)
    several = np.ndim(probabilities) == 2 and np.shape(probabilities)[1] > 2
    _diagram(upper, found)
    upper.set_ylabel("share that is right" if several else "share of class 1")
    _histogram(lower, found)
    lower.set_xlabel("probability of the class chosen" if several else "probability of class 1")
    return figure


def reliability(y_true: Any, probabilities: Any, bins: int, strategy: str) -> Reliability:
    """The numbers of the diagram. Arguments and errors as of :func:`reliability_diagram`."""
    bins = checks.count(bins, "bins")
    if strategy not in _STRATEGIES:
        raise ValueError(
            f"`strategy` must be one of {_STRATEGIES}. Received: {strategy!r}.{did_you_mean(strategy, _STRATEGIES)}"
        )
    p = _probabilities(probabilities)
    y = checks.labels(y_true, "y_true", len(p))
    classes = 2 if p.ndim == 1 else p.shape[1]
    if y.max() >= classes:
        raise ValueError(f"`y_true` must be class numbers below {classes}, the number of classes. Received: {y.max()}.")
    return judged(y, p, bins, quantiles=strategy == "quantile")


def _probabilities(values: Any) -> np.ndarray:
    """Of class 1, shape (rows,), where there are two classes; else of each, shape (rows, classes)."""
    p = np.asarray(values)
    if p.ndim not in (1, 2) or p.dtype.kind not in "fiub" or not p.size:
        raise ValueError(
            "`probabilities` must be of shape (rows,) or (rows, classes), as model.predict(x) gives them. "
            f"Received: shape {p.shape}, dtype {p.dtype}."
        )
    p = p.astype(np.float64)
    if not (np.isfinite(p).all() and p.min() >= -1e-6 and p.max() <= 1 + 1e-6):
        how = "softmax" if p.ndim == 2 and p.shape[1] > 1 else "sigmoid"
        raise ValueError(
            f"`probabilities` must be from 0 to 1. Received: numbers from {p.min():.4g} to {p.max():.4g}. Scores "
            f"(logits) become probabilities by keras.ops.{how}."
        )
    if p.ndim == 2 and p.shape[1] > 1 and np.abs(p.sum(axis=1) - 1).max() > 1e-3:
        raise ValueError(
            "`probabilities` must sum to 1 in each row. Received: a row that sums to "
            f"{p.sum(axis=1)[np.abs(p.sum(axis=1) - 1).argmax()]:.4g}. For several labels a row draw a diagram each: "
            "reliability_diagram(y[:, 0], p[:, 0])."
        )
    p = np.clip(p, 0, 1)
    if p.ndim == 2 and p.shape[1] <= 2:
        return p[:, -1]
    return p


def _diagram(axis: Axes, found: Reliability) -> None:
    axis.plot([0, 1], [0, 1], color=ink(), linewidth=1, linestyle="--", label="as often as said")
    low, high = zip(*found.intervals, strict=True)
    axis.vlines(found.said, low, high, color=series(0), linewidth=1)
    axis.plot(found.said, found.true, color=series(0), marker="o", label="the model")
    axis.set_xlim(-0.02, 1.02)
    axis.set_ylim(-0.02, 1.02)
    axis.legend(frameon=False, loc="upper left")
    axis.set_title(f"ECE {found.ece:.3f}    Brier score {found.brier:.3f}", fontsize=10)
    plain(axis)


def _histogram(axis: Axes, found: Reliability) -> None:
    widths = np.maximum(np.diff(found.edges), 1e-3)
    axis.bar(found.edges[:-1], found.counts, widths, align="edge", color=series(5), edgecolor=ink(), linewidth=0.6)
    axis.set_ylabel("rows")
    axis.set_title(f"{found.counts.sum():,} rows", fontsize=10)
    plain(axis)
