"""How good predictions are, in numbers that can be set beside a baseline's."""

from __future__ import annotations

import math

import numpy as np

_TINY = 1e-7
"""The smallest probability: log loss counts what was held for impossible as this."""

HIGHER_IS_BETTER = {"accuracy", "balanced accuracy", "ROC AUC", "R²"}
_SHARES = ("accuracy", "balanced accuracy", "ROC AUC")


def limits(score: str) -> tuple[float, float]:
    """The least and the most that a score can be."""
    if score in _SHARES:
        return 0.0, 1.0
    return (-math.inf, 1.0) if score == "R²" else (0.0, math.inf)


def scores(task: str, y: np.ndarray, outputs: np.ndarray) -> dict[str, float]:
    """The scores of a model's outputs.

    Args:
        task: "binary", "multiclass" or "regression".
        y: class numbers, or numbers; one a row.
        outputs: shape (rows, 1) for the probability of class 1 or for numbers, else (rows, classes).
    """
    if task == "regression":
        return _of_numbers(y.reshape(-1).astype(np.float64), outputs.reshape(-1).astype(np.float64))
    y = y.reshape(-1).astype(np.int64)
    if task == "binary":
        second = outputs.reshape(-1).astype(np.float64)
        found = _of_classes(y, np.stack([1 - second, second], axis=1))
        return found | ({"ROC AUC": _auc(y == 1, second)} if 0 < y.sum() < len(y) else {})
    return _of_classes(y, outputs.astype(np.float64))


def baseline(task: str, learnt: np.ndarray, y: np.ndarray, classes: int) -> dict[str, float]:
    """The scores on ``y`` of who always says what is most usual among ``learnt``, or their mean."""
    if task == "regression":
        constant = learnt.reshape(len(learnt), -1).mean(axis=0, dtype=np.float64)
    else:
        parts = np.bincount(learnt.reshape(-1).astype(np.int64), minlength=classes) / len(learnt)
        constant = parts[1:] if task == "binary" else parts
    return scores(task, y, np.tile(constant, (len(y), 1)))


def _of_classes(y: np.ndarray, probabilities: np.ndarray) -> dict[str, float]:
    right = probabilities.argmax(axis=1) == y
    counts = np.bincount(y)
    recalls = np.bincount(y, weights=right)[counts > 0] / counts[counts > 0]
    said = np.clip(probabilities[np.arange(len(y)), y], _TINY, 1)
    return {
        "accuracy": float(right.mean()),
        "balanced accuracy": float(recalls.mean()),
        "log loss": float(-np.log(said).mean()),
    }


def _of_numbers(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    error = predicted - y
    spread = float(np.square(y - y.mean()).sum())
    found = {"RMSE": float(np.sqrt(np.square(error).mean())), "MAE": float(np.abs(error).mean())}
    return found | ({"R²": 1 - float(np.square(error).sum()) / spread} if spread else {})


def _auc(positive: np.ndarray, score: np.ndarray) -> float:
    """The share of pairs of a positive and a negative row in which the positive one scores higher; ties count half."""
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    hits = int(positive.sum())
    return float((ranks[positive].sum() - hits * (hits + 1) / 2) / (hits * (len(score) - hits)))
