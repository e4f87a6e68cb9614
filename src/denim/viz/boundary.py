"""What a model says all over the plane of two features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.viz import checks
from denim.viz.figures import MARKERS, figure_of, given_axes, ink, need_matplotlib, new_figure, paper, series
from denim.viz.fonts import lettering
from denim.viz.predicting import Plane, is_regression, probabilities, said_by

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_MARGIN = 0.08
"""How far beyond the points the picture goes, as a share of their reach."""
_FAINTEST, _STRONGEST = 0.12, 0.6
"""How much of a class's colour there is where all classes are as probable, and where it is certain."""


def decision_boundary(
    model: Any,
    X: Any,
    y: Any,
    class_names: Sequence[str] | None = None,
    *,
    resolution: int = 200,
    ax: Axes | None = None,
) -> Figure:
    """Which class a model chooses where, the stronger coloured the surer, and the points; a number as contours.

    Lines are where two classes are as probable. Each class has a colour and a marker of its own.

    Args:
        model: trained on two features: a denim model, or anything with ``predict_proba`` or ``predict``, such as a
            ``DenseClassifier`` or a pipeline. Scores that are no probabilities are taken through a softmax or sigmoid.
        X: two features of each point, shape (points, 2); a frame's columns name the axes.
        y: their classes (numbers, one-hot rows, or whatever the model was trained on), or numbers of a regression.
        class_names: by class number, or in the classes' order; what is in ``y`` where it is None.
        resolution: points a side that the model is asked about.
        ax: axes to draw into instead of a new figure. The figure returned is theirs.

    Raises:
        TypeError: the model has no ``predict``.
        ValueError: ``X`` has not two features, or another argument does not fit.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    plane = Plane.of(X)
    resolution = checks.count(resolution, "resolution", 2)
    right = _answers(y, len(plane.values))
    xs, ys = (_reach(column, resolution) for column in plane.values.T)
    grid = np.column_stack([each.ravel() for each in np.meshgrid(xs, ys)])
    said = said_by(model, plane.like(grid, X))
    axis = None if ax is None else given_axes(ax, 1)[0]
    features = list(plane.names or ("feature 0", "feature 1"))
    regression = is_regression(model, said, right)
    classes = np.unique(right) if regression else _classes(model, said, right)
    names = [] if regression else _names(class_names, classes)
    with lettering([*features, *names]) as letters:
        if axis is None:
            axis = new_figure(6.2 if regression else 5.6, 4.8).add_subplot()
        if regression:
            _contours(axis, xs, ys, said.reshape(resolution, resolution), plane.values, right)
        else:
            p = probabilities(said, classes).astype(np.float64)
            _regions(axis, xs, ys, p.reshape(resolution, resolution, -1))
            _points(axis, plane.values, np.searchsorted(classes, right), letters.names(names, "class"))
        first, second = letters.names(features, "feature")
        axis.set_xlabel(first)
        axis.set_ylabel(second)
        axis.set_xlim(xs[0], xs[-1])
        axis.set_ylim(ys[0], ys[-1])
    return figure_of(axis)


def _answers(y: Any, rows: int) -> np.ndarray:
    right = np.asarray(y)
    if right.ndim == 2 and right.shape[1] == 1:
        right = right[:, 0]
    elif right.ndim == 2 and right.dtype.kind in "fiub" and np.isin(right, (0, 1)).all():
        right = right.argmax(axis=1)
    if right.ndim != 1 or len(right) != rows:
        raise ValueError(f"`y` must have one answer for each of the {rows} rows of `X`. Received: shape {right.shape}.")
    return right


def _reach(column: np.ndarray, resolution: int) -> np.ndarray:
    low, high = column.min(), column.max()
    margin = _MARGIN * ((high - low) or 1.0)
    return np.linspace(low - margin, high + margin, resolution)


def _classes(model: Any, said: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The classes in the order of the probabilities."""
    there = np.unique(right)
    known = getattr(model, "classes_", None)
    columns = said.shape[1] if said.ndim == 2 and said.shape[1] > 1 else None
    if known is not None:
        classes = np.asarray(known)
    elif right.dtype.kind in "fiub" and (columns is not None or said.dtype.kind == "f"):
        classes = np.arange(columns or max(2, int(there.max()) + 1))
    else:
        classes = np.union1d(there, said) if columns is None else there
    if columns is not None and len(classes) != columns:
        raise ValueError(f"`y` must have the {columns} classes that the model knows. Received: {list(classes)}.")
    strange = [each for each in there.tolist() if each not in classes]
    if strange:
        raise ValueError(f"`y` must be classes that the model knows, {list(classes)}. Received: {strange[0]!r}.")
    return classes


def _names(class_names: Sequence[str] | None, classes: np.ndarray) -> list[str]:
    if class_names is None:
        return [str(each) for each in classes.tolist()]
    return checks.names(class_names, len(classes))[: len(classes)]


def _regions(axis: Axes, xs: np.ndarray, ys: np.ndarray, p: np.ndarray) -> None:
    from matplotlib.colors import to_rgb

    classes = p.shape[-1]
    best = p.argmax(axis=-1)
    sure = (p.max(axis=-1) - 1 / classes) / (1 - 1 / classes)
    strength = (_FAINTEST + (_STRONGEST - _FAINTEST) * np.clip(sure, 0, 1))[..., np.newaxis]
    colours = np.array([to_rgb(series(number)) for number in range(classes)])
    pixels = strength * colours[best] + (1 - strength) * np.array(to_rgb(paper()))
    # A pixel is drawn around the point that the model was asked about.
    half = (xs[1] - xs[0]) / 2, (ys[1] - ys[0]) / 2
    extent = (xs[0] - half[0], xs[-1] + half[0], ys[0] - half[1], ys[-1] + half[1])
    axis.imshow(pixels, origin="lower", extent=extent, aspect="auto", interpolation="nearest")
    for number in range(classes - 1 if classes == 2 else classes):
        others = np.delete(p, number, axis=-1).max(axis=-1)
        ahead = p[..., number] - others
        if ahead.min() < 0 < ahead.max():
            axis.contour(xs, ys, ahead, levels=[0], colors=[ink()], linewidths=1.2)


def _points(axis: Axes, values: np.ndarray, classes: np.ndarray, names: Sequence[str]) -> None:
    size = float(np.clip(6000 / len(values), 4, 36))
    for number, name in enumerate(names):
        here = values[classes == number]
        if len(here):
            axis.scatter(
                here[:, 0],
                here[:, 1],
                s=size,
                color=series(number),
                marker=MARKERS[number % len(MARKERS)],
                edgecolors=ink(),
                linewidths=0.5,
                label=name,
            )
    axis.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, handletextpad=0.2)


def _contours(
    axis: Axes, xs: np.ndarray, ys: np.ndarray, said: np.ndarray, values: np.ndarray, right: np.ndarray
) -> None:
    low, high = float(min(said.min(), right.min())), float(max(said.max(), right.max()))
    scale: dict[str, Any] = {"cmap": "cividis", "vmin": low, "vmax": high}
    if said.min() < said.max():
        shown = axis.contourf(xs, ys, said, levels=12, **scale)
        lines = axis.contour(xs, ys, said, levels=list(shown.levels)[::2], colors=[ink()], linewidths=0.6)
        axis.clabel(lines, fontsize=7)
    size = float(np.clip(6000 / len(values), 4, 36))
    points = axis.scatter(values[:, 0], values[:, 1], c=right, s=size, edgecolors=ink(), linewidths=0.5, **scale)
    figure_of(axis).colorbar(points, ax=axis, label="said (areas) and true (points)")
