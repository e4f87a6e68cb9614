"""The model of an estimator: its layers and its optimizer."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from denim import layers, optimizers
from denim.estimators import settings
from denim.estimators.scaling import Scaling
from denim.initializers import RandomUniform
from denim.models import Sequential
from denim.optimizers.optimizer import Optimizer
from denim.optimizers.schedules import CosineDecay
from denim.regularizers import L2

_SEEDS = 2**31 - 1


def network(
    estimator: Any, scaling: Scaling | None, units: int, last: str, features: int, dtype: str, draws: Any
) -> Sequential:
    """A model of the estimator's parameters with new weights.

    Args:
        estimator: what has the parameters.
        scaling: of the features; None for features that are taken as they are.
        units: of the last layer.
        last: its activation.
        features: of a row.
        dtype: what the model computes in.
        draws: a NumPy RandomState, for the layers' seeds.
    """
    decay = L2(float(estimator.alpha)) if estimator.alpha else None

    def dense(width: int, activation: Any, name: str, fan_in: int, spread: bool = True) -> layers.Dense:
        limit = math.sqrt(6 / (fan_in + width))
        kernel, bias = (RandomUniform(-limit, limit, int(draws.randint(_SEEDS))) for _ in range(2))
        # Biases that differ let the units bend at different places from the start.
        return layers.Dense(
            width,
            activation,
            kernel_initializer=kernel,
            bias_initializer=bias if spread else "zeros",
            kernel_regularizer=decay,
            dtype=dtype,
            name=name,
        )

    chain: list[Any] = [layers.Input((features,), dtype=dtype)]
    if scaling is not None:
        mean, variance = scaling.mean.tolist(), np.square(scaling.deviation).tolist()
        chain.append(layers.Normalization(mean=mean, variance=variance, dtype=dtype, name="scaling"))
    fan_in = features
    for number, width in enumerate(settings.widths(estimator), 1):
        if estimator.batch_norm:
            chain.append(dense(width, None, f"hidden_{number}", fan_in))
            chain.append(layers.BatchNormalization(dtype=dtype, name=f"batch_norm_{number}"))
            chain.append(layers.Activation(estimator.activation, dtype=dtype, name=f"activation_{number}"))
        else:
            chain.append(dense(width, estimator.activation, f"hidden_{number}", fan_in))
        if estimator.dropout:
            seed = int(draws.randint(_SEEDS))
            chain.append(layers.Dropout(float(estimator.dropout), seed=seed, dtype=dtype, name=f"dropout_{number}"))
        fan_in = width
    return Sequential([*chain, dense(units, last, "output", fan_in, spread=False)], name="dense_network")


def optimizer_for(estimator: Any, steps: int) -> Optimizer:
    """A new optimizer for a training of so many steps.

    Raises:
        ValueError: for a name that no optimizer has.
    """
    given = estimator.optimizer
    if isinstance(given, Optimizer):
        return type(given).from_config(given.get_config())
    found = optimizers.get(given)
    if found is None:
        raise ValueError(
            f"{type(estimator).__name__}: `optimizer` must be a name, such as 'adam', or an object of "
            f"denim.optimizers. Received: optimizer={given!r}"
        )
    rate = estimator.learning_rate
    if estimator.schedule == "cosine" and not callable(rate):
        rate = CosineDecay(float(rate), max(1, steps))
    return type(found)(learning_rate=rate)
