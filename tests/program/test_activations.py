from __future__ import annotations

import math

import numpy as np
import pytest

from denim.program.formulas.activations import ACTIVATIONS, erf

POINTS = np.array([-30.0, -3.0, -1.0, -0.25, 0.5, 1.0, 2.5, 30.0])
VARIANTS = [(name, None) for name in ACTIVATIONS] + [("leaky_relu", 0.01), ("elu", 0.3)]


@pytest.mark.parametrize(("name", "alpha"), VARIANTS)
def test_gradients_are_slopes(name, alpha):
    formula, h = ACTIVATIONS[name], 1e-6
    rng = np.random.default_rng(1)
    x = np.concatenate([POINTS[1:-1], rng.normal(size=30) * 2]).reshape(9, 4)
    dy = rng.normal(size=x.shape)
    got = formula.gradient(x, formula.forward(x, alpha), dy, alpha)
    for index in np.ndindex(x.shape):
        step = np.zeros_like(x)
        step[index] = h
        slope = np.sum(dy * (formula.forward(x + step, alpha) - formula.forward(x - step, alpha))) / (2 * h)
        assert got[index] == pytest.approx(slope, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize(
    ("name", "alpha", "want"),
    [
        ("linear", None, lambda x: x),
        ("relu", None, lambda x: max(x, 0.0)),
        ("sigmoid", None, lambda x: 1 / (1 + math.exp(-x))),
        ("tanh", None, math.tanh),
        ("gelu", None, lambda x: x * 0.5 * math.erfc(-x / math.sqrt(2))),
        ("gelu_tanh", None, lambda x: 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))),
        ("leaky_relu", None, lambda x: x if x >= 0 else 0.2 * x),
        ("leaky_relu", 0.3, lambda x: x if x >= 0 else 0.3 * x),
        ("elu", None, lambda x: x if x > 0 else math.expm1(x)),
        ("elu", 0.5, lambda x: x if x > 0 else 0.5 * math.expm1(x)),
        ("selu", None, lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x))),
        ("silu", None, lambda x: x / (1 + math.exp(-x))),
        ("softplus", None, lambda x: math.log1p(math.exp(x))),
        ("exponential", None, math.exp),
    ],
)
def test_values(name, alpha, want):
    got = ACTIVATIONS[name].forward(POINTS, alpha)
    np.testing.assert_allclose(got, [want(x) for x in POINTS], rtol=1e-13, atol=1e-15)


def test_softmax():
    x = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, 1000.0]])
    e = np.exp([1.0, 2.0, 3.0])
    np.testing.assert_allclose(ACTIVATIONS["softmax"].forward(x), [e / e.sum(), [0.5, 0.0, 0.5]], rtol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_dtype_is_kept_and_extremes_make_no_warnings(name, dtype):
    formula = ACTIVATIONS[name]
    x = np.array([[-1e4, -100.0, -0.0, 0.0, 1.0, 100.0, 1e4]], dtype)
    y = formula.forward(x)
    dx = formula.gradient(x, y, np.ones_like(x))
    assert y.dtype == dx.dtype == dtype
    assert y.shape == dx.shape == x.shape
    if name != "exponential":
        assert np.isfinite(y).all()
        assert np.isfinite(dx).all()


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_not_a_number_stays_one(name):
    x = np.array([[np.nan, 1.0]])
    assert np.isnan(ACTIVATIONS[name].forward(x)[0, 0])


def test_slopes_at_the_kinks_are_kerass():
    zero, one = np.zeros(1), np.ones(1)
    slopes = {
        name: float(ACTIVATIONS[name].gradient(zero, ACTIVATIONS[name].forward(zero), one)[0])
        for name in ("relu", "leaky_relu", "elu", "selu")
    }
    assert slopes == {
        "relu": 0.0,
        "leaky_relu": 1.0,
        "elu": 1.0,
        "selu": pytest.approx(1.0507009873554805 * 1.67326324),
    }


def test_erf_is_the_c_librarys():
    x = np.linspace(-6, 6, 101)
    assert erf(x).tolist() == [math.erf(value) for value in x]
    assert erf(x.astype("float32")).dtype == np.float32
    assert erf(np.zeros((0, 3))).shape == (0, 3)
