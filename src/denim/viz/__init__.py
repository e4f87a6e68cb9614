"""Pictures of data, training, models and mistakes, each a matplotlib figure of its own.

Needs matplotlib (``pip install "denim-nn[plot]"``), which is imported when the first picture is drawn. No function
touches pyplot: the figure is returned, is shown as the last line of a notebook's cell, and is kept with
``figure.savefig``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.utils.model_plot import plot_model
    from denim.viz.activation_curves import activation_curves
    from denim.viz.boundary import decision_boundary
    from denim.viz.confusion import confusion_matrix
    from denim.viz.curves import learning_curves
    from denim.viz.fonts import FontWarning
    from denim.viz.grids import confident_mistakes, samples
    from denim.viz.loss_curves import loss_curves
    from denim.viz.reliability import reliability_diagram
    from denim.viz.weights import weight_images

__all__ = [
    "FontWarning",
    "activation_curves",
    "confident_mistakes",
    "confusion_matrix",
    "decision_boundary",
    "learning_curves",
    "loss_curves",
    "plot_model",
    "reliability_diagram",
    "samples",
    "weight_images",
]

__getattr__, __dir__ = bind(
    __name__,
    {
        "FontWarning": "denim.viz.fonts",
        "activation_curves": "denim.viz.activation_curves",
        "confident_mistakes": "denim.viz.grids",
        "confusion_matrix": "denim.viz.confusion",
        "decision_boundary": "denim.viz.boundary",
        "learning_curves": "denim.viz.curves",
        "loss_curves": "denim.viz.loss_curves",
        "plot_model": "denim.utils.model_plot",
        "reliability_diagram": "denim.viz.reliability",
        "samples": "denim.viz.grids",
        "weight_images": "denim.viz.weights",
    },
)
