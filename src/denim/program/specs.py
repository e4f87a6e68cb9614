"""What a Program says beside its nodes: parameters, losses, metrics, heads and the optimizer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

Reduction = Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"]


@dataclass(frozen=True)
class Parameter:
    """One trainable or frozen tensor of the flat parameter buffer."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True

    @property
    def size(self) -> int:
        """Elements."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class Loss:
    """A loss function by its Keras name, its settings, and how a batch's values become one number."""

    function: str
    from_logits: bool = False
    label_smoothing: float = 0.0
    reduction: Reduction = "sum_over_batch_size"


@dataclass(frozen=True)
class Metric:
    """A running mean of a per-sample function. ``name`` is its key in the logs.

    ``weighted`` says whether sample weights enter (Keras's ``weighted_metrics``); the mean then divides by their sum.
    """

    function: str
    name: str
    threshold: float = 0.5
    from_logits: bool = False
    label_smoothing: float = 0.0
    weighted: bool = False


@dataclass(frozen=True)
class Head:
    """One output: which node it is, its loss and its metrics. ``target_shape`` is one sample's target."""

    output: int
    loss: Loss | None = None
    weight: float = 1.0
    metrics: tuple[Metric, ...] = ()
    target_shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class SGD:
    """Gradient descent; with momentum, m <- momentum m - lr g and w <- w + m (Nesterov: w + momentum m - lr g)."""

    momentum: float = 0.0
    nesterov: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the buffers this rule keeps beside the parameters."""
        return ("momentum",) if self.momentum else ()


@dataclass(frozen=True)
class RMSprop:
    """v <- rho v + (1 - rho) g^2 and w <- w - lr g / sqrt(v + epsilon); centered subtracts the mean gradient squared."""

    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the buffers this rule keeps beside the parameters."""
        return (
            "velocity",
            *(("momentum",) if self.momentum else ()),
            *(("average_gradient",) if self.centered else ()),
        )


@dataclass(frozen=True)
class Adagrad:
    """a <- a + g^2 and w <- w - lr g / sqrt(a + epsilon)."""

    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7

    slots: ClassVar[tuple[str, ...]] = ("accumulator",)


@dataclass(frozen=True)
class Adam:
    """Moments m and v of the gradient; w <- w - lr_t m / (sqrt(v) + epsilon), with the bias correction in lr_t."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the buffers this rule keeps beside the parameters."""
        return ("momentum", "velocity", *(("velocity_hat",) if self.amsgrad else ()))


Optimizer = SGD | RMSprop | Adagrad | Adam
"""The update rule. The learning rate is training state, not description: callbacks change it between steps."""
