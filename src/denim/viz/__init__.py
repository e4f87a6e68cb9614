"""Pictures of data, training and mistakes, each a matplotlib figure of its own.

Needs matplotlib (``pip install "denim-nn[plot]"``), which is imported when the first picture is drawn. No function
touches pyplot: the figure is returned, is shown as the last line of a notebook's cell, and is kept with
``figure.savefig``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.viz.confusion import confusion_matrix
    from denim.viz.curves import learning_curves
    from denim.viz.fonts import FontWarning
    from denim.viz.grids import confident_mistakes, samples
    from denim.viz.weights import weight_images

__all__ = [
    "FontWarning",
    "confident_mistakes",
    "confusion_matrix",
    "learning_curves",
    "samples",
    "weight_images",
]

__getattr__, __dir__ = bind(
    __name__,
    {
        "FontWarning": "denim.viz.fonts",
        "confident_mistakes": "denim.viz.grids",
        "confusion_matrix": "denim.viz.confusion",
        "learning_curves": "denim.viz.curves",
        "samples": "denim.viz.grids",
        "weight_images": "denim.viz.weights",
    },
)
