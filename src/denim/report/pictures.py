"""Pictures of data and of weights, within the page."""

from __future__ import annotations

import base64

import numpy as np

from denim.report.markup import Html, element
from denim.report.png import encoded

_ABOVE, _BELOW = (213, 94, 0), (0, 114, 178)
"""The colours of weights above and below zero."""


def ink(picture: np.ndarray, white: float, alt: str) -> Html:
    """A grey picture of numbers from 0 to ``white``, shape (height, width), in the colour of the page's text."""
    pixels = np.zeros((*picture.shape, 4), np.uint8)
    pixels[..., 3] = np.rint(picture * (255 / white))
    return _image(pixels, alt, "ink")


def photograph(picture: np.ndarray, alt: str) -> Html:
    """A picture in its own colours: uint8, shape (height, width) or (height, width, 3)."""
    return _image(picture.reshape(*picture.shape[:2], -1), alt, "photograph")


def weights(picture: np.ndarray, limit: float, alt: str) -> Html:
    """Weights from -``limit`` to ``limit``, shape (height, width), in two inks."""
    pixels = np.empty((*picture.shape, 4), np.uint8)
    pixels[..., :3] = np.where(picture[..., None] > 0, _ABOVE, _BELOW)
    pixels[..., 3] = np.rint(np.minimum(np.abs(picture) / limit, 1) * 255)
    return _image(pixels, alt, "weights")


def _image(pixels: np.ndarray, alt: str, class_: str) -> Html:
    height, width = pixels.shape[:2]
    source = "data:image/png;base64," + base64.b64encode(encoded(pixels)).decode()
    return element("img", src=source, alt=alt, width=width, height=height, class_=class_)
