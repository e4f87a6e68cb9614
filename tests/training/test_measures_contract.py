"""What every loss and every metric keeps to, and losses and metrics of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import denim as keras
from denim import losses, metrics, ops
from denim.naming import snake_case

ARGUMENTS: dict[str, dict[str, Any]] = {
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "IoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "MeanIoU": {"num_classes": 3},
    "OneHotIoU": {"num_classes": 3, "target_class_ids": [0, 1]},
    "OneHotMeanIoU": {"num_classes": 3},
}
LOSSES = [name for name in losses.__all__ if name[0].isupper() and name != "Loss"]
METRICS = [name for name in metrics.__all__ if name[0].isupper() and name not in ("Metric", "MeanMetricWrapper")]
SPARSE = ("Sparse", "CategoricalGeneralized", "IoU", "MeanIoU")


def _data(name: str, rows: int = 6) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    pred = rng.random((rows, 3)).astype("float32")
    pred /= pred.sum(axis=1, keepdims=True)
    labels = rng.integers(0, 3, rows)
    if name in ("IoU", "MeanIoU"):
        return labels, np.argmax(pred, axis=1)
    if name == "BinaryIoU":
        return (labels > 0).astype("float32"), pred[:, 0]
    return (labels if name.startswith(SPARSE) else np.eye(3, dtype="float32")[labels]), pred


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_keeps_to_the_contract(name: str) -> None:
    kind = getattr(losses, name)
    loss = kind()
    y, p = _data(name)
    assert isinstance(loss, losses.Loss) and issubclass(kind, keras.Loss)
    again = kind.from_config(loss.get_config())
    assert again.get_config() == loss.get_config() and again(y, p) == loss(y, p)
    assert type(losses.get(name)) is kind and losses.get(loss) is loss
    assert losses.deserialize(losses.serialize(loss)).get_config() == loss.get_config()
    assert kind(name="mine", reduction="sum").get_config()["name"] == "mine"
    value = loss(y, p)
    assert value.shape == () and value.numpy().dtype == "float32" and np.isfinite(value)
    assert kind(dtype="float64")(y, p).numpy().dtype == "float64"
    with pytest.raises(ValueError, match="Invalid value for argument `reduction`"):
        kind(reduction="median")
    with pytest.raises(ValueError, match="same shape"):
        loss(y[:4], p)


@pytest.mark.parametrize("name", METRICS)
def test_a_metric_keeps_to_the_contract(name: str) -> None:
    kind = getattr(metrics, name)
    given = ARGUMENTS.get(name, {})
    metric = kind(**given)
    again = kind.from_config(metric.get_config())
    assert again.get_config() == metric.get_config()
    assert kind(name="mine", **given).name == "mine"
    if not given:
        assert type(metrics.get(name)) is kind and type(metrics.get(snake_case(name))) is kind
        assert metrics.deserialize(metrics.serialize(metric)).get_config() == metric.get_config()
    y, p = _data(name)
    batches = [(p,), (p,)] if name in ("Mean", "Sum") else [(y[:4], p[:4]), (y[4:], p[4:])]
    metric.update_state(*batches[0])
    first = np.array(metric.result())
    metric.update_state(*batches[1])
    metric.reset_state()
    assert all(not np.any(variable.numpy()) for variable in metric.variables)
    metric.update_state(*batches[0])
    np.testing.assert_array_equal(metric.result(), first)
    weights = np.array([1, 0, 0, 2, 1, 1][: len(batches[0][0])])
    metric.reset_state()
    metric.update_state(*batches[0], sample_weight=weights)
    kept = np.repeat(np.arange(len(weights)), weights)
    other = kind(**given)
    other.update_state(*(part[kept] for part in batches[0]))
    np.testing.assert_allclose(metric.result(), other.result(), rtol=1e-6)


@pytest.mark.parametrize("name", [*metrics.FUNCTIONS, "mse", "MAE", "bce"])
def test_functions_are_metrics_by_name_and_as_they_are(name: str, make: Any, data: Any) -> None:
    x, y = data
    sparse = name.startswith("sparse_") or name == "categorical_generalized_cross_entropy"
    if name in ("categorical_generalized_cross_entropy", "dice", "tversky"):
        pytest.skip("needs an argument")
    function = getattr(metrics, name, None) or losses.get(name)
    model = make("sparse_categorical_crossentropy" if sparse else "categorical_crossentropy", metrics=[function])
    history = model.fit(x, y if sparse else np.eye(3)[y], verbose=0).history
    assert len(history) == 2 and np.isfinite(history["loss"]).all()
    if name != "pearson_correlation":  # of equal predictions there is none
        assert all(np.isfinite(values).all() for values in history.values())


unit = st.floats(0.0, 1.0, width=32)


@given(
    y=arrays("int8", (7, 2), elements=st.integers(0, 1)),
    p=arrays("float32", (7, 2), elements=unit),
    w=arrays("float32", 7, elements=st.floats(0.0, 4.0, width=16)),
)
@settings(max_examples=40, deadline=None)
def test_counts_add_up(y: np.ndarray, p: np.ndarray, w: np.ndarray) -> None:
    kinds = (metrics.TruePositives, metrics.FalsePositives, metrics.TrueNegatives, metrics.FalseNegatives)
    counts = []
    for kind in kinds:
        metric = kind(thresholds=[0.0, 0.3, 0.5, 1.0])
        metric.update_state(y, p, sample_weight=w)
        counts.append(np.array(metric.result()))
    np.testing.assert_allclose(sum(counts), 2 * float(w.sum()), rtol=1e-5, atol=1e-6)
    area = metrics.AUC()
    area.update_state(y, p)
    assert -1e-6 <= float(area.result()) <= 1 + 1e-6


@given(y=arrays("float32", (5, 3), elements=st.floats(-4, 4, width=16)), cut=st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_batches_do_not_matter(y: np.ndarray, cut: int) -> None:
    p = y[::-1] * 0.5 + 1.0
    for kind in (metrics.RootMeanSquaredError, metrics.R2Score, metrics.LogCoshError, metrics.CosineSimilarity):
        whole, parts = kind(), kind()
        whole.update_state(y, p)
        parts.update_state(y[:cut], p[:cut])
        parts.update_state(y[cut:], p[cut:])
        np.testing.assert_allclose(parts.result(), whole.result(), rtol=1e-5, atol=1e-6)


class Quartic(keras.losses.Loss):
    def call(self, y_true: Any, y_pred: Any) -> Any:
        return ops.mean(ops.power(ops.abs(y_true - y_pred), 4), axis=-1)


def _square(y_true: Any, y_pred: Any) -> Any:
    return ops.mean(ops.square(y_true - y_pred), axis=-1)


def _square_of_batch(y_true: Any, y_pred: Any) -> Any:
    return ops.mean(ops.square(y_true - y_pred))


def _halves(y_true: Any, y_pred: Any) -> Any:
    return 0.5 * keras.losses.mean_squared_error(y_true, y_pred) + 0.5 * _square(y_true, y_pred)


def _by_object(y_true: Any, y_pred: Any) -> Any:
    return keras.losses.MeanSquaredError()(y_true, y_pred)


@pytest.mark.parametrize("loss", [_square, _square_of_batch, _halves, _by_object], ids=lambda loss: loss.__name__)
def test_a_loss_of_ones_own_is_the_one_it_says(loss: Any, make: Any, data: Any) -> None:
    x, labels = data
    y = np.eye(3, dtype="float32")[labels]
    outcomes = []
    for each in ("mse", loss):
        keras.utils.set_random_seed(3)
        model = make(each, optimizer="sgd")
        outcomes.append((model.fit(x, y, epochs=2, shuffle=False, verbose=0).history["loss"], model.get_weights()))
    np.testing.assert_allclose(outcomes[1][0], outcomes[0][0], rtol=1e-6)
    for own, known in zip(outcomes[1][1], outcomes[0][1], strict=True):
        np.testing.assert_allclose(own, known, rtol=1e-5, atol=1e-7)


def test_a_subclass_of_loss_is_trained_with_and_weighted(make: Any, data: Any) -> None:
    x, labels = data
    y = np.eye(3, dtype="float32")[labels]
    model = make(Quartic(), optimizer=keras.optimizers.SGD(0.0))
    p = model.predict(x, verbose=0)
    weights = np.linspace(0, 2, 50).astype("float32")
    each = np.mean((y - p) ** 4, axis=1)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(each.mean(), rel=1e-5)
    assert model.evaluate(x, y, verbose=0, batch_size=50, sample_weight=weights) == pytest.approx(
        (each * weights).mean(), rel=1e-5
    )


class Largest(keras.metrics.Metric):
    """Written with NumPy and variables, so that it is shown every batch."""

    def __init__(self, name: str = "largest", **options: Any) -> None:
        super().__init__(name=name, **options)
        self.seen = self.add_weight(name="seen", initializer="zeros")
        self.inner = keras.metrics.Mean()

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.seen.assign(np.maximum(self.seen.value, np.max(y_pred)))
        self.inner.update_state(np.max(y_pred, axis=-1))

    def result(self) -> Any:
        return self.seen.value


class Halved(keras.metrics.Precision):
    """Counted by the engine; only its result is another one."""

    def result(self) -> Any:
        return super().result() / 2


def test_metrics_of_ones_own(make: Any, data: Any) -> None:
    x, labels = data
    y = np.eye(3, dtype="float32")[labels]

    def by_numpy(y_true: np.ndarray, y_pred: np.ndarray) -> Any:
        return np.max(np.asarray(y_pred), axis=-1)

    def by_ops(y_true: Any, y_pred: Any) -> Any:
        return ops.max(y_pred, axis=-1)

    chosen = [Largest(), Halved(name="halved"), keras.metrics.Precision(name="whole"), by_numpy, by_ops]
    model = make("categorical_crossentropy", metrics=chosen)
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    p = model.predict(x, verbose=0)
    assert logs["largest"] == pytest.approx(p.max())
    assert logs["by_numpy"] == pytest.approx(p.max(axis=1).mean(), rel=1e-6) == pytest.approx(logs["by_ops"])
    assert logs["halved"] == pytest.approx(logs["whole"] / 2)
    assert len(chosen[0].variables) == 3
    chosen[0].reset_state()
    assert chosen[0].inner.result() == 0.0


def test_what_a_metric_shows_is_what_it_counted(make: Any, data: Any) -> None:
    x, labels = data
    y = np.eye(3, dtype="float32")[labels]
    own = [keras.metrics.AUC(name="auc"), keras.metrics.F1Score(name="f1"), keras.metrics.R2Score(name="r2")]
    model = make("categorical_crossentropy", metrics=own, weighted_metrics=[keras.metrics.Recall(name="recall")])
    weights = np.linspace(0, 2, 50).astype("float32")
    logs = model.evaluate(x, y, verbose=0, sample_weight=weights, return_dict=True)
    p = model.predict(x, verbose=0)
    for metric in own:
        np.testing.assert_allclose(metric.result(), logs[metric.name], rtol=1e-6)
        again = type(metric)()
        again.update_state(y, p)
        np.testing.assert_allclose(again.result(), logs[metric.name], rtol=1e-5)
    again = keras.metrics.Recall()
    again.update_state(y, p, sample_weight=weights)
    assert float(again.result()) == pytest.approx(logs["recall"], rel=1e-6)
    assert logs["f1"].shape == (3,)


@pytest.mark.parametrize("where", ["loss", "metric"])
def test_class_numbers_are_looked_at(where: str, make: Any, data: Any) -> None:
    x, y = data
    wrong = np.where(np.arange(50) == 17, 3, y)
    ignoring = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
    model = make(ignoring) if where == "loss" else make(_zero, metrics=["sparse_top_k_categorical_accuracy"])
    with pytest.raises(ValueError, match="Class numbers must be from 0 to 2"):
        model.fit(x, wrong, verbose=0)


def _zero(y_true: Any, y_pred: Any) -> Any:
    return ops.sum(y_pred, axis=-1)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: metrics.Precision(thresholds=[0.5, 1.5]), r"Threshold values must be in \[0, 1\]. Received: \[1.5\]"),
        (lambda: metrics.AUC(curve="roc curve"), "Invalid AUC curve value"),
        (lambda: metrics.AUC(summation_method="mean"), "Invalid AUC summation method value"),
        (lambda: metrics.AUC(num_thresholds=1), "must be an integer > 1"),
        (lambda: metrics.AUC(num_labels=3), "`num_labels` is needed only when"),
        (lambda: metrics.AUC(num_thresholds=10**9), "At most 4000000 are possible"),
        (lambda: metrics.F1Score(average="mean"), "Invalid `average` argument value"),
        (lambda: metrics.FBetaScore(beta=1), "It should be a Python float"),
        (lambda: metrics.FBetaScore(beta=-1.0), "It should be > 0"),
        (lambda: metrics.F1Score(threshold=1.5), "0 < threshold <= 1"),
        (lambda: metrics.R2Score(class_aggregation="mean"), "Invalid value for argument `class_aggregation`"),
        (lambda: metrics.R2Score(num_regressors=-1), "Expected a value >= 0"),
        (lambda: metrics.PrecisionAtRecall(1.5), r"`recall` must be in the range \[0, 1\]"),
        (lambda: metrics.RecallAtPrecision(0.5, num_thresholds=0), "must be an integer > 0"),
        (lambda: metrics.IoU(2, [2]), r"out of range, which is \[0, 2\)"),
        (lambda: metrics.MeanIoU(10**6), "At most 4000000 are possible"),
        (lambda: metrics.F1Score()([1, 0], [0.5, 0.5]), "expects 2D inputs"),
        (lambda: metrics.Precision()([0, 1], [[0.5, 0.5], [0.1, 0.9]]), "must have the same shape"),
        (lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.0), r"q must be in the interval \(0, 1\)"),
    ],
)
def test_settings_and_shapes_out_of_range_are_refused(call: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        call()


def _two_outputs(loss: Any, metrics: Any) -> Any:
    entry = keras.Input((6,))
    hidden = keras.layers.Dense(4, "relu")(entry)
    outputs = [keras.layers.Dense(1, name="size")(hidden), keras.layers.Dense(3, "softmax", name="kind")(hidden)]
    model = keras.Model(entry, outputs)
    model.compile("sgd", loss=loss, metrics=metrics, loss_weights={"size": 0.5, "kind": 2.0})
    return model


def test_several_outputs_with_losses_and_metrics_of_nodes(data: Any) -> None:
    x, labels = data
    truth = {"size": x[:, :1] * 2, "kind": np.eye(3, dtype="float32")[labels]}
    model = _two_outputs(
        {"size": "huber", "kind": _halves},
        {"size": [keras.metrics.R2Score(), "mae"], "kind": [keras.metrics.F1Score(), "accuracy"]},
    )
    logs = model.evaluate(x, truth, verbose=0, batch_size=20, return_dict=True)
    size, kind = model.predict(x, verbose=0)
    own = float(keras.losses.Huber()(truth["size"], size)), float(keras.losses.MeanSquaredError()(truth["kind"], kind))
    assert logs["size_loss"] == pytest.approx(own[0], rel=1e-5)
    assert logs["kind_loss"] == pytest.approx(own[1], rel=1e-5)
    assert logs["loss"] == pytest.approx(0.5 * own[0] + 2.0 * own[1], rel=1e-5)
    score = keras.metrics.F1Score()
    score.update_state(truth["kind"], kind)
    np.testing.assert_allclose(logs["kind_f1_score"], score.result(), rtol=1e-5)
    assert set(logs) == {
        *("loss", "size_loss", "kind_loss", "size_r2_score", "size_mae", "kind_f1_score", "kind_accuracy")
    }
    assert np.isfinite(model.fit(x, truth, verbose=0).history["loss"]).all()


def test_a_loss_may_use_the_models_weights_and_no_others(make: Any, data: Any) -> None:
    keras.config.set_engine("reference")  # the native engine uses a dense layer's weights in that layer alone
    x, labels = data
    y = np.eye(3, dtype="float32")[labels]
    model = make("mse", optimizer="sgd")
    kernel = model.layers[-1].kernel

    def with_penalty(y_true: Any, y_pred: Any) -> Any:
        return _square(y_true, y_pred) + 0.1 * ops.sum(ops.square(kernel))

    plain = model.evaluate(x, y, verbose=0)
    model.compile("sgd", with_penalty)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(plain + 0.1 * float(np.sum(kernel.numpy() ** 2)), rel=1e-5)
    before = np.abs(kernel.numpy()).sum()
    model.compile(keras.optimizers.SGD(0.5), with_penalty)
    model.fit(x, y, epochs=5, verbose=0)
    assert np.abs(kernel.numpy()).sum() < before
    foreign = keras.Variable(np.ones(3, "float32"), name="foreign")
    model.compile("sgd", lambda y_true, y_pred: _square(y_true, y_pred) * ops.sum(foreign))
    with pytest.raises(NotImplementedError, match="no other variables"):
        model.fit(x, y, verbose=0)


@pytest.mark.parametrize("reduction", ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"])
@pytest.mark.parametrize("weighted", [False, True])
def test_an_ignored_class_does_not_count(reduction: str, weighted: bool, make: Any, data: Any) -> None:
    x, y = data
    y = np.where(y == 2, 255, y)
    loss = keras.losses.SparseCategoricalCrossentropy(ignore_class=255, reduction=reduction)
    model = make(loss, metrics=["accuracy"])
    weights = np.linspace(0, 2, 50).astype("float32") if weighted else None
    logs = model.evaluate(x, y, verbose=0, batch_size=50, sample_weight=weights, return_dict=True)
    p = model.predict(x, verbose=0)
    assert logs["loss"] == pytest.approx(float(loss(y, p, sample_weight=weights)), rel=1e-5)
    assert logs["accuracy"] == pytest.approx(np.mean(p.argmax(axis=1) == y))
    assert np.isfinite(model.fit(x, y, verbose=0, sample_weight=weights).history["loss"]).all()
    nothing = model.evaluate(x, np.full(50, 255), verbose=0, return_dict=True)
    assert nothing["loss"] == 0.0
