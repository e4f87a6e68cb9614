"""Pictures of the data in rows: samples of each class, and mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.judging.mistakes import most_confident
from denim.judging.numbers import percent
from denim.viz import checks
from denim.viz.figures import grid, need_matplotlib, new_figure
from denim.viz.fonts import lettering

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def first_of_each(y: np.ndarray, classes: int, per_class: int) -> list[np.ndarray]:
    """The first ``per_class`` rows of each class, fewer where a class has fewer."""
    return [np.flatnonzero(y == number)[:per_class] for number in range(classes)]


def samples(x: Any, y: Any, class_names: Sequence[str] | None = None, *, per_class: int = 1) -> Figure:
    """The first pictures of each class under its name.

    Args:
        x: pictures, shape (rows, height, width), with colours as a last axis or not; or square ones, flattened. Any
            unit: black is the largest value drawn, white the smallest or 0.
        y: class numbers from 0, shape (rows,).
        class_names: by class number; the numbers themselves where it is None.
        per_class: pictures of each class. One: classes fill rows of five. More: one class a column.

    Raises:
        ValueError: a shape or a class number does not fit.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    x = checks.pictures(x)
    y = checks.labels(y, "y", len(x))
    per_class = checks.count(per_class, "per_class")
    names = checks.names(class_names, int(y.max()) + 1)
    rows = first_of_each(y, len(names), per_class)
    with lettering(names) as letters:
        titles = letters.names(names, "class")
        if per_class == 1:
            figure, axes = grid(len(names), 5, (1.7, 2.0))
            cells = [
                (axis, title, found[0]) for axis, title, found in zip(axes, titles, rows, strict=True) if len(found)
            ]
        else:
            figure, axes = grid(len(names) * per_class, len(names), (1.15, 1.25))
            cells = [
                (axes[row * len(names) + column], titles[column] if row == 0 else "", number)
                for column, found in enumerate(rows)
                for row, number in enumerate(found)
            ]
        _draw(cells, x)
    return figure


def confident_mistakes(
    x: Any, y_true: Any, probabilities: Any, class_names: Sequence[str] | None = None, *, count: int = 12
) -> Figure:
    """The pictures that a model got wrong, the surest first: what it took them for, how surely, and what they are.

    Args:
        x: pictures, as for :func:`samples`.
        y_true: class numbers from 0, shape (rows,).
        probabilities: of each class, from 0 to 1, as ``model.predict(x)`` gives them, shape (rows, classes).
        class_names: by class number; the numbers themselves where it is None.
        count: how many at most.

    Raises:
        ValueError: a shape or a class number does not fit.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    x = checks.pictures(x)
    y_true = checks.labels(y_true, "y_true", len(x))
    probabilities = checks.probabilities(probabilities, len(x))
    count = checks.count(count, "count")
    names = checks.names(class_names, max(int(y_true.max()) + 1, probabilities.shape[1]))
    rows = most_confident(y_true, probabilities, count)
    if not len(rows):
        figure = new_figure(4, 1)
        figure.text(0.5, 0.5, f"no mistake in {len(x):,} pictures", ha="center", va="center")
        return figure
    with lettering(names) as letters:
        titles = letters.names(names, "class")
        figure, axes = grid(len(rows), 4, (2.1, 2.3))
        cells = []
        for axis, row in zip(axes, rows, strict=True):
            predicted = int(probabilities[row].argmax())
            told = f"{titles[predicted]}, {percent(probabilities[row, predicted], 1)}\nis {titles[y_true[row]]}"
            cells.append((axis, told, row))
        _draw(cells, x)
    return figure


def _draw(cells: Sequence[tuple[Axes, str, int]], x: np.ndarray) -> None:
    shown = x[[row for _, _, row in cells]]
    # One scale for all: a faint picture shall look faint.
    low, high = min(0, shown.min()), shown.max()
    for axis, title, row in cells:
        if x.ndim == 3:
            axis.imshow(x[row], cmap="gray_r", vmin=low, vmax=high)
        else:
            axis.imshow((x[row] - low) / ((high - low) or 1))
        axis.set_title(title, fontsize=10)
