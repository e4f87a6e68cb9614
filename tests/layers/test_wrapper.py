from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers


@keras.saving.register_keras_serializable("tests")
class Twice(layers.Wrapper):
    """The layer within, applied two times."""

    def call(self, x: Any) -> Any:
        return self.layer(self.layer(x))


def test_a_wrapper_of_ones_own() -> None:
    model = keras.Sequential([keras.Input((3,)), Twice(layers.Dense(3, use_bias=False), name="twice"), layers.Dense(1)])
    x = np.random.default_rng(0).standard_normal((4, 3)).astype("float32")
    kernel, last, bias = model.get_weights()
    np.testing.assert_allclose(model(x), x @ kernel @ kernel @ last + bias, rtol=1e-5)
    model.compile("sgd", "mse")
    model.fit(x, x[:, 0], verbose=0)
    assert not np.array_equal(model.get_weights()[0], kernel)
    again = keras.Sequential.from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_array_equal(again(x), model(x))


def test_only_layers_are_wrapped() -> None:
    with pytest.raises(ValueError, match=r"Twice wraps a layer\. Received: 'dense'"):
        Twice("dense")
