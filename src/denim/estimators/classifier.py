"""DenseClassifier."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.utils import column_or_1d, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from denim import losses
from denim.estimators.base import DenseEstimator, Head, Rows, as_before_if_refused


class DenseClassifier(ClassifierMixin, DenseEstimator):  # type: ignore[misc]
    """A dense network that tells classes apart, or says of several labels which apply.

    Features are brought to mean 0 and variance 1 within the model. It computes in float64 where X is float64, else in
    float32; two fits with the same data, parameters and ``random_state`` come to the same bits.

    Args:
        hidden_layer_sizes: units of the hidden layers; () for a softmax layer alone.
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
        class_weight: dict from class to weight, a list of such dicts for several labels, or "balanced".
        standardize: whether features are scaled as said above.
        random_state: fixes weights, order of rows, dropout and validation rows.
        verbose: whether to print a line an epoch.
        warm_start: whether ``fit`` goes on with the model that is there, its layers and optimizer as they are.

    Attributes:
        classes_: the classes, sorted; for several labels their numbers.
        model_: the denim model; its softmax or sigmoid outputs are the probabilities.
        loss_curve_, loss_: the loss of every epoch so far, and of the last.
        validation_scores_: accuracy on the rows kept for validation after every epoch, or None.
        best_validation_score_: the best of them.
        n_iter_: epochs of the last fit.
        n_features_in_, feature_names_in_: as everywhere in scikit-learn.
    """

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
        class_weight: Any = None,
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
        self.class_weight = class_weight
        self.standardize = standardize
        self.random_state = random_state
        self.verbose = verbose
        self.warm_start = warm_start

    def partial_fit(self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None) -> Any:
        """One epoch on these rows; the first call makes the model and scales features as these rows have them.

        Args:
            X, y, sample_weight: as of ``fit``.
            classes: all classes there will be; needed at the first call.

        Raises:
            ValueError: for a first call without classes, for others than at the first, for a class that is not one.
        """
        with as_before_if_refused(self):
            self._learn_classes(y, classes)
            self._partial_fit(X, y, sample_weight)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest class of each row, shape (rows,); of several labels 0 or 1 each, shape (rows, labels)."""
        probabilities = self.predict_proba(X)
        if self._multilabel:
            return (probabilities > 0.5).astype(int)
        chosen: np.ndarray = self.classes_[probabilities.argmax(axis=1)]
        return chosen

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities, shape (rows, classes); a row's sum is 1, but for several labels."""
        return self._predicted(X)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Their logarithms."""
        with np.errstate(divide="ignore"):
            logarithms: np.ndarray = np.log(self.predict_proba(X))
        return logarithms

    def _learn_classes(self, y: Any, classes: Any) -> None:
        first = not hasattr(self, "model_")
        if first and classes is None:
            raise ValueError(
                "classes must be passed on the first call to partial_fit, since its rows may lack some of them. "
                "Write partial_fit(X, y, classes=np.unique(all_y))."
            )
        if first:
            self.classes_ = np.unique(classes)
            self._multilabel = type_of_target(y).startswith("multilabel")
        elif classes is not None and not np.array_equal(self.classes_, np.unique(classes)):
            raise ValueError(
                f"`classes` must be those of the first call, {self.classes_}. Received: classes={classes!r}"
            )

    def _learn_targets(self, y: Any, going_on: bool) -> None:
        kind = _kind(y)
        classes = np.arange(y.shape[1]) if kind == "multilabel-indicator" else np.unique(y)
        if not going_on:
            self.classes_, self._multilabel = classes, kind == "multilabel-indicator"
            return
        unknown = np.setdiff1d(classes, self.classes_)
        if len(unknown) or self._multilabel != (kind == "multilabel-indicator"):
            raise ValueError(
                f"The model was made for classes {self.classes_}{' as labels' if self._multilabel else ''}; going on "
                f"with it, `y` must hold no others. Received: {kind} targets with {unknown}"
            )

    def _raw_targets(self, y: Any) -> np.ndarray:
        if self._multilabel:
            return np.asarray(y.toarray() if hasattr(y, "toarray") else y)
        found: np.ndarray = np.searchsorted(self.classes_, column_or_1d(y, warn=True))
        return found

    def _encoded(self, y: np.ndarray) -> np.ndarray:
        return y.astype(self.model_.dtype) if self._multilabel else y.astype(np.int32)

    def _class_weights(self, y: Any) -> np.ndarray | None:
        if self.class_weight is None:
            return None
        weights: np.ndarray = compute_sample_weight(self.class_weight, y)
        return weights

    def _head(self) -> Head:
        if self._multilabel:
            return Head(len(self.classes_), "sigmoid", losses.BinaryCrossentropy())
        return Head(len(self.classes_), "softmax", losses.SparseCategoricalCrossentropy())

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        return None if self._multilabel else y

    def _validation_score(self, outputs: np.ndarray, kept: Rows) -> float:
        predicted = outputs > 0.5 if self._multilabel else outputs.argmax(axis=1)
        return float(accuracy_score(kept.y.astype(predicted.dtype), predicted, sample_weight=kept.weights))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _kind(y: Any) -> str:
    check_classification_targets(y)
    kind: str = type_of_target(y, input_name="y")
    if kind == "multiclass-multioutput":
        raise ValueError(
            "`y` must hold one class a row, or 0 and 1 for each of several labels. Received: several columns of "
            "classes. Wrap the classifier in sklearn.multioutput.MultiOutputClassifier."
        )
    return kind
