"""Well-known data sets, found on this machine or fetched once and checked.

Each data set is a module with Keras's ``load_data()``. Modules are imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from denim.lazy import bind

if TYPE_CHECKING:
    from denim.datasets import fashion_mnist
    from denim.datasets.errors import DatasetNotFoundError, DatasetWarning

__all__ = ["DatasetNotFoundError", "DatasetWarning", "fashion_mnist"]

__getattr__, __dir__ = bind(
    __name__,
    {
        "DatasetNotFoundError": "denim.datasets.errors",
        "DatasetWarning": "denim.datasets.errors",
        "fashion_mnist": None,
    },
)
