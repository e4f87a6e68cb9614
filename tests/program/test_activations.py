from __future__ import annotations

import math

import numpy as np
import pytest

from denim.program.formulas.activations import ACTIVATIONS, erf

POINTS = np.array([-30.0, -2.75, -1.0, -0.25, 0.5, 1.0, 2.5, 30.0])
VARIANTS = [(name, None) for name in ACTIVATIONS] + [("leaky_relu", 0.01), ("elu", 0.3), ("celu", 0.3), ("relu6", 0.7)]


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
        ("softsign", None, lambda x: x / (1 + abs(x))),
        ("hard_sigmoid", None, lambda x: min(max(x + 3, 0), 6) / 6),
        ("relu6", None, lambda x: min(max(x, 0), 6)),
        ("relu6", 0.7, lambda x: min(max(x, 0), 0.7)),
        ("mish", None, lambda x: x * math.tanh(math.log1p(math.exp(x)))),
        ("hard_silu", None, lambda x: x * min(max(x + 3, 0), 6) / 6),
        ("celu", None, lambda x: x if x > 0 else math.expm1(x)),
        ("celu", 0.3, lambda x: x if x > 0 else 0.3 * math.expm1(x / 0.3)),
        ("log_sigmoid", None, lambda x: -math.log1p(math.exp(-x))),
    ],
)
def test_values(name, alpha, want):
    got = ACTIVATIONS[name].forward(POINTS, alpha)
    np.testing.assert_allclose(got, [want(x) for x in POINTS], rtol=1e-13, atol=1e-15)


def test_softmax():
    x = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, 1000.0]])
    e = np.exp([1.0, 2.0, 3.0])
    np.testing.assert_allclose(ACTIVATIONS["softmax"].forward(x), [e / e.sum(), [0.5, 0.0, 0.5]], rtol=1e-15)


def test_log_softmax():
    x = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, 1000.0]])
    total, half = math.log(sum(map(math.exp, x[0]))), math.log(0.5)
    want = [x[0] - total, [half, -1000.0 + half, half]]
    np.testing.assert_allclose(ACTIVATIONS["log_softmax"].forward(x), want, rtol=1e-15)


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
    kinks = [("relu", 0), ("leaky_relu", 0), ("elu", 0), ("selu", 0), ("celu", 0), ("relu6", 0), ("relu6", 6)]
    kinks += [("hard_sigmoid", -3), ("hard_sigmoid", 3), ("hard_silu", -3), ("hard_silu", 3)]
    slopes = {}
    for name, kink in kinks:
        x = np.full(1, float(kink))
        slope = ACTIVATIONS[name].gradient(x, ACTIVATIONS[name].forward(x), np.ones(1))
        slopes[name, kink] = float(slope[0])
    assert slopes == {
        ("relu", 0): 0.0,
        ("leaky_relu", 0): 1.0,
        ("elu", 0): 1.0,
        ("celu", 0): 1.0,
        ("relu6", 0): 0.0,
        ("relu6", 6): 0.0,
        ("hard_sigmoid", -3): 0.0,
        ("hard_sigmoid", 3): 0.0,
        ("hard_silu", -3): 0.0,
        ("hard_silu", 3): 1.0,
        ("selu", 0): pytest.approx(1.0507009873554805 * 1.67326324),
    }


def test_erf_is_the_c_librarys():
    x = np.linspace(-6, 6, 101)
    assert erf(x).tolist() == [math.erf(value) for value in x]
    assert erf(x.astype("float32")).dtype == np.float32
    assert erf(np.zeros((0, 3))).shape == (0, 3)
