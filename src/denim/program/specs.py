"""What a Program says beside its nodes: parameters, losses, metrics, heads and the optimizer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

Reduction = Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"]


@dataclass(frozen=True)
class Regularizer:
    """Adds ``l1 sum |w| + l2 sum w^2`` to the loss, and its gradient to the parameter's."""

    l1: float = 0.0
    l2: float = 0.0


@dataclass(frozen=True)
class Parameter:
    """One tensor of the flat parameter buffer.

    Attributes:
        trainable: whether the optimizer changes it.
        regularizer: enters the loss while the parameter is trainable.
        decays: whether the optimizer's weight decay applies to it.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    regularizer: Regularizer | None = None
    decays: bool = True

    @property
    def size(self) -> int:
        """Elements."""
        return math.prod(self.shape)


TRACED = "traced"
"""The function of a loss or metric that is made of nodes."""


@dataclass(frozen=True)
class Loss:
    """A loss function by its Keras name, its settings, and how a batch's values become one number.

    ``values`` is the index of the node that holds the values, one in each row of its last axis, which has size 1; the
    function is then ``TRACED``.
    """

    function: str
    from_logits: bool = False
    label_smoothing: float = 0.0
    reduction: Reduction = "sum_over_batch_size"
    values: int | None = None


@dataclass(frozen=True)
class Metric:
    """A running mean of a per-sample function. ``name`` is its key in the logs.

    ``weighted`` says whether sample weights enter (Keras's ``weighted_metrics``); the mean then divides by their sum.
    ``values`` is the index of the node that holds the values, where ``function`` is ``TRACED``: each row of its last
    axis has as many numbers as the metric has means.
    """

    function: str
    name: str
    threshold: float = 0.5
    from_logits: bool = False
    label_smoothing: float = 0.0
    weighted: bool = False
    values: int | None = None


@dataclass(frozen=True)
class Head:
    """One output: which node it is, its loss and its metrics. ``target_shape`` is one sample's target."""

    output: int
    loss: Loss | None = None
    weight: float = 1.0
    metrics: tuple[Metric, ...] = ()
    target_shape: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GradientRules:
    """What every optimizer does before its own rule: clip (one of the three at most), then decay.

    ``clipvalue`` bounds each element; ``clipnorm`` each parameter's gradient norm; ``global_clipnorm`` the norm of all
    together. ``weight_decay`` is decoupled: w <- w - w weight_decay lr.
    """

    weight_decay: float | None = None
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None


@dataclass(frozen=True)
class SGD(GradientRules):
    """Gradient descent; with momentum, m <- momentum m - lr g and w <- w + m (Nesterov: w + momentum m - lr g)."""

    momentum: float = 0.0
    nesterov: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the buffers this rule keeps beside the parameters."""
        return ("momentum",) if self.momentum else ()


@dataclass(frozen=True)
class RMSprop(GradientRules):
    """v <- rho v + (1 - rho) g^2 and w <- w - lr g / sqrt(v + epsilon); centered uses the variance of g for v."""

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
class Adagrad(GradientRules):
    """a <- a + g^2 and w <- w - lr g / sqrt(a + epsilon)."""

    initial_accumulator_value: float = 0.1
    epsilon: float = 1e-7

    slots: ClassVar[tuple[str, ...]] = ("accumulator",)


@dataclass(frozen=True)
class Adam(GradientRules):
    """Moments m and v of the gradient; w <- w - lr_t m / (sqrt(v) + epsilon), with the bias correction in lr_t."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the buffers this rule keeps beside the parameters."""
        return ("momentum", "velocity", *(("velocity_hat",) if self.amsgrad else ()))


@dataclass(frozen=True)
class Nadam(GradientRules):
    """Adam with Nesterov momentum; the momentum schedule u_t = beta_1 (1 - 0.96^t / 2) follows from the step count."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    slots: ClassVar[tuple[str, ...]] = ("momentum", "velocity")


Optimizer = SGD | RMSprop | Adagrad | Adam | Nadam
"""The update rule. The learning rate is training state, not description: callbacks change it between steps."""
