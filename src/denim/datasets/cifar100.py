"""CIFAR-100: 60,000 coloured 32 by 32 pictures of a hundred kinds of things in twenty groups.

Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
Face: https://keras.io/api/datasets/cifar100/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.suggest import did_you_mean

if TYPE_CHECKING:
    from denim.datasets.splits import Arrays

__all__ = ["load_data"]

_MODES = ("fine", "coarse")


def load_data(label_mode: str = "fine") -> Arrays:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    Pictures as ``cifar10.load_data`` has them, and labels of int64, shapes (50000, 1) and (10000, 1). The places are
    those of ``mnist.load_data``.

    Args:
        label_mode: "fine" for the 100 kinds, "coarse" for the 20 groups.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: for another mode.
    """
    from denim.datasets import catalog, cifar, sources

    if label_mode not in _MODES:
        raise ValueError(
            f"`label_mode` must be one of 'fine', 'coarse'. Received: label_mode={label_mode!r}."
            + did_you_mean(label_mode, _MODES)
        )
    train, test = cifar.batches(sources.content(catalog.CIFAR100), "cifar-100-python", "train", "test")
    key = f"{label_mode}_labels".encode()
    return (
        (cifar.pictures([train]), cifar.labels([train], key)),
        (cifar.pictures([test]), cifar.labels([test], key)),
    )
