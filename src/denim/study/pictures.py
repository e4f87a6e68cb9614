"""The study's pictures, as PNG files in memory."""

from __future__ import annotations

import io
from collections.abc import Sequence

from matplotlib import style
from matplotlib.figure import Figure

from denim import viz
from denim.study.data import Pictures
from denim.study.results import TrainedModel

_STYLE = "default"
"""matplotlib's own, whatever the user's."""
_QUANTITIES = ("loss", "accuracy")


def samples(pictures: Pictures) -> bytes:
    """The first training picture of each class, under its name."""
    with style.context(_STYLE):
        return _png(viz.samples(pictures.train_input, pictures.train_target, pictures.class_names))


def curves(models: Sequence[TrainedModel], title: str) -> bytes:
    """Loss and accuracy of every epoch: training solid, validation dashed, one colour a model."""
    with style.context(_STYLE):
        figure = viz.learning_curves({model.name: model.history for model in models}, quantities=_QUANTITIES)
        figure.suptitle(title)
        return _png(figure)


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    return buffer.getvalue()
