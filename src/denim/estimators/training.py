"""The epochs of one fit: rows in a new order each, and when to stop."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.messages import print_message
from denim.models import Sequential
from denim.models.gathering import columns_for, rows_for
from denim.models.position import Position
from denim.models.stretches import Stretch
from denim.models.windows import Windows


@dataclass(frozen=True)
class Stopping:
    """Training ends when what is watched has not improved by more than ``tol`` for ``patience`` epochs.

    Attributes:
        score: of the model as it is, on rows kept for validation; None to watch the training loss. The weights of the
            best score are kept.
    """

    tol: float
    patience: int
    score: Callable[[], float] | None = None


@dataclass(frozen=True)
class Curves:
    """What whole epochs came to, each list with one value an epoch."""

    losses: list[float]
    scores: list[float]


def train(
    model: Sequential,
    x: Any,
    y: np.ndarray,
    weights: np.ndarray | None,
    batch_size: int,
    epochs: range,
    key: int,
    stopping: Stopping | None,
    verbose: bool = False,
) -> Curves:
    """Train a compiled model. All that is random follows from the key and the epochs' numbers.

    ``verbose`` prints a line an epoch. Ctrl-C ends the training with a warning: the model keeps what it has learnt.

    Raises:
        ValueError: for data that do not fit the model; for a loss that is no longer finite. The model and its optimizer
            are then as they were.
    """
    rows = rows_for(model, columns_for(model, x, y, weights), batch_size)
    optimizer: Any = model.optimizer
    optimizer.build(rows.task.trainable)
    before = [(variable, variable.numpy()) for variable in (*model.variables, *optimizer.variables)]
    try:
        return _epochs(model, rows, epochs, key, stopping, verbose)
    except ValueError:
        for variable, value in before:
            variable.assign(value)
        raise


def _epochs(
    model: Sequential, rows: Stretch | Windows, epochs: range, key: int, stopping: Stopping | None, verbose: bool
) -> Curves:
    optimizer: Any = model.optimizer
    task = rows.task
    call = task.training(optimizer, key)
    curves, best, best_weights, waited = Curves([], []), -np.inf, None, 0
    try:
        for epoch in epochs:
            began = time.monotonic()
            task.judgement.begin()
            _, totals = rows.epoch(lambda _: call, Position(key, epoch), 0, True).run(0, None, None, None)
            assert totals is not None, "every epoch has a step"
            loss = _finite(float(task.judgement.logs(totals)["loss"]), epoch)
            if stopping is not None and stopping.score is not None:
                curves.scores.append(stopping.score())
            curves.losses.append(loss)
            if verbose:
                print_message(_line(curves, epoch + 1, epochs.stop, time.monotonic() - began))
            if stopping is None:
                continue
            watched = curves.scores[-1] if stopping.score is not None else -curves.losses[-1]
            waited = 0 if watched > best + stopping.tol else waited + 1
            if watched > best:
                best = watched
                best_weights = model.get_weights() if stopping.score is not None else None
            if waited >= stopping.patience:
                break
    except KeyboardInterrupt:  # as in scikit-learn
        warnings.warn("Training interrupted by user.", stacklevel=2)
    optimizer.finalize_variable_values(task.trainable)
    if best_weights is not None:
        model.set_weights(best_weights)
    return curves


def _line(curves: Curves, epoch: int, epochs: int, seconds: float) -> str:
    score = f" - validation score: {curves.scores[-1]:.4f}" if curves.scores else ""
    return f"Epoch {epoch}/{epochs} - {seconds:.1f}s - loss: {curves.losses[-1]:.4f}{score}"


def _finite(loss: float, epoch: int) -> float:
    if not math.isfinite(loss):
        raise ValueError(
            f"The loss must stay finite, but that of epoch {epoch + 1} is {loss}. A smaller `learning_rate` helps "
            "most, and standardize=True where it was switched off."
        )
    return loss
