"""What every picture begins with: matplotlib, when it is first needed, and a figure or the caller's axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Told apart by the colour-blind too: Okabe and Ito, "Color Universal Design", 2008."""


LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 3)), (0, (8, 3)))
"""The styles that go with ``SERIES``: lines are told apart without colours too."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
"""The same for points."""


def ink() -> str:
    """What is written in, in the style in force: black on light pages, white on dark ones."""
    from matplotlib import colors, rcParams

    return colors.to_hex(rcParams["text.color"])


def paper() -> str:
    """What axes are filled with, in the style in force."""
    from matplotlib import colors, rcParams

    return colors.to_hex(rcParams["axes.facecolor"])


def series(number: int) -> str:
    """A colour for the thing of this number, from 0, that is seen on the page in force."""
    colour = SERIES[number % len(SERIES)]
    return ink() if colour == SERIES[-1] else colour


def plain(axis: Axes) -> None:
    """A grid behind, and no frame but the two axes."""
    axis.grid(alpha=0.3)
    axis.set_axisbelow(True)
    axis.spines[["top", "right"]].set_visible(False)


def need_matplotlib() -> None:
    """Every function calls this before it draws.

    Raises:
        ImportError: matplotlib is not installed. The text says how to get it.
    """
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise ImportError(
            'denim.viz draws with matplotlib, which is not installed here. Type: pip install "denim-nn[plot]"'
        ) from error


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of that size in inches."""
    from denim.viz.picture import Picture

    return Picture(figsize=(width, height), layout="constrained")


def grid(count: int, columns: int, cell: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    """A figure with ``count`` bare axes in rows of ``columns``. ``cell``: width and height of one, in inches."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure = new_figure(cell[0] * columns, cell[1] * rows)
    axes = list(figure.subplots(rows, columns, squeeze=False).ravel())
    for axis in axes:
        axis.set_axis_off()
    return figure, axes[:count]


def given_axes(ax: Axes | Sequence[Axes], count: int) -> list[Axes]:
    """The caller's axes as a list of ``count``.

    Raises:
        ValueError: they are fewer or more.
    """
    axes = list(ax) if isinstance(ax, Sequence) or hasattr(ax, "__iter__") else [ax]
    if len(axes) != count:
        raise ValueError(f"`ax` must be {count} axes, one for each part of the picture. Received: {len(axes)}.")
    return axes


def figure_of(axis: Axes) -> Figure:
    """The figure that the axes are in."""
    from matplotlib.figure import Figure

    figure = axis.figure
    while not isinstance(figure, Figure):  # axes of a SubFigure
        figure = figure.figure
    return figure
