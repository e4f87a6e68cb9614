"""Fashion-MNIST: 70,000 grey 28 by 28 pictures of clothing in ten classes.

Source: Xiao, Rasul, Vollgraf, "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine
Learning Algorithms" (arXiv:1708.07747); MIT licence, Zalando SE.
Face: https://keras.io/api/datasets/fashion_mnist/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from denim.datasets.sources import Split

__all__ = ["CLASS_NAMES", "load_data"]

CLASS_NAMES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)


def load_data() -> tuple[Split, Split]:
    """Return ``(x_train, y_train), (x_test, y_test)``.

    Four uint8 arrays of shapes (60000, 28, 28), (60000,), (10000, 28, 28), (10000,): grey levels 0
    to 255, and labels 0 to 9, named by ``CLASS_NAMES``. The arrays are the caller's own and
    writable.

    Places tried, in order: the folder ``DENIM_DATA``; denim's cache; Keras's cache; the Debian
    package ``dataset-fashion-mnist``, if installed; the addresses Keras and Zalando publish; that
    Debian package, fetched with ``apt-get download`` and not installed. What is found is kept in
    denim's cache (``datasets/fashion-mnist`` in ``$DENIM_HOME``, ``$XDG_CACHE_HOME/denim`` or
    ``~/.cache/denim``), except what ``DENIM_DATA`` has. Every file is checked against its SHA-256
    on every load, wherever it lies. ``DENIM_OFFLINE=1`` keeps off the network.

    Raises:
        DatasetNotFoundError: a FileNotFoundError that lists each place with its outcome.
    Warns:
        DatasetWarning: a file was there but damaged, and not used; or ``DENIM_DATA`` lacks a file that another place
            has; or the cache cannot be written.
    """
    from denim.datasets.catalog import FASHION_MNIST
    from denim.datasets.sources import load

    return load(FASHION_MNIST)
