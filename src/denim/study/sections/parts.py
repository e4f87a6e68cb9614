"""Parts that several sections have: pictures and counted nouns."""

from __future__ import annotations

import base64

import numpy as np

from denim.study import pictures
from denim.study.findings import Findings
from denim.study.markup import Html, element


def ink(findings: Findings, picture: np.ndarray, alt: str) -> Html:
    """One of the data's pictures, shape (height, width), in the colour of the page's text."""
    return image(pictures.ink(picture, findings.pictures.white), alt, picture.shape, "ink")


def image(png: bytes, alt: str, shape: tuple[int, ...], class_: str) -> Html:
    """A PNG within the page. ``shape``: height and width in pixels; the page draws it as large as it likes."""
    height, width = shape[:2]
    source = "data:image/png;base64," + base64.b64encode(png).decode()
    return element("img", src=source, alt=alt, width=width, height=height, class_=class_)


def counted(number: int, noun: str) -> str:
    """As in "1 epoch" and "5 epochs"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
