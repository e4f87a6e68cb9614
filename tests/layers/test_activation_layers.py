from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.program import nodes

X = np.array([[-2.0, -0.5, 0.0, 3.0]], "float32")


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), [0, 0, 0, 3]),
        (layers.ReLU(negative_slope=0.5), [-1, -0.25, 0, 3]),
        (layers.ReLU(max_value=2), [0, 0, 0, 2]),
        (layers.LeakyReLU(), [-0.6, -0.15, 0, 3]),
        (layers.LeakyReLU(0.1), [-0.2, -0.05, 0, 3]),
        (layers.ELU(), [np.expm1(-2), np.expm1(-0.5), 0, 3]),
        (layers.ELU(alpha=2), [2 * np.expm1(-2), 2 * np.expm1(-0.5), 0, 3]),
        (layers.Softmax(), np.exp(X[0]) / np.exp(X[0]).sum()),
        (layers.Softmax(axis=1), np.exp(X[0]) / np.exp(X[0]).sum()),
        (layers.Identity(), X[0]),
    ],
)
def test_values_and_configuration(layer: Any, expected: Any) -> None:
    np.testing.assert_allclose(layer(X)[0], np.asarray(expected, "float64"), rtol=1e-5, atol=1e-7)
    twin = type(layer).from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    np.testing.assert_array_equal(twin(X), layer(X))


def test_names_are_kerass() -> None:
    made = [layers.ReLU(), layers.LeakyReLU(), layers.ELU(), layers.Softmax(), layers.Identity()]
    assert [layer.name for layer in made] == ["re_lu", "leaky_re_lu", "elu", "softmax", "identity"]


def test_they_are_nodes_of_a_model() -> None:
    model = keras.Sequential(
        [keras.Input(shape=(4,)), layers.LeakyReLU(0.1), layers.Identity(), layers.ELU(0.5), layers.Softmax()]
    )
    found = [(n.function, n.alpha) for n in model.lower().nodes if isinstance(n, nodes.Activation)]
    assert found == [("leaky_relu", 0.1), ("elu", 0.5), ("softmax", None)]
    assert model.count_params() == 0


def test_the_older_alpha_only_warns() -> None:
    with pytest.warns(UserWarning, match="Argument `alpha` is deprecated. Use `negative_slope` instead."):
        assert layers.LeakyReLU(alpha=0.2).negative_slope == 0.2


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: layers.LeakyReLU(-0.1), ValueError, "LeakyReLU: `negative_slope` must be at least 0"),
        (lambda: layers.LeakyReLU(None), ValueError, "LeakyReLU: `negative_slope` must be at least 0"),
        (lambda: layers.LeakyReLU("0.1"), ValueError, "LeakyReLU: `negative_slope` must be a number"),
        (lambda: layers.ReLU(max_value=-1), ValueError, "ReLU: `max_value` must be at least 0"),
        (lambda: layers.ReLU(threshold=-1), ValueError, "ReLU: `threshold` must be at least 0"),
        (lambda: layers.ELU(None), ValueError, "ELU: `alpha` must be a number"),
        (lambda: layers.Softmax(axis=0)(X), ValueError, "Softmax: axis 0 is the batch axis"),
        (lambda: layers.Softmax(axis="last")(X), TypeError, "Softmax: `axis` must be an integer"),
        (lambda: layers.PReLU(shared_axes=3)(X), ValueError, "PReLU: axis 3 is out of bounds"),
        (lambda: layers.Softmax(axis=2)(X), ValueError, "Softmax: axis 2 is out of bounds"),
    ],
)
def test_bad_arguments(make: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as refusal:
        make()
    assert text in str(refusal.value)
