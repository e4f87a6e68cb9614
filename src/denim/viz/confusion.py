"""The confusion matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.judging.classes import counts
from denim.viz import checks
from denim.viz.figures import figure_of, given_axes, need_matplotlib, new_figure
from denim.viz.fonts import lettering

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def confusion_matrix(
    y_true: Any, y_pred: Any, class_names: Sequence[str] | None = None, *, ax: Axes | None = None
) -> Figure:
    """How often each class was taken for each other: counts, coloured by their share of the true class.

    Args:
        y_true: class numbers from 0, shape (rows,).
        y_pred: predicted class numbers, shape (rows,).
        class_names: by class number; the numbers themselves where it is None.
        ax: axes to draw into instead of a new figure. The figure returned is theirs.

    Raises:
        ValueError: a shape or a class number does not fit.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    y_true = checks.labels(y_true, "y_true")
    y_pred = checks.labels(y_pred, "y_pred", len(y_true))
    names = checks.names(class_names, int(max(y_true.max(), y_pred.max())) + 1)
    axis = None if ax is None else given_axes(ax, 1)[0]
    classes = len(names)
    matrix = counts(y_true, y_pred, classes)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    with lettering(names) as letters:
        if axis is None:
            side = 2.5 + 0.55 * classes
            axis = new_figure(side, side).add_subplot()
        axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        labels = letters.names(names, "class")
        axis.set_xticks(range(classes), labels, rotation=45, ha="right", rotation_mode="anchor")
        axis.set_yticks(range(classes), labels)
        axis.tick_params(length=0)
        axis.spines[:].set_visible(False)
        axis.set_xlabel("predicted")
        axis.set_ylabel("true")
        for (row, column), number in np.ndenumerate(matrix):
            if number:
                colour = "white" if shares[row, column] > 0.5 else "black"
                axis.text(column, row, f"{number:,}", ha="center", va="center", color=colour, fontsize=8)
    return figure_of(axis)
