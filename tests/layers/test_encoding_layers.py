from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.data import quantiles

X = np.random.default_rng(3).standard_normal((500, 2)).astype("float32")


def test_ranges_are_learnt() -> None:
    layer = layers.Discretization(num_bins=4)
    layer.adapt(X)
    counts = np.bincount(np.asarray(layer(X)).ravel())
    assert len(counts) == 4 and counts.min() > 200
    in_batches = layers.Discretization(num_bins=4)
    in_batches.adapt(X[i : i + 100] for i in range(0, 500, 100))
    np.testing.assert_allclose(in_batches.bin_boundaries, layer.bin_boundaries, atol=0.1)
    only_some = layers.Discretization(num_bins=4)
    only_some.adapt([X[:100], X * 100], steps=1)
    np.testing.assert_allclose(only_some.bin_boundaries, layer.bin_boundaries, atol=0.3)
    again = layers.Discretization.from_config(json.loads(json.dumps(layer.get_config())))
    np.testing.assert_array_equal(again(X), layer(X))


@pytest.mark.parametrize("rows", [1, 3, 29, 500])
def test_many_numbers_are_sorted_in_parts(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = np.concatenate([X[:rows], np.round(X[:rows]), -X[:rows] * 1e-40])
    layer = layers.Discretization(num_bins=5)
    layer.adapt(data)
    whole = layer.bin_boundaries
    monkeypatch.setattr(quantiles, "_SORTED_AT_ONCE", 7)
    layer.adapt(data)
    assert layer.bin_boundaries == whole
    with pytest.raises(ValueError, match="finite numbers"):
        layer.adapt(np.append(X, np.nan))


def test_a_model_follows_what_is_learnt_later() -> None:
    layer = layers.Discretization(num_bins=2)
    layer.adapt(np.array([0.0, 1.0, 2.0, 3.0]))
    model = keras.Sequential([keras.Input((2,)), layer])
    before = model.predict(X, verbose=0)
    layer.adapt(X - 100)
    assert before.dtype == "int32" and not np.array_equal(model.predict(X, verbose=0), before)
    assert set(np.unique(model(X))) == {1}


def test_a_boundary_begins_the_next_range() -> None:
    layer = layers.Discretization([0.0, 1.0])
    np.testing.assert_array_equal(layer(np.array([[-0.5, 0.0, 0.5, 1.0, 9.0]])), [[0, 1, 1, 2, 2]])


def test_numbers_that_are_no_class_leave_zeros() -> None:
    layer = layers.CategoryEncoding(3, "one_hot")
    np.testing.assert_array_equal(layer(np.array([[1], [-1], [7]])), [[0, 1, 0], [0, 0, 0], [0, 0, 0]])


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.CategoryEncoding(), ValueError, "num_tokens must be set"),
        (lambda: layers.CategoryEncoding(0), ValueError, "`num_tokens` must be an integer, >= 1"),
        (lambda: layers.CategoryEncoding(3, "tf_idf"), ValueError, "Unknown arg for output_mode: 'tf_idf'"),
        (lambda: layers.CategoryEncoding(3, sparse=True), NotImplementedError, "sparse=True"),
        (lambda: layers.CategoryEncoding(3)(np.array([1, 2])), ValueError, "samples of several numbers"),
        (lambda: layers.Discretization(), ValueError, "set either `num_bins` or `bin_boundaries`"),
        (lambda: layers.Discretization([0.0], 2), ValueError, "should not be set"),
        (lambda: layers.Discretization([1.0, 0.0]), ValueError, "in ascending order"),
        (lambda: layers.Discretization(num_bins=-1), ValueError, "greater than or equal to 0"),
        (lambda: layers.Discretization([0.0], output_mode="words"), ValueError, "`output_mode` must be one of"),
        (lambda: layers.Discretization(num_bins=3)(X), ValueError, "call `adapt(dataset)` before"),
        (lambda: layers.Discretization([0.0]).adapt(X), ValueError, "Cannot adapt a Discretization layer"),
        (lambda: layers.Discretization(num_bins=3).adapt(X * np.nan), ValueError, "NaN or infinity"),
        (lambda: layers.Discretization(num_bins=3).adapt([]), ValueError, "adapt() needs data"),
        (lambda: layers.Discretization(num_bins=3).adapt("x"), TypeError, "an array or an iterable of arrays"),
    ],
)
def test_bad_arguments(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)
