"""The study's pictures, as PNG files in memory. Drawn without a window and without pyplot's global state."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from denim.study.data import Pictures
from denim.study.results import TrainedModel

_STYLE = "default"
"""matplotlib's own, whatever the user's: its font comes with it and has every letter that is drawn here."""
_COLOURS = ("#0072b2", "#d55e00", "#009e73")
"""Told apart by the colour-blind too: Okabe and Ito, "Color Universal Design", 2008."""


def samples(pictures: Pictures) -> bytes:
    """The first training picture of each class, under its name."""
    columns = 5
    rows = -(-len(pictures.class_names) // columns)
    with style.context(_STYLE):
        figure = Figure(figsize=(1.7 * columns, 2.0 * rows), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for axis in axes:
            axis.axis("off")
        for number, (axis, name) in enumerate(zip(axes, pictures.class_names, strict=False)):
            first = int(np.argmax(pictures.train_target == number))
            axis.imshow(pictures.train_input[first], cmap="gray_r", vmin=0, vmax=pictures.white)
            axis.set_title(name, fontsize=11)
        return _png(figure)


def curves(models: Sequence[TrainedModel], title: str) -> bytes:
    """Loss and accuracy of every epoch: training solid, validation dashed, one colour a model."""
    with style.context(_STYLE):
        figure = Figure(figsize=(11, 4.8), layout="constrained")
        figure.suptitle(title)
        axes = figure.subplots(1, 2)
        for axis, quantity in zip(axes, ("loss", "accuracy"), strict=True):
            for model, colour in zip(models, _COLOURS, strict=True):
                for key, line in ((quantity, "-"), (f"val_{quantity}", "--")):
                    values = model.history[key]
                    axis.plot(range(1, len(values) + 1), values, line, color=colour, marker="o", markersize=3)
            axis.set_xlabel("epoch")
            axis.set_ylabel(quantity)
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))
            axis.grid(alpha=0.3)
        keys = [Line2D([], [], color=colour, label=model.name) for model, colour in zip(models, _COLOURS, strict=True)]
        keys += [
            Line2D([], [], color="0.3", linestyle="-", label="training"),
            Line2D([], [], color="0.3", linestyle="--", label="validation"),
        ]
        figure.legend(handles=keys, loc="outside lower center", ncols=len(keys), frameon=False)
        return _png(figure)


def _png(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    return buffer.getvalue()
