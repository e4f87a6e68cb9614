"""What any model says of a plane of two features: denim's models, and whatever has predict or predict_proba."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

import numpy as np

_BATCH = 4096


@dataclass(frozen=True)
class Plane:
    """Two features of some rows.

    Attributes:
        values: float64, shape (rows, 2).
        names: of the features, where ``X`` is a frame.
        frame: the frame's type, called with columns by name; None for arrays.
    """

    values: np.ndarray
    names: tuple[str, str] | None
    frame: Any

    @classmethod
    def of(cls, x: Any) -> Plane:
        """The features of ``x``.

        Raises:
            ValueError: they are not two, not numbers, or some are missing.
        """
        columns = getattr(x, "columns", None)
        values = np.asarray(x)
        if values.ndim != 2 or values.shape[1] != 2:
            several = values.ndim == 2 and values.shape[1] > 2
            names = [] if columns is None else [repr(str(name)) for name in list(columns)[:2]]
            pick = f"X[[{', '.join(names)}]]" if len(names) == 2 else "X[:, [0, 1]]"
            raise ValueError(
                "`X` must have two features, which are the two directions of the picture. Received: shape "
                f"{values.shape}."
                + (f" Take two of them, as in {pick}, and a model trained on these two." if several else "")
            )
        if values.dtype.kind not in "fiub":
            try:
                values = values.astype(np.float64)
            except (TypeError, ValueError):
                raise ValueError(f"`X` must be numbers. Received: dtype {values.dtype}.") from None
        values = values.astype(np.float64)
        if not len(values) or not np.isfinite(values).all():
            lacking = "none" if not len(values) else f"{int((~np.isfinite(values)).sum())} that are not finite"
            raise ValueError(f"`X` must have rows of finite numbers. Received: {lacking}.")
        if columns is None:
            return cls(values, None, None)
        first, second = (str(name) for name in columns)
        return cls(values, (first, second), type(x))

    def like(self, values: np.ndarray, x: Any) -> Any:
        """Other values as ``x`` is: with its column names, or in its dtype."""
        if self.frame is not None:
            return self.frame(dict(zip(x.columns, values.T, strict=True)))
        dtype = np.asarray(x).dtype
        return values.astype(dtype if dtype.kind == "f" else np.float32)


def said_by(model: Any, x: Any) -> np.ndarray:
    """Probabilities where the model has them, else its predictions.

    Raises:
        TypeError: it has no ``predict``.
    """
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(x))
    if not hasattr(model, "predict"):
        raise TypeError(
            "`model` must have `predict` or `predict_proba`, as denim's models and scikit-learn's estimators have. "
            f"Received: {model!r} (of type {type(model)})."
        )
    try:
        known = set(inspect.signature(model.predict).parameters)
    except (TypeError, ValueError):
        known = set()
    quiet = {key: value for key, value in (("verbose", 0), ("batch_size", _BATCH)) if key in known}
    return np.asarray(model.predict(x, **quiet))


def is_regression(model: Any, said: np.ndarray, y: np.ndarray) -> bool:
    """Whether the model says numbers, and not classes: by what it is, what it says and what it was to learn."""
    if hasattr(model, "classes_") or hasattr(model, "predict_proba"):
        return False
    if said.dtype.kind != "f" or (said.ndim == 2 and said.shape[1] > 1) or y.dtype.kind not in "fiub":
        return False
    return not np.isin(y, (0, 1)).all()


def probabilities(said: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """What a classifier said as probabilities, shape (rows, classes); scores by softmax or sigmoid, classes as 1.

    Raises:
        ValueError: there are other classes than in ``classes``.
    """
    said = said[:, 0] if said.ndim == 2 and said.shape[1] == 1 else said
    if said.ndim == 1 and said.dtype.kind != "f":
        return _indices(said, classes)[:, np.newaxis] == np.arange(len(classes))
    if said.ndim == 1:
        if len(classes) > 2 or (np.isin(said, classes).all() and not np.isin(classes, (0, 1)).all()):
            return _indices(said, classes)[:, np.newaxis] == np.arange(len(classes))
        p = said.astype(np.float64)
        if p.min() < 0 or p.max() > 1:
            p = 1 / (1 + np.exp(-np.clip(p, -700, 700)))
        return np.column_stack([1 - p, p])
    p = said.astype(np.float64)
    if p.min() < 0 or np.abs(p.sum(axis=1) - 1).max() > 1e-3:
        p = np.exp(p - p.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
    return p


def _indices(labels: np.ndarray, classes: np.ndarray) -> np.ndarray:
    places = np.searchsorted(classes, labels)
    if (classes[np.minimum(places, len(classes) - 1)] != labels).any():
        raise ValueError(f"The model must say classes that are in `y`: {list(classes)}. It said others.")
    return places
