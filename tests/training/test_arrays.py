"""NumPy's arrays of every real dtype and in every layout train as the plainest ones do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import denim as keras

from .kinds import DTYPES, LAYOUTS, canonical, network, numbers, outcome


@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(dtype: str) -> None:
    given = [array.astype(dtype) for array in numbers()]
    assert outcome(*given) == outcome(*map(canonical, given))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["bool", "uint8", "float32", "float64"])
def test_layouts(layout: str, dtype: str) -> None:
    given = [LAYOUTS[layout](array.astype(dtype)) for array in numbers()]
    assert outcome(*given) == outcome(*map(canonical, given))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_written_into(layout: str) -> None:
    given = [LAYOUTS[layout](array.astype("float32")) for array in numbers()]
    before = [np.array(array) for array in given]
    outcome(*given)
    for array, was in zip(given, before, strict=True):
        np.testing.assert_array_equal(array, was)


def test_a_memory_map(tmp_path: Path) -> None:
    given = []
    for name, array in zip("xyw", numbers(), strict=True):
        np.save(tmp_path / f"{name}.npy", array)
        given.append(np.load(tmp_path / f"{name}.npy", mmap_mode="r"))
    assert outcome(*given) == outcome(*map(canonical, given))


@pytest.mark.parametrize("dtype", DTYPES)
def test_adapt_and_call(dtype: str) -> None:
    x = numbers()[0].astype(dtype)
    layer, plain = keras.layers.Normalization(), keras.layers.Normalization()
    layer.adapt(np.asfortranarray(x))
    plain.adapt(canonical(x))
    np.testing.assert_array_equal(layer.mean, plain.mean)
    np.testing.assert_array_equal(layer(x), plain(canonical(x)))


@pytest.mark.parametrize("role", ["x", "y", "sample_weight"])
def test_masked_values_are_refused(role: str) -> None:
    given: dict[str, Any] = dict(zip(("x", "y", "sample_weight"), numbers(), strict=True))
    mask = np.zeros(given[role].shape, bool)
    mask[3:5] = True
    given[role] = np.ma.masked_array(given[role], mask)
    text = rf"`{role}` must not have masked values, .* Received: {mask.sum()} of them\. .* example {role}\.filled\(0\)"
    with pytest.raises(ValueError, match=text):
        network().fit(**given, verbose=0)


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.zeros(48, "M8[D]"), r"dtype datetime64\[D\] and shape \(48,\)\. Make numbers of dates"),
        (np.zeros(48, "m8[s]"), r"Make numbers of times, for example seconds: x / np\.timedelta64\(1, 's'\)"),
        (np.zeros(48, [("a", "f4"), ("b", "i2")]), r"it has fields\. Make columns of them: numpy\.lib\.rec"),
        (np.zeros((48, 6), "V4"), r"Convert it first, for example with \.astype\('float32'\)"),
        (np.float32(3), r"at least one axis.* Received a single number.*dataset\.batch\(32\)"),
    ],
)
def test_what_is_no_array_of_real_numbers(array: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        network().fit(array, numbers()[1], verbose=0)


def test_texts_as_numpy_has_them() -> None:
    kind = getattr(getattr(np, "dtypes", None), "StringDType", None)
    if kind is None:
        pytest.skip("NumPy 2 has StringDType")
    texts = np.array(["b", "a"] * 24, kind())
    with pytest.raises(ValueError, match=r"such as 'b'\. Number the classes: names, y = np\.unique"):
        network().fit(numbers()[0], texts, verbose=0)


@pytest.mark.parametrize(
    ("x", "text"),
    [
        ("data.csv", r"x='data.csv' .* A file is read first, for example with pandas\.read_csv or np\.load\."),
        (Path("data.npy"), r"A file is read first"),
        (None, r"Pass a NumPy array\.$"),
    ],
)
def test_what_is_no_array_at_all(x: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        network().predict(x, verbose=0)
