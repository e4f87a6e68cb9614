from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import denim as keras
from denim import layers
from denim.program import nodes


def test_flatten_keeps_the_order() -> None:
    x = np.arange(24, dtype="float32").reshape(2, 3, 4)
    np.testing.assert_array_equal(layers.Flatten()(x), x.reshape(2, 12))
    assert layers.Flatten()(np.zeros(5)).shape == (5, 1)


def test_dropout_acts_only_while_training() -> None:
    x = np.ones((200, 50), "float32")
    layer = layers.Dropout(0.25)
    np.testing.assert_array_equal(layer(x), x)
    dropped = layer(x, training=True)
    assert set(np.unique(dropped)) == {np.float32(0), np.float32(1 / 0.75)}
    assert 0.22 < (dropped == 0).mean() < 0.28


def test_dropout_masks_follow_the_seed() -> None:
    x = np.ones((20, 50), "float32")

    def masks(layer: Any) -> list[np.ndarray]:
        keras.utils.set_random_seed(1)
        return [layer(x, training=True) for _ in range(2)]

    free = masks(layers.Dropout(0.5))
    assert not np.array_equal(*free)
    np.testing.assert_array_equal(free, masks(layers.Dropout(0.5)))


@pytest.mark.parametrize("rate", [-0.1, 1, 1.5, "0.5", None, True, float("nan")])
def test_dropout_rate(rate: Any) -> None:
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        layers.Dropout(rate)


def test_what_does_nothing_makes_no_node() -> None:
    model = keras.Sequential(
        [keras.Input(shape=(3,)), layers.Dropout(0), layers.Flatten(), layers.Activation("linear"), layers.Dense(2)]
    )
    assert [type(node) for node in model.lower().nodes] == [nodes.Input, nodes.Dense]


def test_dropouts_have_sites_of_their_own() -> None:
    model = keras.Sequential([keras.Input(shape=(3,)), layers.Dropout(0.5), layers.Dropout(0.5, seed=7)])
    streams = [node.stream for node in model.lower().nodes if isinstance(node, nodes.Dropout)]
    assert [(stream.site, stream.seed) for stream in streams] == [(0, None), (1, 7)]
