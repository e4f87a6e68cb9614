"""Small tables to learn from: those that come with scikit-learn, and generated ones.

The estimators' defaults were chosen with most of ``SEEN`` in view. ``FRESH`` was made afterwards: its kinds, sizes and
seed were written down before anything was fitted on it, and nothing may be chosen by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn import datasets

_SEED, _FRESH_SEED = 0, 20261123


@dataclass(frozen=True)
class Table:
    """A data set.

    Attributes:
        name: what it is called.
        classes: whether classes are to be told apart; else numbers are predicted.
        load: makes features and targets.
    """

    name: str
    classes: bool
    load: Callable[[], tuple[Any, Any]]


def _bundled(name: str) -> Callable[[], tuple[Any, Any]]:
    return lambda: getattr(datasets, f"load_{name}")(return_X_y=True)


def _made(name: str, rows: int, **options: Any) -> Callable[[], tuple[Any, Any]]:
    return _drawn(_SEED, name, rows, options)


def _fresh(name: str, rows: int, **options: Any) -> Callable[[], tuple[Any, Any]]:
    return _drawn(_FRESH_SEED, name, rows, options)


def _drawn(seed: int, name: str, rows: int, options: dict[str, Any]) -> Callable[[], tuple[Any, Any]]:
    return lambda: getattr(datasets, f"make_{name}")(n_samples=rows, random_state=seed, **options)


SEEN = (
    Table("iris", True, _bundled("iris")),
    Table("wine", True, _bundled("wine")),
    Table("breast cancer", True, _bundled("breast_cancer")),
    Table("digits", True, _bundled("digits")),
    Table("moons", True, _made("moons", 1000, noise=0.25)),
    Table("circles", True, _made("circles", 1000, noise=0.15, factor=0.6)),
    Table("Gaussian quantiles", True, _made("gaussian_quantiles", 2000, n_features=5, n_classes=4)),
    Table("clusters", True, _made("classification", 3000, n_features=20, n_informative=10, n_classes=5)),
    Table("Hastie 10.2", True, _made("hastie_10_2", 4000)),
    Table("diabetes", False, _bundled("diabetes")),
    Table("Friedman 1", False, _made("friedman1", 1500, noise=1.0)),
    Table("Friedman 2", False, _made("friedman2", 1500, noise=50.0)),
    Table("Friedman 3", False, _made("friedman3", 1500, noise=0.1)),
    Table("linear", False, _made("regression", 1000, n_features=30, n_informative=10, noise=20.0)),
    Table("three outputs", False, _made("regression", 1000, n_features=20, n_targets=3, noise=20.0)),
)

FRESH = (
    Table("moons, noise 0.4", True, _fresh("moons", 600, noise=0.4)),
    Table("thin circles", True, _fresh("circles", 2500, noise=0.08, factor=0.8)),
    Table("Gaussian quantiles, 3 classes", True, _fresh("gaussian_quantiles", 3000, n_features=10, n_classes=3)),
    Table("Hastie 10.2, more rows", True, _fresh("hastie_10_2", 12000)),
    Table("one class in ten", True, _fresh("classification", 4000, n_features=15, n_informative=6, weights=[0.9])),
    Table(
        "redundant features",
        True,
        _fresh("classification", 2000, n_features=40, n_informative=6, n_redundant=20, n_repeated=4, n_classes=3),
    ),
    Table(
        "ten classes",
        True,
        _fresh("classification", 5000, n_features=16, n_informative=12, n_classes=10, n_clusters_per_class=1),
    ),
    Table("blobs", True, _fresh("blobs", 1500, n_features=8, centers=6, cluster_std=6.0)),
    Table("Friedman 1, noise 2", False, _fresh("friedman1", 800, n_features=15, noise=2.0)),
    Table("Friedman 2, noise 150", False, _fresh("friedman2", 600, noise=150.0)),
    Table("Friedman 3, noise 0.2", False, _fresh("friedman3", 4000, noise=0.2)),
    Table("sparse uncorrelated", False, _fresh("sparse_uncorrelated", 1200, n_features=12)),
    Table("S curve", False, _fresh("s_curve", 2000, noise=0.1)),
    Table("low rank", False, _fresh("regression", 400, n_features=60, effective_rank=10, noise=1.0)),
)
