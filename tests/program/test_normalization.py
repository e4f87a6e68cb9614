"""Normalization and scaling: what they compute, by their definitions, and gradients against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from denim.program.formulas.normalization import (
    FEATURES,
    batch_axes,
    moved,
    normalize,
    normalize_gradients,
    scale,
    scale_gradient,
    statistics,
)

STEP = 1e-6
SHAPES = [(5, 3), (1, 3), (4, 2, 3), (2, 1)]


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).normal(size=shape)


@pytest.mark.parametrize("shape", SHAPES)
def test_statistics_are_mean_and_biased_variance(shape):
    x = drawn(*shape)
    for axes in (batch_axes(x), FEATURES):
        mean, variance = statistics(x, axes)
        np.testing.assert_allclose(mean, x.mean(axis=axes, keepdims=True), rtol=1e-13)
        np.testing.assert_allclose(variance, x.var(axis=axes, keepdims=True), rtol=1e-12, atol=1e-30)


def test_batch_statistics_are_over_all_axes_but_the_last():
    assert batch_axes(drawn(5, 3)) == (0,)
    assert batch_axes(drawn(5, 2, 3)) == (0, 1)


def test_normalized_batches_have_mean_beta_and_deviation_gamma():
    x, gamma, beta = 3.0 + 2.0 * drawn(50, 3), np.array([1.0, 2.0, 0.5]), np.array([0.0, -1.0, 4.0])
    y = normalize(x, *statistics(x, (0,)), 1e-12, gamma, beta)
    np.testing.assert_allclose(y.mean(axis=0), beta, atol=1e-12)
    np.testing.assert_allclose(y.std(axis=0), gamma, rtol=1e-9)


def test_epsilon_stands_under_the_root():
    y = normalize(np.array([[3.0]]), np.array([1.0]), np.array([0.0]), 4.0)
    assert y.tolist() == [[1.0]]


def test_one_row_is_normalized_to_beta():
    x = drawn(1, 4)
    y = normalize(x, *statistics(x, (0,)), 1e-3, np.full(4, 2.0), np.arange(4.0))
    assert y.tolist() == [[0.0, 1.0, 2.0, 3.0]]


@pytest.mark.parametrize("with_gamma", [True, False])
@pytest.mark.parametrize("kind", ["batch", "layer", "moving"])
@pytest.mark.parametrize("shape", SHAPES)
def test_gradients_are_slopes(shape, kind, with_gamma):
    x, towards = drawn(*shape), np.random.default_rng(8).normal(size=shape)
    gamma = np.linspace(0.5, 1.5, shape[-1]) if with_gamma else None
    beta = np.linspace(-1.0, 1.0, shape[-1])
    axes = {"batch": batch_axes(x), "layer": FEATURES, "moving": None}[kind]
    constants = (np.full(shape[-1], 0.25), np.full(shape[-1], 2.0))

    def of(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return constants if axes is None else statistics(x, axes)

    def value(x: np.ndarray, gamma: np.ndarray | None, beta: np.ndarray) -> float:
        return float(np.sum(normalize(x, *of(x), 0.1, gamma, beta) * towards))

    dx, d_gamma, d_beta = normalize_gradients(x, towards, *of(x), 0.1, gamma, axes)
    rng = np.random.default_rng(9)
    along = rng.normal(size=shape)
    slope = (value(x + STEP * along, gamma, beta) - value(x - STEP * along, gamma, beta)) / (2 * STEP)
    assert np.sum(dx * along) == pytest.approx(slope, rel=1e-7, abs=1e-9)
    along = rng.normal(size=shape[-1])
    slope = (value(x, gamma, beta + STEP * along) - value(x, gamma, beta - STEP * along)) / (2 * STEP)
    assert np.sum(d_beta * along) == pytest.approx(slope, rel=1e-7, abs=1e-9)
    if gamma is not None:
        slope = (value(x, gamma + STEP * along, beta) - value(x, gamma - STEP * along, beta)) / (2 * STEP)
        assert np.sum(d_gamma * along) == pytest.approx(slope, rel=1e-7, abs=1e-9)


def test_moving_statistics_go_a_part_of_the_way():
    got = moved(np.array([1.0, -2.0]), np.array([[3.0, 2.0]]), 0.75)
    assert got.tolist() == [1.5, -1.0]


def test_scaling_is_affine():
    x, factor = drawn(4, 3), np.array([2.0, 0.5, -1.0])
    y = scale(x, np.asarray(0.5), factor, np.array([1.0, 2.0, 3.0]))
    np.testing.assert_allclose(y, (x - 0.5) * factor + [1.0, 2.0, 3.0], rtol=1e-15)
    assert scale_gradient(np.ones((4, 3)), factor)[2].tolist() == factor.tolist()


def test_dtypes_are_kept():
    x = drawn(4, 3).astype("float32")
    mean, variance = statistics(x, (0,))
    y = normalize(x, mean, variance, 1e-3, x[0], x[1])
    gradients = normalize_gradients(x, y, mean, variance, 1e-3, x[0], (0,))
    for array in (mean, variance, y, *gradients, moved(x[0], mean, 0.99), scale(x, x[0], x[1], x[2])):
        assert array.dtype == np.float32
