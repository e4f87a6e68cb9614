"""scikit-learn's check of an estimator's data."""

from __future__ import annotations

from typing import Any


def validated(estimator: Any, *args: Any, **kwargs: Any) -> Any:
    """What scikit-learn's ``validate_data`` makes of X, or of X and y; the estimator learns the features' names."""
    try:
        from sklearn.utils.validation import validate_data
    except ImportError:  # before scikit-learn 1.6
        return estimator._validate_data(*args, **kwargs)
    return validate_data(estimator, *args, **kwargs)
