"""DenseRegressor."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d

from denim import losses
from denim.estimators.base import DenseEstimator, Head, Rows, as_before_if_refused
from denim.estimators.scaling import Scaling


class DenseRegressor(RegressorMixin, DenseEstimator):  # type: ignore[misc]
    """A dense network that predicts numbers.

    Features and targets are brought to mean 0 and variance 1 for training; ``model_`` takes features and predicts
    targets as they are. It computes in float64 where X is float64, else in float32; two fits with the same data,
    parameters and ``random_state`` come to the same bits.

    Args:
        hidden_layer_sizes: units of the hidden layers; () for a linear model.
        activation: theirs, by name.
        dropout: the part of each hidden layer's outputs that a training step leaves out.
        batch_norm: whether a hidden layer's sums are normalized over the batch before its activation.
        alpha: L2 regularization: this times the sum of the squares of all kernels is added to the loss.
        optimizer: name, or an object of ``denim.optimizers``, whose own learning rate then counts.
        learning_rate: a number or an object of ``denim.optimizers.schedules``.
        schedule: "constant", or "cosine" down to 0 over all epochs.
        batch_size: rows a step; "auto" is a tenth of the rows, but not fewer than 64 nor more than 256.
        epochs: the most there are.
        tol, patience: training ends when the loss, or with early stopping the validation score, has not improved by
            more than ``tol`` for ``patience`` epochs.
        early_stopping: whether to keep rows for validation, and the weights that do best on them.
        validation_fraction: the part of the rows that are kept.
        standardize: whether features and targets are scaled as said above.
        random_state: fixes weights, order of rows, dropout and validation rows.
        verbose: whether to print a line an epoch.
        warm_start: whether ``fit`` goes on with the model that is there, its layers and optimizer as they are.

    Attributes:
        model_: the denim model.
        n_outputs_: how many numbers it predicts a row.
        loss_curve_, loss_: the loss of every epoch so far, and of the last, in units of the scaled targets.
        validation_scores_: R² on the rows kept for validation after every epoch, or None.
        best_validation_score_: the best of them.
        n_iter_: epochs of the last fit.
        n_features_in_, feature_names_in_: as everywhere in scikit-learn.
    """

    n_outputs_: int

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        dropout: float = 0.0,
        batch_norm: bool = False,
        alpha: float = 1e-3,
        optimizer: Any = "adam",
        learning_rate: Any = 2e-3,
        schedule: str = "constant",
        batch_size: Any = "auto",
        epochs: int = 200,
        tol: float = 1e-4,
        patience: int = 10,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        standardize: bool = True,
        random_state: Any = None,
        verbose: bool = False,
        warm_start: bool = False,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.dropout = dropout
        self.batch_norm = batch_norm
        self.alpha = alpha
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.batch_size = batch_size
        self.epochs = epochs
        self.tol = tol
        self.patience = patience
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.standardize = standardize
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """One epoch on these rows; the first call makes the model, and scales as these rows have it."""
        with as_before_if_refused(self):
            self._partial_fit(X, y, sample_weight)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predictions, shape (rows,) or (rows, outputs) as the targets had."""
        outputs = self._predicted(X)
        return outputs[:, 0] if self._is_vector else outputs

    def _learn_targets(self, y: np.ndarray, going_on: bool) -> None:
        columns = 1 if y.ndim == 1 else y.shape[1]
        if going_on and hasattr(self, "model_"):
            if columns != self.n_outputs_:
                raise ValueError(
                    f"The model predicts {self.n_outputs_} numbers a row; going on with it, `y` must have as many. "
                    f"Received: y of shape {y.shape}"
                )
            return
        self.n_outputs_, self._is_vector = columns, columns == 1

    def _raw_targets(self, y: np.ndarray) -> np.ndarray:
        column: np.ndarray = column_or_1d(y, warn=True) if self.n_outputs_ == 1 else y
        return column.reshape(len(y), self.n_outputs_).astype(np.float64)

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        return self._target_scaling.scaled(y).astype(self.model_.dtype)

    def _class_weights(self, y: np.ndarray) -> None:
        return None

    def _head(self) -> Head:
        return Head(self.n_outputs_, "linear", losses.MeanSquaredError())

    def _scale_targets(self, rows: Rows) -> None:
        given = Scaling.of(rows.y, rows.weights)
        self._target_scaling = given if self.standardize else Scaling.none(self.n_outputs_)

    def _to_training_units(self) -> None:
        kernel, bias = self.model_.layers[-1].get_weights()
        scaling = self._target_scaling
        self.model_.layers[-1].set_weights([kernel / scaling.deviation, scaling.scaled(bias)])

    def _to_given_units(self) -> None:
        kernel, bias = self.model_.layers[-1].get_weights()
        scaling = self._target_scaling
        self.model_.layers[-1].set_weights([kernel * scaling.deviation, bias * scaling.deviation + scaling.mean])

    def _strata(self, y: np.ndarray) -> None:
        return None

    def _validation_score(self, outputs: np.ndarray, kept: Rows) -> float:
        return float(r2_score(kept.y, outputs, sample_weight=kept.weights))
