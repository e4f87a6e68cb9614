"""Small tables to learn from: those that come with scikit-learn, and generated ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sklearn import datasets

_SEED = 0


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
    return lambda: getattr(datasets, f"make_{name}")(n_samples=rows, random_state=_SEED, **options)


TABLES = (
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
