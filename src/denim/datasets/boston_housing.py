"""Boston housing: 13 measures of 506 districts in 1978, and the median value of their houses in 1000 dollars.

One of the measures assumes that segregation by race raises prices, so the data set is for studying that, and old
tutorials; ``california_housing`` is the better exercise.

Source: Harrison, Rubinfeld, http://lib.stat.cmu.edu/datasets/boston
Face: https://keras.io/api/datasets/boston_housing/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from denim.datasets.splits import Arrays

__all__ = ["load_data"]


def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Arrays:
    """Return ``(x_train, y_train), (x_test, y_test)``: float64, shapes (n, 13) and (n,), in Keras's order.

    Args:
        path: the file's name in the caches. The places are those of ``mnist.load_data``.
        test_split: the share of rows for testing: from 0, below 1.
        seed: of the order before the split.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: for another share, or a path that is more than a name.
    """
    from denim.datasets import catalog, npz, sources, splits

    splits.check_share(test_split)
    content = sources.content(catalog.BOSTON_HOUSING.named(path))
    x, y = npz.numbers(content, "x", "y")
    return splits.split(x, y, test_split, seed)
