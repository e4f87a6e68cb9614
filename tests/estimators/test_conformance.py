"""The estimators pass all of scikit-learn's own checks, with none expected to fail."""

from __future__ import annotations

import unittest
from typing import Any

import pytest

pytest.importorskip("sklearn")

from sklearn.utils.estimator_checks import parametrize_with_checks

from denim.estimators import DenseClassifier, DenseRegressor


@parametrize_with_checks([DenseClassifier(), DenseRegressor()])
def test_estimator_checks(estimator: Any, check: Any) -> None:
    try:
        check(estimator)
    except unittest.SkipTest as skipped:
        pytest.skip(str(skipped))
