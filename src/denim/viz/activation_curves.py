"""Activation functions and their slopes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denim import activations, ops
from denim.viz import checks
from denim.viz.figures import figure_of, given_axes, ink, need_matplotlib, new_figure, plain, series
from denim.viz.fonts import lettering
from denim.viz.slopes import Curve, broken, curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FLAT = 0.01
"""Where a slope is smaller, hardly anything is learnt."""
_NARROWEST = 0.02
"""A zone narrower than this share of the axis is a turning point and no zone."""
_POINTS = 1201
_OVER_CLASSES = ("softmax", "log_softmax", "sparsemax")

Function = Callable[[Any], Any]


def activation_curves(
    names: Any = ("sigmoid", "tanh", "relu"),
    *,
    limits: tuple[float, float] = (-6.0, 6.0),
    ax: Axes | Sequence[Axes] | None = None,
) -> Figure:
    """Activations (solid) and their slopes (dashed), each in axes of its own. Where a slope is 0, nothing is learnt.

    Zones where the slope is nearly 0 (below 0.01) are grey: there a sigmoid is saturated, and a ReLU is off. Slopes are
    those of denim's formulas, which training uses; a function of plain NumPy gets differences. A softmax is that of two
    classes, one of whose scores is 0.

    Args:
        names: an activation's name, function or layer, or several of them in a list, or in a dict by what they shall be
            called.
        limits: from which number to which.
        ax: axes to draw into, one for each, instead of a new figure. The figure returned is theirs.

    Raises:
        ValueError: an activation is unknown, or no function of one number; or an argument does not fit.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    functions = {name: _function(given) for name, given in checks.named(names, "activation").items()}
    x = np.linspace(*checks.interval(limits, "limits"), _POINTS)
    curves = {name: curve(function, x) for name, function in functions.items()}
    axes = None if ax is None else given_axes(ax, len(curves))
    with lettering(list(curves)) as letters:
        titles = letters.names(list(curves), "activation")
        if axes is None:
            columns = min(len(curves), 4 if len(curves) != 5 else 3)
            rows = math.ceil(len(curves) / columns)
            figure = new_figure(max(3.0 * columns, 4.5), 2.8 * rows + 0.5)
            axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
            for spare in axes[len(curves) :]:
                spare.remove()
            axes = axes[: len(curves)]
        else:
            figure = figure_of(axes[0])
        for axis, title, each in zip(axes, titles, curves.values(), strict=True):
            _panel(axis, each)
            axis.set_title(title)
        _legend(figure if ax is None else axes[0], axes[0], curves.values(), ax is None)
    return figure


def _panel(axis: Axes, drawn: Curve) -> None:
    for start, stop in _flat(drawn):
        axis.axvspan(start, stop, color=ink(), alpha=0.1, linewidth=0)
    axis.plot(drawn.x, broken(drawn.y), color=series(0), linewidth=2)
    axis.plot(drawn.x, broken(drawn.slope), color=series(1), linewidth=2, linestyle="--")
    axis.set_xlim(drawn.x[0], drawn.x[-1])
    plain(axis)


def _flat(drawn: Curve) -> list[tuple[float, float]]:
    """From where to where the slope is nearly 0."""
    flat = np.concatenate([[False], np.abs(drawn.slope) < FLAT, [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    return [
        (float(drawn.x[start]), float(drawn.x[stop - 1]))
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
        if stop - start > _POINTS * _NARROWEST
    ]


def _legend(place: Any, axis: Axes, curves: Iterable[Curve], outside: bool) -> None:
    from matplotlib.patches import Patch

    curves = list(curves)
    differences = not all(each.exact for each in curves)
    keys: list[tuple[Any, str]] = [
        (axis.plot([], [], color=series(0), linewidth=2)[0], "activation"),
        (
            axis.plot([], [], color=series(1), linewidth=2, linestyle="--")[0],
            "slope (of functions without formulas by differences)" if differences else "slope",
        ),
    ]
    if any(_flat(each) for each in curves):
        keys.append((Patch(color=ink(), alpha=0.1, linewidth=0), f"slope below {FLAT}"))
    handles, texts = zip(*keys, strict=True)
    if outside:
        place.legend(handles, texts, loc="outside lower center", ncols=1 if differences else 3, frameon=False)
    else:
        place.legend(handles, texts, frameon=False)


def _function(given: Any) -> Function:
    function = activations.get(given)
    name = getattr(function, "__name__", "")
    if function is getattr(activations, name, None):
        if name in _OVER_CLASSES:
            return lambda x: function(ops.concatenate([x, ops.zeros_like(x)], axis=-1))[..., :1]
        if name in ("glu", "threshold"):
            raise ValueError(
                f"`names` must be activations of one number. Received: {name!r}, which needs more. Pass a function of "
                f"x, as in names={{{name!r}: lambda x: activations.{name}(x, ...)}}."
            )
    return function
