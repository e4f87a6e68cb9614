"""Rows of people's data within a page."""

from __future__ import annotations

from typing import Any

import numpy as np

from denim.commands.showing.contents import short
from denim.report.markup import Child, Html, element, scrolling, table
from denim.report.pictures import ink, photograph

_COLUMNS = 8


def picture(content: Any, place: int, alt: str) -> Html | None:
    """The row as a picture, if it is one: of pictures, or of an array of two axes, or three with three colours."""
    images = picture_array(content)
    if images is None:
        return None
    found = images[place]
    if found.ndim == 3:
        return photograph(found, alt)
    white = 255.0 if found.dtype == np.uint8 and images[:100].max() > 16 else float(images[:1000].max()) or 1.0
    return ink(np.clip(found.astype(np.float64), 0, white), white, alt)


def picture_array(content: Any) -> np.ndarray | None:
    """All rows as pictures, if they are such."""
    images = getattr(content, "images", None)
    if images is None:
        images = getattr(content, "x", None)
    if images is None or images.dtype.kind not in "uif":
        return None
    if images.ndim == 3 and min(images.shape[1:]) >= 4 and images[:1000].min() >= 0:
        return np.asarray(images)
    if images.ndim == 4 and images.shape[3] == 3 and images.dtype == np.uint8:
        return np.asarray(images)
    return None


def cells(content: Any, place: int, without: str) -> tuple[tuple[str, str], ...]:
    """Some of a table's row: columns' names and values; nothing for other data."""
    frame = getattr(content, "frame", None)
    if frame is None:
        return ()
    names = [name for name in frame.columns if str(name) != without][:_COLUMNS]
    row = frame.iloc[place]
    return tuple((str(name), short(row[name])) for name in names)


def card(drawn: Html, *lines: tuple[str, str]) -> Html:
    """A picture above lines of text, each with its class."""
    caption = element("figcaption", *(element("span", words, class_=class_) for words, class_ in lines))
    return element("figure", drawn, caption, class_="card")


def rows_table(head: tuple[Child, ...], rows: list[tuple[Child, ...]], label: str) -> Html:
    """A table that scrolls."""
    return scrolling(table(head, rows, class_="numbers"), label)
