"""California housing: 8 measures of 20,640 districts in 1990, and the median value of their houses in dollars.

Source: Pace, Barry, "Sparse Spatial Autoregressions", Statistics and Probability Letters 33 (1997).
Face: https://keras.io/api/datasets/california_housing/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.suggest import did_you_mean

if TYPE_CHECKING:
    from denim.datasets.splits import Arrays

__all__ = ["load_data"]

_ROWS = {"small": 600, "large": None}


def load_data(
    version: str = "large", path: str = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> Arrays:
    """Return ``(x_train, y_train), (x_test, y_test)``: shapes (n, 8) and (n,), in Keras's order.

    Args:
        version: "large", or "small" for 600 of the rows.
        path: the file's name in the caches. The places are those of ``mnist.load_data``.
        test_split: the share of rows for testing: from 0, below 1.
        seed: of the order before the split.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
        ValueError: for another version or share, or a path that is more than a name.
    """
    from denim.datasets import catalog, npz, sources, splits

    splits.check_share(test_split)
    if version not in _ROWS:
        raise ValueError(
            f"Argument `version` must be one of 'small', 'large'. Received: version={version!r}."
            + did_you_mean(version, _ROWS)
        )
    content = sources.content(catalog.CALIFORNIA_HOUSING.named(path))
    x, y = npz.numbers(content, "x", "y")
    return splits.split(x[: _ROWS[version]], y[: _ROWS[version]], test_split, seed)
