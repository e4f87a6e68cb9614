"""A network between what prepares its inputs and what makes its outputs answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

import denim as keras
from denim.commands.errors import CommandError
from denim.commands.training.data import Data
from denim.commands.training.network import Network
from denim.commands.training.settings import Settings
from denim.preparation import Preparation

_SMALLEST, _LARGEST, _PARTS = 8, 256, 100
"""An automatic batch is a power of two near a hundredth of the rows, within these limits."""


@dataclass(frozen=True)
class Learner:
    """What is to learn, before there are data: slips in its words are told before any file is read."""

    network: Network
    optimizer: Any

    @classmethod
    def of(cls, settings: Settings) -> Learner:
        """As the settings describe it.

        Raises:
            ValueError: for a layer, an activation or an optimizer that there is not.
        """
        optimizer: Any = keras.optimizers.get(settings.optimizer)
        if settings.learning_rate is not None:
            optimizer.learning_rate = settings.learning_rate
        return cls(Network.read(settings.layers), optimizer)

    @property
    def learning_rate(self) -> float:
        """As people write it: the shortest number that is this float32."""
        return float(str(np.float32(self.optimizer.learning_rate)))

    def check_fits(self, data: Data, class_weight: str | None) -> None:
        """Nothing if it can learn what the data have.

        Raises:
            CommandError: another number of outputs was written, or classes are to be weighted where there are none.
        """
        preparation = data.preparation
        self.network.check_outputs(len(preparation.classes), preparation.target.outputs)
        if class_weight is not None and not preparation.classes:
            raise CommandError(f"--class-weight is for classes, and {preparation.target.name!r} is a number.")

    def model(self, data: Data, seed: int) -> Any:
        """The compiled model, with first weights from ``seed``."""
        return build(self.network, data.preparation, data.train.x, data.train.y, self.optimizer, seed)


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
