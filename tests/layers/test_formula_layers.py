"""What the layers that are formulas refuse, and what layers.json cannot say of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from denim import initializers, layers

X = np.random.default_rng(5).standard_normal((6, 3, 4)).astype("float32")


@pytest.mark.parametrize("axis", [1, [1], (1, 2), [-1, 1]])
def test_rms_normalization_scales_along_its_axes(axis: Any) -> None:
    layer = layers.RMSNormalization(axis, epsilon=0.01)
    layer.build(X.shape)
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
    scale = np.random.default_rng(0).standard_normal(layer.scale.shape).astype("float32")
    layer.scale.assign(scale)
    full = scale.reshape([n if i in {a % 3 for a in axes} else 1 for i, n in enumerate(X.shape)])
    mean = np.mean(X.astype("float64") ** 2, axis=axes, keepdims=True)
    np.testing.assert_allclose(layer(X), X / np.sqrt(mean + 0.01) * full, rtol=1e-4)


def test_sparsemax_is_the_nearest_point_of_the_simplex() -> None:
    y = np.asarray(layers.Activation("sparsemax")(X), "float64")
    np.testing.assert_allclose(y.sum(axis=-1), 1.0, rtol=1e-5)
    assert y.min() == 0.0
    level = np.where(y > 0, X - y, np.inf).min(axis=-1, keepdims=True)
    np.testing.assert_allclose(y, np.maximum(X - level, 0), atol=1e-6)


def test_the_kernel_of_an_equation_has_the_variance_of_its_sums() -> None:
    layer = layers.EinsumDense("abcd,cde->abe", (3, 40), kernel_initializer=initializers.HeNormal(seed=1))
    layer.build((None, 3, 20, 30))
    kernel = layer.kernel.numpy()
    assert kernel.shape == (20, 30, 40)
    assert abs(kernel.std() / np.sqrt(2 / 600) - 1.0) < 0.02


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.EinsumDense("ab->ac", 3)(X), ValueError, "Invalid einsum equation 'ab->ac'"),
        (lambda: layers.EinsumDense("...ab,bc->ac...", 3)(X), ValueError, "Invalid einsum equation"),
        (lambda: layers.EinsumDense("ab,bc->ac", 3)(X), ValueError, "does not fit an input of 3 axes"),
        (lambda: layers.EinsumDense("abc,cd->abd", 3)(X), ValueError, "output_shape must have 2 sizes"),
        (lambda: layers.EinsumDense("abc,cd->abd", (4, 5))(X), ValueError, "do not match at shared dimension 'b'"),
        (lambda: layers.EinsumDense("abc,cd->abd", (3, None))(X), ValueError, "does not say the size of 'd'"),
        (lambda: layers.EinsumDense("abc,cd->bad", (3, 5))(X), ValueError, "must be the batch on both sides"),
        (lambda: layers.EinsumDense("abc,cd->abd", (3, 5), bias_axes="c")(X), ValueError, "Bias dimension 'c'"),
        (lambda: layers.EinsumDense("ab,bc->ac", 3, lora_rank=2), NotImplementedError, "quantization"),
        (lambda: layers.GroupNormalization(0), ValueError, "an invalid value for argument `groups`"),
        (lambda: layers.GroupNormalization(8)(X), ValueError, "Number of groups (8) cannot be more"),
        (lambda: layers.GroupNormalization(3)(X), ValueError, "must be a multiple of the number of groups (3)"),
        (lambda: layers.GroupNormalization(1, axis=[1]), TypeError, "`axis` must be an integer"),
        (lambda: layers.BatchNormalization(axis=[1, 2]), TypeError, "`axis` must be an integer"),
        (lambda: layers.UnitNormalization("x"), TypeError, "expected an int or a list/tuple of ints"),
        (lambda: layers.UnitNormalization(3)(X), ValueError, "UnitNormalization: axis 3 is out of bounds"),
        (lambda: layers.RMSNormalization(epsilon=-1), ValueError, "`epsilon` must be at least 0"),
        (lambda: layers.Reshape((5, -1))(X), ValueError, "The total size of the tensor must be unchanged"),
        (lambda: layers.Reshape((-1, -1)), ValueError, "-1 at most once"),
        (lambda: layers.Permute((1, 3)), ValueError, "consecutive and start from 1"),
        (lambda: layers.Permute((2, 1))(X[0]), ValueError, "expected ndim=3, found ndim=2"),
        (lambda: layers.RepeatVector(0), ValueError, "`n` should be a positive integer"),
        (lambda: layers.RepeatVector(2.0), TypeError, "Expected an integer value for `n`"),
        (lambda: layers.RepeatVector(2)(X), ValueError, "expected ndim=2, found ndim=3"),
    ],
)
def test_what_does_not_fit(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)


@pytest.mark.parametrize(
    "layer",
    [
        layers.PReLU(),
        layers.LayerNormalization([1, 2]),
        layers.BatchNormalization(1),
        layers.RMSNormalization(1),
        layers.GroupNormalization(1, axis=1),
        layers.EinsumDense("abc,bcd->ad", 2),
    ],
)
def test_another_shape_later_is_refused(layer: Any) -> None:
    layer(X)
    with pytest.raises(ValueError, match="incompatible with the layer"):
        layer(X[:, :2])
