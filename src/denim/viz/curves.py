"""Learning curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

from denim.viz.figures import SERIES, figure_of, given_axes, need_matplotlib, new_figure, plain
from denim.viz.fonts import lettering

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_TRAINING: dict[str, Any] = {"linestyle": "-", "marker": "o", "markersize": 3.5}
_VALIDATION: dict[str, Any] = {"linestyle": "--", "marker": "o", "markersize": 3.5, "markerfacecolor": "none"}

Series = Mapping[str, Sequence[float]]


def learning_curves(
    histories: Any, *, quantities: Sequence[str] | None = None, ax: Axes | Sequence[Axes] | None = None
) -> Figure:
    """Every quantity over the epochs: training solid, validation dashed, one colour a model.

    Args:
        histories: what ``fit`` returned, or its ``.history``; or several of them in a dict, by the model's name.
        quantities: names in the history without "val_", one panel each; by default all that are there, loss first.
        ax: axes to draw into, one for each quantity, instead of a new figure. The figure returned is theirs.

    Raises:
        TypeError: ``histories`` is none of these.
        ValueError: there is no epoch, or a quantity is in no history, or ``ax`` has not one for each quantity.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    named = _named(histories)
    shown = _quantities(named.values(), quantities)
    axes = None if ax is None else given_axes(ax, len(shown))
    names = list(named)
    with lettering([*names, *shown]) as letters:
        labels = letters.names(names, "model")
        if axes is None:
            figure = new_figure(5.5 * len(shown), 4.6)
            axes = list(figure.subplots(1, len(shown), squeeze=False).ravel())
        else:
            figure = figure_of(axes[0])
        for axis, quantity, label in zip(axes, shown, letters.names(shown, "quantity"), strict=True):
            _panel(axis, named.values(), quantity)
            axis.set_ylabel(label)
        _legend(figure if ax is None else axes[0], axes[0], labels, named.values(), shown)
    return figure


def _named(histories: Any) -> dict[str, Series]:
    several = isinstance(histories, Mapping) and all(_is_history(value) for value in histories.values())
    if several and histories:
        return {str(name): _series(value) for name, value in histories.items()}
    if _is_history(histories):
        return {"": _series(histories)}
    raise TypeError(
        "`histories` must be what `fit` returned, its `.history`, or a dict of them by name. "
        f"Received: {histories!r} (of type {type(histories)})."
    )


def _is_history(value: Any) -> bool:
    return isinstance(_series(value), Mapping)


def _series(value: Any) -> Any:
    return getattr(value, "history", value)


def _quantities(histories: Iterable[Series], wanted: Sequence[str] | None) -> list[str]:
    there = list(dict.fromkeys(key for history in histories for key in history if len(history[key])))
    plain = [key for key in there if not key.startswith("val_")]
    if wanted is None:
        if not plain:
            raise ValueError("`histories` must have at least one epoch. Received: none; was `fit` called?")
        return sorted(plain, key=lambda key: key != "loss")
    unknown = [key for key in wanted if key not in plain]
    if unknown or not wanted:
        raise ValueError(f"`quantities` must be some of {plain}. Received: {list(wanted)}.")
    return list(wanted)


def _panel(axis: Axes, histories: Iterable[Series], quantity: str) -> None:
    from matplotlib.ticker import MaxNLocator

    for history, colour in zip(histories, cycle(SERIES), strict=False):
        for key, line in ((quantity, _TRAINING), (f"val_{quantity}", _VALIDATION)):
            values = history.get(key, ())
            axis.plot(range(1, len(values) + 1), values, color=colour, **line)
    axis.set_xlabel("epoch")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    plain(axis)


def _legend(place: Any, axis: Axes, labels: Sequence[str], histories: Iterable[Series], shown: Sequence[str]) -> None:
    keys = []
    if labels != [""]:
        keys += [
            (axis.plot([], [], color=colour)[0], label) for label, colour in zip(labels, cycle(SERIES), strict=False)
        ]
    if any(f"val_{quantity}" in history for history in histories for quantity in shown):
        grey = "0.5"
        keys += [(axis.plot([], [], color=grey, **_TRAINING)[0], "training")]
        keys += [(axis.plot([], [], color=grey, **_VALIDATION)[0], "validation")]
    if not keys:
        return
    columns = min(len(keys), 3 if len(shown) == 1 else 6)
    if place is axis:
        handles, texts = zip(*keys, strict=True)
        axis.legend(handles, texts, frameon=False)
    else:
        # matplotlib fills column by column; they shall be read row by row.
        handles, texts = zip(*(key for column in range(columns) for key in keys[column::columns]), strict=True)
        place.legend(handles, texts, loc="outside lower center", ncols=columns, frameon=False)
