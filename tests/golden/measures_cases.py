"""Losses and metrics on small data, on their own and in training; the same code runs with Keras and with denim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

ROWS = 11
_RNG = np.random.default_rng(27)


def _probabilities(*shape: int) -> NDArray[np.float32]:
    scores = np.exp(_RNG.normal(size=shape))
    return (scores / scores.sum(axis=-1, keepdims=True)).astype("float32")


_LABELS = _RNG.integers(0, 4, ROWS)
_SHARES = np.round(_RNG.random((ROWS, 3)), 2).astype("float32")
_SHARES[0], _SHARES[1] = (0.0, 1.0, 0.5), (0.25, 0.5, 0.75)
_BITS = _RNG.integers(0, 2, (ROWS, 3)).astype("float32")
_NUMBERS = _RNG.normal(size=(ROWS, 3)).astype("float32")
_GUESSES = (_NUMBERS + _RNG.normal(size=(ROWS, 3))).astype("float32")
_GUESSES[0] = _NUMBERS[0]

DATA: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
    "bits": (_BITS, _SHARES),
    "bit_column": (_BITS[:, 0], _SHARES[:, :1]),
    "bit_list": (_BITS[:, 1], _SHARES[:, 1]),
    "logits": (_BITS, 4.0 * _SHARES - 2.0),
    "one_hot": (np.eye(4, dtype="float32")[_LABELS], _probabilities(ROWS, 4)),
    "one_hot_logits": (np.eye(4, dtype="float32")[_LABELS], _RNG.normal(size=(ROWS, 4)).astype("float32")),
    "labels": (_LABELS, _probabilities(ROWS, 4)),
    "label_column": (_LABELS[:, None], _probabilities(ROWS, 4)),
    "holes": (np.where(_LABELS == 2, -1, _LABELS), _probabilities(ROWS, 4)),
    "steps": (_RNG.integers(0, 4, (ROWS, 2)), _probabilities(ROWS, 2, 4)),
    "numbers": (_NUMBERS, _GUESSES),
    "column": (_NUMBERS[:, 0], _GUESSES[:, :1]),
    "cube": (_RNG.normal(size=(ROWS, 2, 3)).astype("float32"), _RNG.normal(size=(ROWS, 2, 3)).astype("float32")),
    "positive": (np.abs(_NUMBERS), np.abs(_GUESSES)),
    "signs": (2.0 * _BITS - 1.0, _GUESSES),
    "zero_one": (_BITS, _GUESSES),
    "shares": (_probabilities(ROWS, 4), _probabilities(ROWS, 4)),
    "classes": (_LABELS, np.where(_BITS[:, 0] > 0, _LABELS, (_LABELS + 1) % 4)),
}
WEIGHTS = np.array([1, 2, 0, 0.5, 3, 1, 1, 0.25, 2, 1, 4], dtype="float32")
WHOLE_WEIGHTS = np.array([1, 2, 0, 5, 3, 1, 1, 2, 2, 1, 4], dtype="int32")


@dataclass(frozen=True)
class Case:
    """A class of losses or metrics, its arguments, and what it judges.

    ``function`` is the function of the same values; ``fitted`` says that a model can be trained or evaluated with it.
    """

    name: str
    data: str
    options: Mapping[str, Any] = field(default_factory=dict)
    function: str | None = None
    fitted: bool = True

    @property
    def key(self) -> str:
        return "-".join([self.name, self.data, *(f"{k}={v}" for k, v in self.options.items())])

    @property
    def weighted(self) -> bool:
        """Whether one weight a sample goes with what it judges, in Keras."""
        return self.data not in ("steps", "cube")


LOSS_CASES = (
    Case("MeanAbsolutePercentageError", "numbers", function="mean_absolute_percentage_error"),
    Case("MeanAbsolutePercentageError", "column", function="mean_absolute_percentage_error"),
    Case("MeanSquaredLogarithmicError", "positive", function="mean_squared_logarithmic_error"),
    Case("MeanSquaredError", "column", function="mean_squared_error"),
    Case("MeanAbsoluteError", "cube", function="mean_absolute_error"),
    Case("Huber", "numbers", function="huber"),
    Case("Huber", "numbers", {"delta": 0.4}, function="huber"),
    Case("LogCosh", "numbers", function="log_cosh"),
    Case("CosineSimilarity", "numbers", function="cosine_similarity"),
    Case("CosineSimilarity", "cube", {"axis": 1}, function="cosine_similarity"),
    Case("Hinge", "signs", function="hinge"),
    Case("Hinge", "zero_one", function="hinge"),
    Case("SquaredHinge", "signs", function="squared_hinge"),
    Case("SquaredHinge", "zero_one", function="squared_hinge"),
    Case("CategoricalHinge", "one_hot_logits", function="categorical_hinge"),
    Case("KLDivergence", "shares", function="kl_divergence"),
    Case("KLDivergence", "bits", function="kl_divergence"),
    Case("Poisson", "positive", function="poisson"),
    Case("BinaryCrossentropy", "bits", {"axis": 0}, function="binary_crossentropy", fitted=False),
    Case("BinaryFocalCrossentropy", "bits", function="binary_focal_crossentropy"),
    Case("BinaryFocalCrossentropy", "bits", {"apply_class_balancing": True}, function="binary_focal_crossentropy"),
    Case(
        "BinaryFocalCrossentropy",
        "logits",
        {"from_logits": True, "gamma": 3.0, "alpha": 0.4, "label_smoothing": 0.1, "apply_class_balancing": True},
        function="binary_focal_crossentropy",
    ),
    Case("CategoricalFocalCrossentropy", "one_hot", function="categorical_focal_crossentropy"),
    Case(
        "CategoricalFocalCrossentropy",
        "one_hot_logits",
        {"from_logits": True, "gamma": 1.5, "alpha": 0.5, "label_smoothing": 0.1},
        function="categorical_focal_crossentropy",
    ),
    Case("SparseCategoricalCrossentropy", "holes", {"ignore_class": -1}, function="sparse_categorical_crossentropy"),
    Case(
        "SparseCategoricalCrossentropy",
        "holes",
        {"ignore_class": -1, "from_logits": True},
        function="sparse_categorical_crossentropy",
    ),
    Case("SparseCategoricalCrossentropy", "steps", {"ignore_class": 1}, function="sparse_categorical_crossentropy"),
    Case("SparseCategoricalCrossentropy", "label_column", function="sparse_categorical_crossentropy"),
    Case("Dice", "bits", function="dice", fitted=False),
    Case("Dice", "bits", {"axis": -1}, function="dice"),
    Case("Tversky", "bits", function="tversky", fitted=False),
    Case("Tversky", "bits", {"alpha": 0.3, "beta": 0.8, "axis": 1}, function="tversky"),
    Case(
        "CategoricalGeneralizedCrossEntropy",
        "labels",
        {"q": 0.7},
        function="categorical_generalized_cross_entropy",
    ),
)

METRIC_CASES = (
    Case("Accuracy", "classes", fitted=False),
    Case("BinaryAccuracy", "bits", {"threshold": 0.25}, function="binary_accuracy"),
    Case("BinaryAccuracy", "bit_column", function="binary_accuracy"),
    Case("CategoricalAccuracy", "one_hot", function="categorical_accuracy"),
    Case("SparseCategoricalAccuracy", "labels", function="sparse_categorical_accuracy"),
    Case("SparseCategoricalAccuracy", "steps", function="sparse_categorical_accuracy"),
    Case("TopKCategoricalAccuracy", "one_hot", {"k": 2}, function="top_k_categorical_accuracy"),
    Case("SparseTopKCategoricalAccuracy", "labels", {"k": 2}, function="sparse_top_k_categorical_accuracy"),
    Case("SparseTopKCategoricalAccuracy", "steps", {"k": 3}, function="sparse_top_k_categorical_accuracy"),
    Case("MeanSquaredError", "numbers"),
    Case("MeanAbsoluteError", "column"),
    Case("MeanAbsolutePercentageError", "numbers"),
    Case("MeanSquaredLogarithmicError", "positive"),
    Case("RootMeanSquaredError", "numbers"),
    Case("RootMeanSquaredError", "column"),
    Case("LogCoshError", "numbers"),
    Case("CosineSimilarity", "numbers"),
    Case("CosineSimilarity", "cube", {"axis": 1}),
    Case("Hinge", "signs"),
    Case("SquaredHinge", "zero_one"),
    Case("CategoricalHinge", "one_hot_logits"),
    Case("KLDivergence", "shares"),
    Case("Poisson", "positive"),
    Case("BinaryCrossentropy", "logits", {"from_logits": True, "label_smoothing": 0.1}),
    Case("CategoricalCrossentropy", "one_hot", {"label_smoothing": 0.2}),
    Case("SparseCategoricalCrossentropy", "labels"),
    Case("SparseCategoricalCrossentropy", "holes", {"ignore_class": -1}),
    Case("PearsonCorrelation", "numbers", function="pearson_correlation", fitted=False),
    Case("ConcordanceCorrelation", "numbers", function="concordance_correlation"),
    Case("Precision", "bits"),
    Case("Precision", "bit_column"),
    Case("Precision", "bit_list", fitted=False),
    Case("Precision", "bits", {"thresholds": [0.2, 0.5, 0.75]}),
    Case("Precision", "one_hot", {"top_k": 2}),
    Case("Precision", "one_hot", {"class_id": 1, "thresholds": 0.3}),
    Case("Recall", "bits"),
    Case("Recall", "bits", {"thresholds": [0.0, 0.5, 1.0]}),
    Case("Recall", "one_hot", {"top_k": 2, "class_id": 3}),
    Case("TruePositives", "bits"),
    Case("TrueNegatives", "bits", {"thresholds": [0.25, 0.5]}),
    Case("FalsePositives", "bits", {"thresholds": 0.75}),
    Case("FalseNegatives", "bits", {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]}),
    Case("AUC", "bits"),
    Case("AUC", "bit_column"),
    Case("AUC", "bits", {"num_thresholds": 5}),
    Case("AUC", "bits", {"curve": "PR"}),
    Case("AUC", "bits", {"curve": "PR", "summation_method": "majoring", "num_thresholds": 30}),
    Case("AUC", "bits", {"summation_method": "minoring", "num_thresholds": 7}),
    Case("AUC", "bits", {"curve": "PRGAIN"}),
    Case("AUC", "bits", {"thresholds": [0.1, 0.3, 0.35, 0.8]}),
    Case("AUC", "bits", {"multi_label": True}),
    Case("AUC", "bits", {"multi_label": True, "curve": "PR", "label_weights": [1.0, 2.0, 0.5]}),
    Case("AUC", "bits", {"multi_label": True, "num_labels": 3, "thresholds": [0.2, 0.7]}, fitted=False),
    Case("AUC", "bits", {"label_weights": [1.0, 2.0, 0.5]}),
    Case("AUC", "logits", {"from_logits": True, "num_thresholds": 20}),
    Case("F1Score", "one_hot"),
    Case("F1Score", "bits", {"average": "micro", "threshold": 0.5}),
    Case("F1Score", "one_hot", {"average": "macro"}),
    Case("F1Score", "bits", {"average": "weighted", "threshold": 0.4}),
    Case("FBetaScore", "one_hot", {"beta": 2.0}),
    Case("FBetaScore", "bits", {"beta": 0.5, "average": "weighted", "threshold": 0.6}),
    Case("R2Score", "numbers"),
    Case("R2Score", "column"),
    Case("R2Score", "numbers", {"class_aggregation": None}),
    Case("R2Score", "numbers", {"class_aggregation": "variance_weighted_average", "num_regressors": 2}, fitted=False),
    Case("SensitivityAtSpecificity", "bits", {"specificity": 0.6}),
    Case("SpecificityAtSensitivity", "bits", {"sensitivity": 0.6, "num_thresholds": 11}),
    Case("PrecisionAtRecall", "bits", {"recall": 0.5}),
    Case("RecallAtPrecision", "one_hot", {"precision": 0.2, "class_id": 2, "num_thresholds": 21}),
    Case("RecallAtPrecision", "bit_column", {"precision": 0.7, "num_thresholds": 1}),
    Case("IoU", "classes", {"num_classes": 4, "target_class_ids": [0, 2]}, fitted=False),
    Case("MeanIoU", "classes", {"num_classes": 4, "ignore_class": 1}, fitted=False),
    Case("BinaryIoU", "bit_list", {"threshold": 0.5}, fitted=False),
    Case("BinaryIoU", "bits", {"target_class_ids": [1], "threshold": 0.25}, fitted=False),
    Case("OneHotIoU", "one_hot", {"num_classes": 4, "target_class_ids": [1, 3]}),
    Case("OneHotMeanIoU", "one_hot", {"num_classes": 4}),
)

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")


def _plain(value: Any) -> Any:
    return np.asarray(value).tolist()


def _plain_config(measure: Any) -> dict[str, Any]:
    return {key: _plain(value) if np.ndim(value) else value for key, value in measure.get_config().items()}


def judge_loss(keras: Any, case: Case) -> dict[str, Any]:
    """The function's values, and the class's with each reduction, without weights and with them."""
    y, p = DATA[case.data]
    make = getattr(keras.losses, case.name)
    outcome = {"config": _plain_config(make(**case.options))}
    if case.function is not None:
        y_float = y.astype("float32")
        column = y_float[:, None] if case.data == "column" else y_float
        outcome["rows"] = _plain(getattr(keras.losses, case.function)(column, p, **case.options))
    by_sample = len(np.shape(outcome.get("rows", [0]))) > 0 and len(outcome.get("rows", range(ROWS))) == ROWS
    for reduction in REDUCTIONS:
        loss = make(reduction=reduction, **case.options)
        outcome[reduction] = _plain(loss(y, p))
        if by_sample and case.weighted:
            outcome[f"weighted {reduction}"] = _plain(loss(y, p, sample_weight=WEIGHTS))
    return outcome


def judge_metric(keras: Any, case: Case) -> dict[str, Any]:
    """What it shows after one batch, after two, after starting afresh, and the same with weights."""
    y, p = DATA[case.data]
    metric = getattr(keras.metrics, case.name)(**case.options)
    weights = WHOLE_WEIGHTS if "IoU" in case.name else WEIGHTS
    if case.data == "bits" and "IoU" in case.name:
        weights = np.repeat(weights, 3)
    outcome: dict[str, Any] = {"config": _plain_config(metric)}
    cut, weight_cut = 7, 7 * len(weights) // ROWS
    metric.update_state(y[:cut], p[:cut])
    outcome["first"] = _plain(metric.result())
    metric.update_state(y[cut:], p[cut:])
    outcome["both"] = _plain(metric.result())
    metric.reset_state()
    metric.update_state(y[cut:], p[cut:])
    outcome["second"] = _plain(metric.result())
    metric.reset_state()
    if case.data != "bit_list" or "IoU" in case.name:
        metric.update_state(y[:cut], p[:cut], sample_weight=weights[:weight_cut])
        metric.update_state(y[cut:], p[cut:], sample_weight=weights[weight_cut:])
        outcome["weighted"] = _plain(metric.result())
    if case.function is not None:
        outcome["rows"] = _plain(getattr(keras.metrics, case.function)(y.astype("float32"), p, **case.options))
    return outcome


_LINKS = {
    "bits": "sigmoid",
    "bit_column": "sigmoid",
    "one_hot": "softmax",
    "labels": "softmax",
    "label_column": "softmax",
    "holes": "softmax",
    "steps": "softmax",
    "shares": "softmax",
    "positive": "exponential",
}
_BATCH = 4


def fit(keras: Any, case: Case, weighted: bool) -> dict[str, Any]:
    """Two epochs with the loss, or with the metric beside a loss of its own, and an evaluation."""
    y, p = DATA[case.data]
    features = np.random.default_rng(3).normal(size=(ROWS, *p.shape[1:-1], 5)).astype("float32")
    model = keras.Sequential(
        [keras.Input(shape=features.shape[1:]), keras.layers.Dense(p.shape[-1], activation=_LINKS.get(case.data))]
    )
    draw = np.random.default_rng(4)
    model.set_weights([draw.normal(size=w.shape).astype("float32") * 0.5 for w in model.get_weights()])
    weights = WEIGHTS if weighted else None
    if case in LOSS_CASES:
        model.compile(keras.optimizers.SGD(0.05), loss=getattr(keras.losses, case.name)(**case.options))
    else:
        made = getattr(keras.metrics, case.name)(name="m", **case.options)
        sparse = case.data in ("labels", "steps", "label_column", "holes")
        ignored = {"ignore_class": -1} if case.data == "holes" else {}
        loss = keras.losses.SparseCategoricalCrossentropy(**ignored) if sparse else "mse"
        model.compile(keras.optimizers.SGD(0.05), loss=loss, **{"weighted_metrics" if weighted else "metrics": [made]})
    history = model.fit(
        features, y, batch_size=_BATCH, epochs=2, shuffle=False, verbose=0, sample_weight=weights
    ).history
    evaluation = model.evaluate(features, y, batch_size=_BATCH, verbose=0, sample_weight=weights, return_dict=True)
    return {
        "history": {name: [_plain(value) for value in values] for name, values in history.items()},
        "evaluation": {name: _plain(value) for name, value in evaluation.items()},
        "weights": [_plain(w) for w in model.get_weights()],
    }
