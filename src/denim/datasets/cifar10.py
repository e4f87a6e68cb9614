"""CIFAR-10: 60,000 coloured 32 by 32 pictures of ten kinds of things.

Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
Face: https://keras.io/api/datasets/cifar10/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from denim.datasets.splits import Arrays

__all__ = ["CLASS_NAMES", "load_data"]

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


def load_data() -> Arrays:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    Four uint8 arrays of shapes (50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1); the colours come before
    rows and columns where ``config.image_data_format()`` is "channels_first". The places are those of
    ``mnist.load_data``.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
    """
    from denim.datasets import catalog, cifar, sources

    names = [f"data_batch_{number}" for number in range(1, 6)]
    content = sources.content(catalog.CIFAR10)
    *train, test = cifar.batches(content, "cifar-10-batches-py", *names, "test_batch")
    return (
        (cifar.pictures(train), cifar.labels(train, b"labels").astype("uint8")),
        (cifar.pictures([test]), cifar.labels([test], b"labels").astype("uint8")),
    )
