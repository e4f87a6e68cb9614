from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.data.moments import Moments
from denim.program import nodes

X = np.random.default_rng(4).normal(5.0, 3.0, (30, 4)).astype("float32")


def test_rescaling() -> None:
    pixels = np.array([[0, 51], [102, 255]], "uint8")
    np.testing.assert_allclose(layers.Rescaling(1 / 255)(pixels), pixels / 255.0, rtol=1e-6)
    each = layers.Rescaling([2.0, 3.0], offset=np.array([-1.0, 1.0]))
    np.testing.assert_allclose(each(pixels), pixels * [2.0, 3.0] + [-1.0, 1.0], rtol=1e-6)
    assert each.get_config()["offset"] == [-1.0, 1.0]
    assert layers.Rescaling.from_config(each.get_config()).get_config() == each.get_config()
    written = {"scale": {"class_name": "__numpy__", "config": {"value": [0.5, 0.25], "dtype": "float64"}}}
    assert layers.Rescaling.from_config(written).scale == [0.5, 0.25]


@pytest.mark.parametrize("scale", ["a", None, [], float("nan"), [1.0, float("inf")]])
def test_rescaling_takes_numbers(scale: Any) -> None:
    with pytest.raises(ValueError, match="Rescaling: `scale` must be a number, or a list with one for each element"):
        layers.Rescaling(scale)


@pytest.mark.parametrize("option", [{"scale": [1.0, 2.0, 3.0]}, {"scale": 1.0, "offset": [1.0, 2.0, 3.0]}])
def test_rescaling_fits_the_last_axis(option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"holds numbers of shape \(3,\), .* but received input with shape \(30, 4\)"):
        layers.Rescaling(**option)(X)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "uint8", "int64", "bool"])
def test_adapt(dtype: str) -> None:
    data = (X.clip(0, 9) if dtype != "bool" else X > 5).astype(dtype)
    layer = layers.Normalization()
    layer.adapt(data)
    wide = data.astype("float64")
    mean, variance, count = layer.get_weights()
    np.testing.assert_allclose(mean, wide.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(variance, wide.var(axis=0), rtol=1e-6)
    assert [(w.name, w.dtype) for w in layer.weights] == [
        ("mean", "float32"),
        ("variance", "float32"),
        ("count", "int32"),
    ]
    assert layer.trainable_weights == [] and count == 0
    np.testing.assert_allclose(layer(data), (wide - mean) / np.sqrt(variance), rtol=1e-4, atol=1e-5)
    assert layer.mean is not None and layer.variance is not None and layer.mean.shape == layer.variance.shape == (1, 4)


def test_adapt_to_all_numbers() -> None:
    layer = layers.Normalization(axis=None)
    layer.adapt(X)
    assert [w.shape for w in layer.weights] == [(), (), ()]
    np.testing.assert_allclose(layer(X), (X - X.mean()) / X.std(), rtol=1e-4, atol=1e-5)
    flat = layers.Normalization(axis=None)
    flat.adapt(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    np.testing.assert_allclose(flat(np.array([1.0, 2.0, 3.0])), [-1.4142135, -0.70710677, 0.0], rtol=1e-6)


def test_adapt_to_batches() -> None:
    whole, parts = layers.Normalization(), layers.Normalization()
    whole.adapt(X)
    parts.adapt(X[i : i + 7] for i in range(0, 30, 7))
    for a, b in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_moments_of_large_numbers_lose_nothing_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("denim.data.moments._BLOCK_ELEMENTS", 50)
    data = np.random.default_rng(1).normal(1e6, 1.0, (1000, 3))
    for per_feature, axis in ((True, 0), (False, None)):
        moments = Moments(per_feature)
        moments.add(data)
        assert moments.count == (1000 if per_feature else 3000)
        np.testing.assert_allclose(moments.mean, data.mean(axis=axis), rtol=1e-14)
        np.testing.assert_allclose(moments.variance, data.var(axis=axis), rtol=1e-8)


def test_given_and_inverted() -> None:
    layer = layers.Normalization(mean=3.0, variance=2.0)
    np.testing.assert_allclose(layer(np.array([[1.0], [2.0], [3.0]])), [[-1.4142135], [-0.70710677], [0.0]], rtol=1e-6)
    assert layer.weights == []
    given = {"mean": [1.0, 2.0, 3.0, 4.0], "variance": [4.0, 9.0, 0.0, 1.0]}
    deviation = np.array([2.0, 3.0, 1e-7, 1.0])
    np.testing.assert_allclose(layers.Normalization(**given)(X), (X - given["mean"]) / deviation, rtol=1e-4)
    back = layers.Normalization(**given, invert=True)
    np.testing.assert_allclose(back(X), X * deviation + given["mean"], rtol=1e-5)
    assert layers.Normalization.from_config(back.get_config()).get_config() == back.get_config()
    adapted = layers.Normalization(invert=True)
    adapted.adapt(np.array([[0.0, 7.0, 4.0], [2.0, 9.0, 6.0], [0.0, 7.0, 4.0], [2.0, 9.0, 6.0]]))
    np.testing.assert_allclose(adapted(np.array([[1.0, 2.0, 3.0]])), [[2.0, 10.0, 8.0]], rtol=1e-6)


def test_a_model_follows_what_its_normalization_learns() -> None:
    layer = layers.Normalization()
    model = keras.Sequential([keras.Input(shape=(4,)), layer, layers.Dense(2)])
    outer = keras.Sequential([keras.Input(shape=(4,)), model])
    assert [p.name.rpartition("/")[2] for p in model.lower().parameters] == ["kernel", "bias"]
    kernel, bias = model.get_weights()[3:]
    for data in (X, 10 * X):
        layer.adapt(data)
        expected = (data - data.mean(axis=0)) / data.std(axis=0) @ kernel + bias
        for each in (model, outer):
            np.testing.assert_allclose(each.predict(data, verbose=0), expected, rtol=1e-4, atol=1e-4)
    assert model.lower() is model.lower()
    model.set_weights([np.zeros(4), np.ones(4), 0, kernel, bias])
    np.testing.assert_allclose(model.predict(X, verbose=0), X @ kernel + bias, rtol=1e-4)
    model.compile("sgd", "mse")
    model.fit(X, X[:, :2], verbose=0)
    assert not np.any(model.get_weights()[0])
    (node,) = (n for n in model.lower().nodes if isinstance(n, nodes.AffineScaling))
    assert node.shift == (0.0,) * 4


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.Normalization(mean=1.0), ValueError, "both `mean` and `variance` must be set"),
        (lambda: layers.Normalization(mean=[1.0], variance=1.0), ValueError, "must have the same shape"),
        (lambda: layers.Normalization(None, [1.0], [1.0]), ValueError, "The rank of `mean` must be less"),
        (lambda: layers.Normalization(mean=1.0, variance=-1.0), ValueError, "`variance` must not be negative"),
        (lambda: layers.Normalization(axis=0)(X), ValueError, "axis 0 is the batch axis"),
        (lambda: layers.Normalization(axis=(1, -1))(X), ValueError, "names an axis twice"),
        (lambda: layers.Normalization()(X[0]), ValueError, "For data of one axis, pass axis=None."),
        (lambda: layers.Normalization(mean=[1.0] * 3, variance=[1.0] * 3)(X), ValueError, "axis -1 of input shape"),
        (lambda: layers.Normalization(mean=1.0, variance=1.0).adapt(X), ValueError, "nothing to adapt"),
    ],
)
def test_bad_arguments(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)


NAN = X.copy()
NAN[17, 2] = np.nan


@pytest.mark.parametrize(
    ("data", "error", "text"),
    [
        (5, TypeError, "adapt() takes an array or an iterable of arrays"),
        ("text", TypeError, "adapt() takes an array or an iterable of arrays"),
        ([1.0, 2.0], TypeError, "For a list of numbers, pass np.array(data)."),
        ([], ValueError, "adapt() needs at least one sample."),
        (X[:0], ValueError, "adapt() needs at least one sample. Received: an array of shape (0, 4)"),
        (X[:, :3], ValueError, "expected axis -1 of input shape to have value 4"),
        ([X, X[:, :3]], ValueError, "expected axis -1 of input shape to have value 4"),
        (NAN, ValueError, "NaN or infinity in row 17."),
        (X.astype(str), ValueError, "must hold real numbers"),
    ],
)
def test_what_cannot_be_adapted_to_changes_nothing(data: Any, error: type[Exception], text: str) -> None:
    layer = layers.Normalization()
    layer.adapt(2 * X)
    before = [w.tobytes() for w in layer.get_weights()]
    with pytest.raises(error) as refusal:
        layer.adapt(data)
    assert text in str(refusal.value)
    assert [w.tobytes() for w in layer.get_weights()] == before


def test_batches_must_have_the_same_features() -> None:
    layer = layers.Normalization()
    with pytest.raises(ValueError, match=r"same features. Received shapes \(30, 4\) and \(30, 3\)"):
        layer.adapt([X, X[:, :3]])
    assert not layer.built
