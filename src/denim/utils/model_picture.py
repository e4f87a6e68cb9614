"""A model's drawing on matplotlib: boxes in rows by how far they are from the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.utils.model_boxes import Box, Drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LINE, _GAP, _LETTER, _EDGE = 0.24, 0.45, 0.085, 0.3
"""Inches: the height of a line, between boxes, the width of a letter, around the text of a box."""

_HEAD = _LINE + _EDGE / 4

_Place = tuple[float, float, float, float]
"""The middle, width and height of a box."""


def picture(drawing: Drawing, rankdir: str) -> Figure:
    """A figure of it.

    Raises:
        ImportError: where matplotlib is not installed.
    """
    try:
        from denim.viz.figures import need_matplotlib, new_figure
        from denim.viz.fonts import lettering

        need_matplotlib()
    except ImportError as error:
        raise ImportError(
            "plot_model draws with graphviz (`pip install pydot`, and `sudo apt install graphviz` on Debian or Ubuntu) "
            'or with matplotlib (`pip install "denim-nn[plot]"`). Neither is installed here.'
        ) from error
    places = _places(drawing, rankdir)
    right = max((x + width / 2 for x, _, width, _ in places.values()), default=1.0) + _GAP
    bottom = max((y + height / 2 for _, y, _, height in places.values()), default=1.0) + _GAP
    names = [line for box in places for line in box.lines]
    figure = new_figure(right, bottom)
    figure.set_layout_engine("none")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0), xlim=(0, right), ylim=(bottom, 0))
    axes.set_axis_off()
    with lettering(names):
        for part in drawing.inner:
            _frame(axes, part, places)
        for start, end in drawing.all_arrows():
            _arrow(axes, places[start], places[end], rankdir)
        for box, place in places.items():
            _draw(axes, box, place)
    return figure


def _places(drawing: Drawing, rankdir: str) -> dict[Box, _Place]:
    """Where each box is, from the left and from the top."""
    boxes, arrows = drawing.all_boxes(), drawing.all_arrows()
    rank = dict.fromkeys(boxes, 0)
    for _ in boxes:  # no way is longer than there are boxes
        later = {end: rank[start] + 1 for start, end in arrows if rank[end] <= rank[start]}
        if not later:
            break
        rank.update(later)
    rows: list[list[Box]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for box in boxes:
        rows[rank[box]].append(box)
    sideways = rankdir in ("LR", "RL")
    sizes = {box: _size(box) for box in boxes}
    along = {box: sizes[box][0 if sideways else 1] for box in boxes}
    across = {box: sizes[box][1 if sideways else 0] for box in boxes}
    position: dict[Box, float] = {}
    found: dict[Box, _Place] = {}
    begin = _GAP
    for row in rows:
        wished = {box: _mean([position[start] for start, end in arrows if end is box]) for box in row}
        row.sort(key=wished.__getitem__)
        free = -sum(across[box] + _GAP for box in row)
        depth = max(along[box] for box in row)
        for box in row:
            position[box] = max(free, wished[box] - across[box] / 2) + across[box] / 2
            free = position[box] + across[box] / 2 + _GAP
            found[box] = (position[box], begin + depth / 2, *sizes[box])
        begin += depth + _GAP
    return _turned(found, rankdir, begin)


def _turned(found: dict[Box, _Place], rankdir: str, length: float) -> dict[Box, _Place]:
    """The places of a drawing that goes down and is ``length`` long, for one that goes another way."""
    sideways = rankdir in ("LR", "RL")
    first = min((x - (height if sideways else width) / 2 for x, _, width, height in found.values()), default=0.0)
    turned = {}
    for box, (x, y, width, height) in found.items():
        aside, along = x - first + _GAP, y if rankdir in ("TB", "LR") else length - y
        turned[box] = (along, aside, width, height) if sideways else (aside, along, width, height)
    return turned


def _size(box: Box) -> tuple[float, float]:
    below = len(box.lines) - 1
    return max(map(len, box.lines)) * _LETTER + _EDGE, _HEAD + (below * _LINE + _EDGE / 4 if below else 0.0)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _draw(axes: Axes, box: Box, place: _Place) -> None:
    from matplotlib.patches import Rectangle

    x, y, width, height = place
    top = y - height / 2
    axes.add_patch(Rectangle((x - width / 2, top), width, height, facecolor="white", edgecolor="black"))
    axes.add_patch(Rectangle((x - width / 2, top), width, _HEAD, facecolor="black"))
    for i, line in enumerate(box.lines):
        colour = "white" if i == 0 else {"Trainable": "forestgreen", "Non-trainable": "firebrick"}.get(line, "black")
        at = top + _HEAD / 2 if i == 0 else top + _HEAD + (i - 0.5) * _LINE + _EDGE / 8
        axes.text(x, at, line, color=colour, size=9, ha="center", va="center")


def _arrow(axes: Axes, start: _Place, end: _Place, rankdir: str) -> None:
    sign = 1 if rankdir in ("TB", "LR") else -1
    if rankdir in ("LR", "RL"):
        tail, head = (start[0] + sign * start[2] / 2, start[1]), (end[0] - sign * end[2] / 2, end[1])
    else:
        tail, head = (start[0], start[1] + sign * start[3] / 2), (end[0], end[1] - sign * end[3] / 2)
    style = {"arrowstyle": "-|>", "color": "black", "shrinkA": 0, "shrinkB": 0, "linewidth": 1.2}
    axes.annotate("", xy=head, xytext=tail, arrowprops=style)


def _frame(axes: Axes, part: Drawing, places: dict[Box, _Place]) -> None:
    """A dashed frame around an inner model."""
    from matplotlib.patches import Rectangle

    inside = [places[box] for box in part.all_boxes()]
    if not inside:
        return
    margin = _GAP / 3
    left, top = min(x - w / 2 for x, _, w, _ in inside) - margin, min(y - h / 2 for _, y, _, h in inside) - margin
    right, bottom = max(x + w / 2 for x, _, w, _ in inside) + margin, max(y + h / 2 for _, y, _, h in inside) + margin
    frame = Rectangle((left, top), right - left, bottom - top, fill=False, linestyle="--", edgecolor="grey")
    axes.add_patch(frame)
    axes.text(left + 0.05, top - 0.02, part.name, size=8, color="grey", va="bottom")
    for deeper in part.inner:
        _frame(axes, deeper, places)
