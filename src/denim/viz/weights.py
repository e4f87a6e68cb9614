"""Weights as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from denim.viz import checks
from denim.viz.figures import grid, need_matplotlib
from denim.viz.fonts import lettering

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def images(weights: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Each unit's weights as a picture: shape (units, height, width)."""
    return weights.T.reshape(-1, *shape)


def weight_images(
    layer_or_array: Any, shape: tuple[int, int], class_names: Sequence[str] | None = None, *, count: int = 100
) -> Figure:
    """What each unit of a dense layer looks for: its weights as a picture, red above zero and blue below.

    Args:
        layer_or_array: a built ``Dense`` layer, or weights of shape (features, units).
        shape: height and width; their product is the number of features.
        class_names: by unit; the units' numbers where it is None.
        count: how many units at most, the first ones.

    Raises:
        TypeError: the layer has no kernel, or is not built.
        ValueError: a shape does not fit.
        ImportError: matplotlib is not installed.
    """
    need_matplotlib()
    weights = _weights(layer_or_array)
    count = checks.count(count, "count")
    if weights.ndim != 2 or len(shape) != 2 or int(np.prod(shape)) != len(weights):
        raise ValueError(
            "`shape` must be a height and a width whose product is the number of features, and the weights of shape "
            f"(features, units). Received: shape={tuple(shape)}, weights of shape {weights.shape}."
        )
    drawn = images(weights, tuple(shape))[:count]
    names = checks.names(class_names, len(drawn))[: len(drawn)]
    limit = float(np.abs(drawn).max()) or 1.0
    with lettering(names) as letters:
        figure, axes = grid(len(drawn), 5 if len(drawn) <= 10 else 10, (1.7, 2.0) if len(drawn) <= 10 else (1.1, 1.3))
        shown = None
        for axis, picture, name in zip(axes, drawn, letters.names(names, "unit"), strict=True):
            shown = axis.imshow(picture, cmap="RdBu_r", vmin=-limit, vmax=limit)
            axis.set_title(name, fontsize=10)
        if shown is not None:
            figure.colorbar(shown, ax=axes, label="weight", shrink=0.8)
    return figure


def _weights(layer_or_array: Any) -> np.ndarray:
    if isinstance(layer_or_array, (np.ndarray, list, tuple)):
        return np.asarray(layer_or_array, dtype=np.float64)
    kernel = getattr(layer_or_array, "kernel", None)
    if kernel is None:
        raise TypeError(
            "`layer_or_array` must be a built Dense layer, as model.layers[-1], or its weights of shape "
            f"(features, units). Received: {layer_or_array!r} (of type {type(layer_or_array)})."
        )
    return np.asarray(kernel, dtype=np.float64)
