"""Sparse matrices and arrays of SciPy's: the same numbers as with their zeros, which are put in window by window."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest

import denim as keras
from denim.data import columns, layout, stored

from .conftest import snapshot
from .kinds import canonical, network, numbers, outcome

sparse = pytest.importorskip("scipy.sparse")

FORMATS = [f"{form}_{kind}" for form in ("csr", "csc", "coo", "lil", "dok", "bsr") for kind in ("matrix", "array")]


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything sparse is too large to be read whole; a window has 16 rows of 6 numbers in float32."""
    monkeypatch.setattr(columns, "WHOLE_BYTES", 0)
    monkeypatch.setattr(stored, "WHOLE_BYTES", 0)
    monkeypatch.setattr(columns, "WINDOW_BYTES", 0)
    monkeypatch.setattr(layout, "WINDOW_BYTES", 16 * 6 * 4 + 16 * 8)
    monkeypatch.setattr(layout, "BLOCK_BYTES", 100)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format(form: str) -> None:
    x, y, weights = numbers()
    given = getattr(sparse, form)(x.astype("float32"))
    assert outcome(given, y, weights) == outcome(*map(canonical, (x, y, weights)))


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int64", "float32", "float64"])
def test_every_dtype(dtype: str) -> None:
    x, y, weights = numbers()
    assert outcome(sparse.csr_array(x.astype(dtype)), y, weights) == outcome(*map(canonical, (x, y, weights)))


def test_numbers_that_are_stored_in_parts_and_zeros_that_are_stored() -> None:
    x, y, weights = numbers()
    row, column = np.nonzero(x)
    given = sparse.coo_array((np.full(2 * len(row), 0.5), (np.tile(row, 2), np.tile(column, 2))), x.shape)
    assert outcome(given, y, weights) == outcome(*map(canonical, (x, y, weights)))


def test_window_by_window(small_windows: None) -> None:
    x, y, weights = numbers()
    given = sparse.csr_array(x.astype("float32"))
    how = {"batch_size": 8, "verbose": 0}
    for options in ({}, {"sample_weight": weights}, {"class_weight": {0: 2.0}}):
        one, other = network(), network()
        plain = one.fit(x, y, shuffle=False, epochs=2, validation_split=0.25, **how, **options).history
        windowed = other.fit(given, y, shuffle=False, epochs=2, validation_split=0.25, **how, **options).history
        assert windowed == plain
        assert [w.tolist() for w in other.get_weights()] == [w.tolist() for w in one.get_weights()]
    assert other.evaluate(given, y, **how) == one.evaluate(x, y, **how)
    np.testing.assert_array_equal(other.predict(given, **how), one.predict(x, **how))
    np.testing.assert_array_equal(other.predict(given.tocoo(), **how), one.predict(x, **how))


def test_windows_are_shuffled_by_the_seed(small_windows: None) -> None:
    x, y, _ = numbers()
    given = sparse.csr_matrix(x)
    histories = [network().fit(given, y, epochs=3, batch_size=8, verbose=0).history for _ in range(2)]
    assert histories[0] == histories[1]
    unshuffled = network().fit(given, y, epochs=3, batch_size=8, verbose=0, shuffle=False).history
    assert histories[0] != unshuffled and len(set(histories[0]["loss"])) == 3


def test_adapt_goes_window_by_window(small_windows: None) -> None:
    x = numbers()[0]
    layer, plain = keras.layers.Normalization(), keras.layers.Normalization()
    layer.adapt(sparse.csr_matrix(x))
    plain.adapt(x)
    np.testing.assert_allclose(layer.mean, plain.mean, rtol=1e-6)
    np.testing.assert_allclose(layer.variance, plain.variance, rtol=1e-6)


def test_the_zeros_of_a_large_matrix_are_never_all_in_memory(engine: str) -> None:
    """A matrix of 600 MB with its zeros, and of less than 1 MB without."""
    if engine == "reference":
        pytest.skip("takes long there, and is none of an engine's business")
    rows, features = 3000, 50_000
    x = sparse.csr_array((np.ones(rows), (np.arange(rows), np.arange(rows) * 7)), (rows, features), "float32")
    y = np.arange(rows) % 2
    model = keras.Sequential([keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    tracemalloc.start()
    try:
        model.fit(x, y, batch_size=256, verbose=0)
        model.predict(x, batch_size=256, verbose=0)
        assert tracemalloc.get_traced_memory()[1] < 300 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("value", "text"), [(np.nan, "NaN"), (np.inf, "infinity"), (1e300, "1e\\+300")])
def test_a_gap_is_found_before_anything_is_done(small_windows: None, value: float, text: str) -> None:
    x, y, _ = numbers()
    given = sparse.lil_array(x.astype("float64"))
    given[37, 2] = value
    model = network()
    before = snapshot(model)
    with pytest.raises(ValueError, match=f"{text} at row 37, column 2"):
        model.fit(given, y, batch_size=8, verbose=0)
    assert snapshot(model) == before


def test_labels_may_be_sparse() -> None:
    x, y, _ = numbers()
    labels = np.eye(2)[y]
    histories = [
        network(loss="categorical_crossentropy").fit(x, t, verbose=0).history
        for t in (labels, sparse.csr_matrix(labels))
    ]
    assert histories[0] == histories[1]


def test_calls() -> None:
    x = numbers()[0].astype("float32")
    layer: Any = keras.layers.Dense(3)
    np.testing.assert_array_equal(layer(sparse.csr_matrix(x)), layer(x))


def test_complex_numbers_are_refused() -> None:
    matrix = sparse.coo_array(([1j], ([0], [0])), shape=(48, 6))
    with pytest.raises(ValueError, match="must hold real numbers"):
        network().fit(matrix, numbers()[1], verbose=0)
