"""A network between what prepares its inputs and what makes its outputs answers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import denim as keras
from denim.commands.training.network import Network
from denim.preparation import Preparation

_SMALLEST, _LARGEST, _PARTS = 8, 256, 100
"""An automatic batch is a power of two near a hundredth of the rows, within these limits."""


def build(network: Network, preparation: Preparation, x: np.ndarray, y: np.ndarray, optimizer: Any, seed: int) -> Any:
    """The compiled model, with first weights from ``seed``, for the training rows ``x`` and ``y``."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input(preparation.input_shape),
            *preparation.first_layers(x),
            *(make() for make in network.hidden),
            *preparation.last_layers(y),
        ]
    )
    model.compile(optimizer, preparation.loss, metrics=list(preparation.metrics))
    return model


def batch_size(rows: int) -> int:
    """How many of so many rows a step takes."""
    return min(_LARGEST, max(_SMALLEST, 2 ** round(math.log2(max(1, rows / _PARTS)))))
