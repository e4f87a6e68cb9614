"""What DenseClassifier and DenseRegressor have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from denim.data.arrays import is_sparse
from denim.data.frames import frame_array, is_frame
from denim.data.stored import WHOLE_BYTES
from denim.estimators import settings
from denim.estimators.network import network, optimizer_for
from denim.estimators.scaling import Scaling
from denim.estimators.training import Stopping, train
from denim.losses import Loss
from denim.wrappers.validating import validated

_FEWEST, _MOST, _PARTS = 64, 256, 10
"""The limits of an automatic batch, which is a tenth of the rows in between."""
_PREDICTED_AT_ONCE = 256


@dataclass(frozen=True)
class Head:
    """What the network ends in: units, their activation, and the loss."""

    units: int
    activation: str
    loss: Loss


@dataclass(frozen=True)
class Rows:
    """Rows to learn from or to validate on: features, targets as the network learns them, weights or None."""

    x: Any
    y: np.ndarray
    weights: np.ndarray | None

    def at(self, chosen: np.ndarray) -> Rows:
        """Some of them."""
        return Rows(self.x[chosen], self.y[chosen], None if self.weights is None else self.weights[chosen])


class DenseEstimator(BaseEstimator):  # type: ignore[misc]
    """Fitting and predicting; subclasses say what targets mean to the network."""

    hidden_layer_sizes: Any
    early_stopping: bool
    epochs: int
    batch_size: Any
    random_state: Any
    standardize: bool
    tol: float
    patience: int
    validation_fraction: float
    verbose: bool
    warm_start: bool

    _learn_targets: Callable[..., None]
    """Learns what targets there are, from y, weights and whether the model goes on; may refuse them."""
    _encoded: Callable[[np.ndarray], np.ndarray]
    _class_weights: Callable[[np.ndarray], np.ndarray | None]
    _validation_score: Callable[[np.ndarray, Rows], float]
    _head: Callable[[], Head]
    _strata: Callable[[np.ndarray], np.ndarray | None]

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Train a new model, or with ``warm_start`` the one that is there, for up to ``epochs`` epochs.

        Ctrl-C ends the training, as with scikit-learn's networks, with a warning: what was learnt is kept.

        Args:
            X: an array, a frame or a sparse matrix of shape (rows, features).
            y: targets, shape (rows,) or (rows, outputs).
            sample_weight: one number of at least 0 a row. A row of weight 0 might as well not be there; one of weight 2
                counts as two such rows.

        Raises:
            ValueError: for parameters or data that cannot be used. What was fitted before is then as it was.
        """
        with as_before_if_refused(self):
            self._fit(X, y, sample_weight)
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any) -> None:
        settings.check(self)
        going_on = self.warm_start and hasattr(self, "model_")
        x, y, weights = self._checked(X, y, sample_weight, going_on)
        self._learn_targets(y, going_on)
        weights = _product(weights, self._class_weights(y))
        rows = _with_weight(Rows(x, self._raw_targets(y), weights))
        draws = check_random_state(self.random_state)
        kept = None
        if self.early_stopping:
            rows, kept = self._split(rows, draws)
        size = self._batch_size(len(rows.y))
        if not going_on:
            self._begin(rows, draws, self.epochs * -(-len(rows.y) // size))
        self._train(rows, kept, size, self.epochs)

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any) -> None:
        """One epoch on these rows."""
        settings.check(self)
        going_on = hasattr(self, "model_")
        x, y, weights = self._checked(X, y, sample_weight, going_on)
        self._learn_targets(y, True)
        weights = _product(weights, self._class_weights(y))
        rows = _with_weight(Rows(x, self._raw_targets(y), weights))
        size = self._batch_size(len(rows.y))
        if not going_on:
            self._begin(rows, check_random_state(self.random_state), self.epochs * -(-len(rows.y) // size))
        self._train(rows, None, size, 1, one_more=going_on)

    def _checked(self, X: Any, y: Any, sample_weight: Any, going_on: bool) -> tuple[Any, Any, np.ndarray | None]:
        with _naming_columns(X):
            x, y = validated(self, X, y, reset=not going_on, accept_sparse="csr", multi_output=True)
            x = _features(x)
        return x, y, None if sample_weight is None else _checked_weights(self, sample_weight, x)

    def _raw_targets(self, y: Any) -> np.ndarray:
        """Targets as numbers, shape (rows,) or (rows, outputs)."""
        raise NotImplementedError

    def _split(self, rows: Rows, draws: Any) -> tuple[Rows, Rows]:
        """Rows to learn from, and rows kept for validation."""
        try:
            learnt, kept = train_test_split(
                np.arange(len(rows.y)),
                test_size=self.validation_fraction,
                random_state=draws,
                stratify=self._strata(rows.y),
            )
        except ValueError as error:
            raise ValueError(
                f"early_stopping=True keeps rows for validation, which these {len(rows.y)} rows do not allow: {error} "
                "Pass more rows, another `validation_fraction`, or early_stopping=False."
            ) from error
        return rows.at(learnt), rows.at(kept)

    def _batch_size(self, rows: int) -> int:
        if self.batch_size != "auto":
            return int(self.batch_size)
        return max(1, min(rows, max(_FEWEST, min(_MOST, rows // _PARTS))))

    def _begin(self, rows: Rows, draws: Any, steps: int) -> None:
        """A new model; what was trained before is forgotten."""
        optimizer = optimizer_for(self, steps)
        scaling = Scaling.of(rows.x, rows.weights) if self.standardize else None
        head, dtype = self._head(), rows.x.dtype.name
        model = network(self, scaling, head.units, head.activation, rows.x.shape[1], dtype, draws)
        model.compile(optimizer, head.loss)
        self.model_ = model
        self._scale_targets(rows)
        self._to_given_units()
        self._key = int.from_bytes(draws.bytes(8), "little")
        self._trained_epochs = 0
        self.loss_curve_: list[float] = []
        self.validation_scores_: list[float] | None = None
        self.n_iter_ = 0

    def _scale_targets(self, rows: Rows) -> None:
        """Learn the units of the targets, where they have any."""

    def _to_training_units(self) -> None:
        """Let the model predict what ``_encoded`` targets are."""

    def _to_given_units(self) -> None:
        """Let the model predict what was given as targets."""

    def _train(self, rows: Rows, kept: Rows | None, batch_size: int, epochs: int, one_more: bool = False) -> None:
        weights = None if rows.weights is None else _of_mean_one(rows.weights, rows.x.dtype)
        stopping = None if one_more else Stopping(float(self.tol), int(self.patience), self._judge(kept))
        span = range(self._trained_epochs, self._trained_epochs + epochs)
        self._to_training_units()
        try:
            curves = train(
                self.model_,
                rows.x,
                self._encoded(rows.y),
                weights,
                batch_size,
                span,
                self._key,
                stopping,
                bool(self.verbose),
            )
        finally:
            self._to_given_units()
        self._trained_epochs += len(curves.losses)
        self.loss_curve_ = [*self.loss_curve_, *curves.losses]
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else float("nan")
        if kept is not None:
            self.validation_scores_ = [*(self.validation_scores_ or []), *curves.scores]
            self.best_validation_score_ = max(self.validation_scores_, default=float("nan"))
        self.n_iter_ = self.n_iter_ + len(curves.losses) if one_more else len(curves.losses)

    def _judge(self, kept: Rows | None) -> Callable[[], float] | None:
        """What scores the model on rows kept for validation."""
        if kept is None:
            return None
        held = Rows(kept.x, self._encoded(kept.y), kept.weights)
        return lambda: self._validation_score(self._outputs(held.x), held)

    def _outputs(self, x: Any) -> np.ndarray:
        outputs: np.ndarray = self.model_.predict(x, batch_size=_PREDICTED_AT_ONCE, verbose=0)
        return outputs

    def _predicted(self, X: Any) -> np.ndarray:
        """The model's outputs for the rows of X, as the user passed them."""
        check_is_fitted(self, "model_")
        with _naming_columns(X):
            x = _features(validated(self, X, reset=False, accept_sparse="csr"))
        return self._outputs(x)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.target_tags.multi_output = True
        return tags


@contextmanager
def as_before_if_refused(estimator: DenseEstimator) -> Iterator[None]:
    """An error within, or Ctrl-C before the training, leaves the estimator with the attributes that it had before."""
    before = dict(estimator.__dict__)
    try:
        yield
    except BaseException:
        estimator.__dict__.clear()
        estimator.__dict__.update(before)
        raise


@contextmanager
def _naming_columns(X: Any) -> Iterator[None]:
    """An error within names the columns of a frame that hold no numbers, if there are such."""
    try:
        yield
    except (TypeError, ValueError):
        if is_frame(X):
            frame_array(X, "X")
        raise


def _features(x: Any) -> Any:
    """Features in rows, in the dtype that is computed in. What would be too large with its zeros stays sparse."""
    wide = x.dtype.kind == "f" and x.dtype.itemsize >= 8
    dtype = np.dtype(np.float64 if wide else np.float32)
    if not is_sparse(x):
        return np.ascontiguousarray(x, dtype)
    large = x.shape[0] * x.shape[1] * dtype.itemsize > WHOLE_BYTES
    return x.astype(dtype, copy=False) if large else np.ascontiguousarray(x.toarray(), dtype)


def _checked_weights(estimator: Any, sample_weight: Any, x: Any) -> np.ndarray:
    weights: np.ndarray = _check_sample_weight(sample_weight, x, dtype=np.float64)
    if (weights < 0).any():
        raise ValueError(
            f"{type(estimator).__name__}: `sample_weight` must hold numbers of at least 0. Received: "
            f"{weights.min()} at row {int(weights.argmin())}"
        )
    return weights


def _product(a: np.ndarray | None, b: np.ndarray | None) -> np.ndarray | None:
    if a is None or b is None:
        return b if a is None else a
    return a * b


def _with_weight(rows: Rows) -> Rows:
    """The rows that weigh anything."""
    if rows.weights is None or (rows.weights > 0).all():
        return rows
    if not (rows.weights > 0).any():
        raise ValueError(
            "All rows have a weight of zero, by `sample_weight` or `class_weight`: there is nothing to learn from."
        )
    return rows.at(np.flatnonzero(rows.weights))


def _of_mean_one(weights: np.ndarray, dtype: Any) -> np.ndarray:
    """Weights over their mean: losses are divided by the sum of all weights; a batch counts for what it weighs."""
    return (weights / weights.mean()).astype(dtype)
