"""Metrics that are Python code see every batch; steps that are Python code are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras

from .conftest import Data


class Seen(keras.metrics.Metric):
    """Notes what it is shown."""

    def __init__(self, name: str = "seen") -> None:
        super().__init__(name=name)
        self.batches: list[tuple[Any, Any, Any]] = []

    def reset_state(self) -> None:
        self.batches = []

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.batches.append((y_true.copy(), y_pred.copy(), None if sample_weight is None else sample_weight.copy()))

    def result(self) -> Any:
        rows = sum(len(y) for y, _, _ in self.batches)
        return {"rows": rows, "batches": len(self.batches)}


def test_every_batch_is_shown_in_the_epochs_order(make: Any, data: Data) -> None:
    x, y = data
    weights = np.arange(50, dtype="float32")
    plain, weighted = Seen(), Seen("weighted")
    model = make(optimizer=keras.optimizers.SGD(0.0), metrics=[plain, "accuracy"], weighted_metrics=[weighted])
    history = model.fit(x, y, batch_size=8, epochs=2, sample_weight=weights, verbose=0).history
    assert list(history) == ["accuracy", "batches", "loss", "rows"]
    assert history["rows"] == [50, 50] and history["batches"] == [7, 7]
    order = np.concatenate([w for _, _, w in weighted.batches]).astype(int)
    assert sorted(order) == list(range(50)) and list(order) != list(range(50))
    np.testing.assert_array_equal(np.concatenate([t for t, _, _ in plain.batches]), y[order])
    shown = np.concatenate([p for _, p, _ in plain.batches])
    np.testing.assert_allclose(shown, model.predict(x, verbose=0)[order], rtol=1e-5)
    assert all(w is None for _, _, w in plain.batches)
    assert model.evaluate(x, y, batch_size=50, verbose=0, return_dict=True)["batches"] == 1


@pytest.mark.parametrize(
    ("method", "act"),
    [
        ("train_step", lambda m, x, y: m.fit(x, y, verbose=0)),
        ("train_step", lambda m, x, y: m.train_on_batch(x, y)),
        ("compute_loss", lambda m, x, y: m.fit(x, y, verbose=0)),
        ("test_step", lambda m, x, y: m.evaluate(x, y, verbose=0)),
        ("predict_step", lambda m, x, y: m.predict(x, verbose=0)),
    ],
)
def test_steps_of_ones_own_are_refused_where_they_would_run(method: str, act: Any, data: Data) -> None:
    own = type("Own", (keras.Model,), {method: lambda self, *args: None})
    inputs = keras.Input(shape=(6,))
    model = own(inputs, keras.layers.Dense(3, "softmax")(inputs))
    model.compile(loss="sparse_categorical_crossentropy")
    with pytest.raises(NotImplementedError, match=f"Own defines `{method}`"):
        act(model, *data)


def test_the_loss_of_arrays_is_that_of_evaluate(make: Any, data: Data) -> None:
    model = make()
    found = model.compute_loss(y=data[1], y_pred=model.predict(data[0], verbose=0))
    assert float(found) == pytest.approx(model.evaluate(*data, batch_size=50, verbose=0), rel=1e-5)
