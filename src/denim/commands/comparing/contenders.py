"""The models that are compared: each learns from some rows and answers for others."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

import denim as keras
from denim.commands.errors import CommandError
from denim.commands.training.building import batch_size, build
from denim.commands.training.network import Network
from denim.commands.training.splitting import Split
from denim.preparation import Preparation

_VALIDATED = 0.2
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class Fold:
    """Rows to learn from, rows to answer for, and what prepared both. ``seed``: of all that is drawn for it."""

    preparation: Preparation
    x: np.ndarray
    y: np.ndarray
    held_out: np.ndarray
    seed: int

    @property
    def classes(self) -> int:
        """How many; 0 of a regression."""
        return len(self.preparation.classes)


@dataclass(frozen=True, eq=False)
class Answers:
    """What a model said.

    Attributes:
        outputs: as a network's would be: shape (rows, 1) for the probability of class 1 or a number, else (rows,
            classes).
        parameters: numbers that were learnt.
        history: of a network, by epoch; else empty.
    """

    outputs: np.ndarray
    parameters: int
    history: dict[str, list[float]]


class Contender(Protocol):
    """One of the models."""

    @property
    def name(self) -> str:
        """As it is shown."""

    def answers(self, fold: Fold, epoch_done: Callable[[float], None]) -> Answers:
        """Learn and answer. ``epoch_done`` is told the share of the work that is done."""


@dataclass(frozen=True)
class Always:
    """The most usual class, with the classes' shares as probabilities; or the mean."""

    name: str

    def answers(self, fold: Fold, epoch_done: Callable[[float], None]) -> Answers:
        """The same for each row."""
        if not fold.classes:
            constant = fold.y.reshape(len(fold.y), -1).mean(axis=0, dtype=np.float64)
        else:
            constant = np.bincount(fold.y, minlength=fold.classes) / len(fold.y)
            constant = constant[1:] if fold.preparation.task == "binary" else constant
        return Answers(np.tile(constant, (len(fold.held_out), 1)), len(constant), {})


@dataclass(frozen=True)
class Linear:
    """scikit-learn's logistic or ridge regression on the same columns, each brought to mean 0 and variance 1."""

    name: str

    def answers(self, fold: Fold, epoch_done: Callable[[float], None]) -> Answers:
        """Learn and answer."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression, RidgeCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        last: Any = RidgeCV(np.logspace(-3, 3, 7)) if not fold.classes else LogisticRegression(max_iter=1000)
        model = make_pipeline(StandardScaler(), last)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(_flat(fold.x), fold.y)
        parameters = int(last.coef_.size + np.size(last.intercept_))
        if not fold.classes:
            return Answers(model.predict(_flat(fold.held_out)).reshape(len(fold.held_out), -1), parameters, {})
        said = model.predict_proba(_flat(fold.held_out))
        # A class that no row of the fold has, has no column yet.
        outputs = np.zeros((len(said), fold.classes))
        outputs[:, last.classes_] = said
        return Answers(outputs[:, 1:] if fold.preparation.task == "binary" else outputs, parameters, {})


@dataclass(frozen=True)
class Trained:
    """A network. A part of the rows is validated on, and the weights of the epoch that is best there are kept."""

    network: Network
    epochs: int
    patience: int
    optimizer: str

    @property
    def name(self) -> str:
        """Its layers."""
        return self.network.text or "no hidden layer"

    def answers(self, fold: Fold, epoch_done: Callable[[float], None]) -> Answers:
        """Learn and answer."""
        split = Split.of(len(fold.x), fold.y if fold.classes else None, _VALIDATED, 0, fold.seed)
        x, y = fold.x[split.train], fold.y[split.train]
        model = build(self.network, fold.preparation, x, y, self.optimizer, fold.seed)
        history = model.fit(
            x,
            y,
            batch_size=batch_size(len(x)),
            epochs=self.epochs,
            validation_data=(fold.x[split.validation], fold.y[split.validation]),
            validation_batch_size=_ROWS_AT_ONCE,
            callbacks=[
                keras.callbacks.EarlyStopping("val_loss", patience=self.patience, restore_best_weights=True),
                keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epoch_done((epoch + 1) / self.epochs)),
            ],
            verbose=0,
        ).history
        outputs = np.asarray(model.predict(fold.held_out, batch_size=_ROWS_AT_ONCE, verbose=0), np.float64)
        outputs = outputs.reshape(len(fold.held_out), -1)
        if not np.isfinite(outputs).all():
            raise CommandError(
                f"The numbers of the network {self.name} must stay finite, and do not. Are there very large numbers "
                "among the data? Another --optimizer may help."
            )
        return Answers(outputs, model.count_params(), history)


def _flat(x: np.ndarray) -> np.ndarray:
    return x.reshape(len(x), -1).astype(np.float64)
