"""The study's pictures: as PNG files in memory, and for the report."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib import image, rc_context, style
from matplotlib.figure import Figure

from denim import viz
from denim.study.data import Pictures
from denim.study.markup import Html
from denim.study.results import TrainedModel
from denim.study.svg import INK, inline
from denim.viz.figures import SERIES
from denim.viz.fonts import left_to_reader

_STYLE = "default"
"""matplotlib's own, whatever the user's."""
_INK: Any = dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), INK)
_QUANTITIES = ("loss", "accuracy")
_ABOVE, _BELOW = (213, 94, 0), (0, 114, 178)
"""The colours of weights above and below zero."""


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


def curve_panels(models: Sequence[TrainedModel]) -> list[Html]:
    """The same as one SVG for each quantity, in the page's colours."""
    colours = {colour: f"var(--series-{number})" for number, colour in enumerate(SERIES, 1)}
    panels = []
    for quantity in _QUANTITIES:
        with style.context(_STYLE), rc_context(_INK), left_to_reader():
            figure = viz.learning_curves({model.name: model.history for model in models}, quantities=(quantity,))
            figure.set_size_inches(5.2, 3.9)
            last = ", ".join(f"{model.name} {model.history[f'val_{quantity}'][-1]:.4f}" for model in models)
            alt = f"{quantity} of each epoch, training and validation. Validation after the last epoch: {last}."
            panels.append(inline(figure, quantity, alt, colours))
    return panels


def ink(picture: np.ndarray, white: int) -> bytes:
    """A grey picture of numbers from 0 to ``white``, shape (height, width), as a PNG in black ink on nothing."""
    pixels = np.zeros((*picture.shape, 4), np.uint8)
    pixels[..., 3] = np.rint(picture * (255 / white))
    return _encoded(pixels)


def weights(picture: np.ndarray, limit: float) -> bytes:
    """Weights from -``limit`` to ``limit``, shape (height, width), as a PNG in two inks on nothing."""
    pixels = np.empty((*picture.shape, 4), np.uint8)
    pixels[..., :3] = np.where(picture[..., None] > 0, _ABOVE, _BELOW)
    pixels[..., 3] = np.rint(np.minimum(np.abs(picture) / limit, 1) * 255)
    return _encoded(pixels)


def _encoded(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    unstamped: Any = {"Software": None}
    image.imsave(buffer, pixels, format="png", metadata=unstamped)
    return buffer.getvalue()


def _png(figure: Figure) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    return buffer.getvalue()
