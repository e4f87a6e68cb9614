"""Well-known data sets, found on this machine or fetched once and checked.

Each data set is a module with Keras's ``load_data()``. Modules are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.datasets import (
        boston_housing,
        california_housing,
        cifar10,
        cifar100,
        fashion_mnist,
        imdb,
        mnist,
        reuters,
    )
    from denim.datasets.errors import DatasetNotFoundError, DatasetWarning

__all__ = [
    "DatasetNotFoundError",
    "DatasetWarning",
    "boston_housing",
    "california_housing",
    "cifar10",
    "cifar100",
    "fashion_mnist",
    "imdb",
    "mnist",
    "reuters",
]

_ERRORS = {"DatasetNotFoundError": "denim.datasets.errors", "DatasetWarning": "denim.datasets.errors"}

__getattr__, __dir__ = bind(__name__, {**dict.fromkeys(__all__), **_ERRORS})
