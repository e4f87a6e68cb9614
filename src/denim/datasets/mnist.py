"""MNIST: 70,000 grey 28 by 28 pictures of handwritten digits.

Source: LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/ (CC BY-SA 3.0).
Face: https://keras.io/api/datasets/mnist/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from denim.datasets.splits import Arrays

__all__ = ["load_data"]


def load_data(path: str = "mnist.npz") -> Arrays:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    Four uint8 arrays of shapes (60000, 28, 28), (60000,), (10000, 28, 28), (10000,): grey levels 0 to 255, and digits.

    Args:
        path: the file's name in the caches. The places are those of ``fashion_mnist.load_data``, but for Debian's
            package.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: for a path that is more than a name.
    """
    from denim.datasets import catalog, npz, sources

    content = sources.content(catalog.MNIST.named(path))
    x_train, y_train, x_test, y_test = npz.numbers(content, "x_train", "y_train", "x_test", "y_test")
    return (x_train, y_train), (x_test, y_test)
