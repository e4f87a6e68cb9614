"""What a Program says beside its nodes: parameters, losses, metrics, heads and the optimizer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from denim.program.program import Program

Reduction = Literal["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight"]


@dataclass(frozen=True)
class Regularizer:
    """Adds ``l1 sum |w| + l2 sum w^2`` to the loss, and its gradient to the parameter's."""

    l1: float = 0.0
    l2: float = 0.0


@dataclass(frozen=True)
class NonNegative:
    """w <- max(w, 0)."""


@dataclass(frozen=True)
class NormRange:
    """w <- w d / (epsilon + n), where n is the norm over ``axes`` and d = rate clip(n) + (1 - rate) n.

    Attributes:
        minimum, maximum: what clip() keeps n within; ``maximum`` None for no upper bound.
        axes: of the parameter, ascending; the norm is that of all numbers along them.
    """

    minimum: float = 0.0
    maximum: float | None = None
    rate: float = 1.0
    axes: tuple[int, ...] = (0,)
    epsilon: float = 1e-7


@dataclass(frozen=True)
class Rewrite:
    """w <- the one output of ``program``, whose one parameter is w: a function of the user's."""

    program: Program

    @cached_property
    def _hash(self) -> int:
        return hash(self.program)

    def __hash__(self) -> int:
        return self._hash


Constraint = NonNegative | NormRange | Rewrite
"""What is done to a parameter after each step."""


@dataclass(frozen=True)
class Parameter:
    """One tensor of the flat parameter buffer.

    Attributes:
        trainable: whether the optimizer changes it.
        regularizer: enters the loss while the parameter is trainable.
        decays: whether the optimizer's weight decay applies to it.
        constraint: holds after each step, while the parameter is trainable.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    regularizer: Regularizer | None = None
    decays: bool = True
    constraint: Constraint | None = None

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
    function is then ``TRACED``. Where the target is ``ignored``, the value is 0 already, and a mean divides by the
    number, or by the weights, of the others; there is then one target for each value.

    ``counts`` is the index of a node that says so instead: 1 for each value that counts, and 0 for the others, which
    are 0 already. With ``of_batch`` the mean of all values is one number of the batch, which each of its samples'
    weights multiplies.
    """

    function: str
    from_logits: bool = False
    label_smoothing: float = 0.0
    reduction: Reduction = "sum_over_batch_size"
    values: int | None = None
    ignored: int | None = None
    counts: int | None = None
    of_batch: bool = False


@dataclass(frozen=True)
class Metric:
    """A running mean of a per-sample function. ``name`` is its key in the logs.

    ``weighted`` says whether sample weights enter (Keras's ``weighted_metrics``); the mean then divides by their sum.
    ``values`` is the index of the node that holds the values, where ``function`` is ``TRACED``: each row of its last
    axis has as many numbers as the metric has means. With ``of_batch`` the mean of a batch's values is counted once,
    whatever the batch's size.
    """

    function: str
    name: str
    threshold: float = 0.5
    from_logits: bool = False
    label_smoothing: float = 0.0
    weighted: bool = False
    values: int | None = None
    of_batch: bool = False


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
    """What every optimizer does around its own rule.

    Before it, it clips (one of the three at most), then decays: ``clipvalue`` bounds each element; ``clipnorm`` each
    parameter's gradient norm; ``global_clipnorm`` the norm of all together; ``weight_decay`` is decoupled: w <- w - w
    weight_decay lr.

    With ``gradient_accumulation_steps`` k, k - 1 steps only add up gradients; the k-th applies the mean of all k, and
    counts as one update.

    After every step, with ``ema_momentum``, the average a of the weights follows them: a <- a ema_momentum + w (1 -
    ema_momentum), and a <- w while no update has been counted before. Where the updates counted before, plus one, are
    a multiple of ``ema_overwrite_frequency``, then w <- a. Constraints come last.
    """

    weight_decay: float | None = None
    clipnorm: float | None = None
    clipvalue: float | None = None
    global_clipnorm: float | None = None
    ema_momentum: float | None = None
    ema_overwrite_frequency: int | None = None
    gradient_accumulation_steps: int | None = None

    @property
    def own_slots(self) -> tuple[str, ...]:
        """Names of the buffers that the rule itself keeps beside the parameters."""
        return ()

    @property
    def shared_slots(self) -> tuple[str, ...]:
        """Names of the buffers that are kept around it, whatever the rule."""
        average = () if self.ema_momentum is None else ("average",)
        return (*average, *(("gradient_accumulator",) if self.gradient_accumulation_steps else ()))

    @property
    def slots(self) -> tuple[str, ...]:
        """All of them: one flat buffer each."""
        return (*self.own_slots, *self.shared_slots)

    def start_of(self, slot: str) -> float:
        """What a slot is filled with before the first step."""
        return 0.0


@dataclass(frozen=True)
class SGD(GradientRules):
    """Gradient descent; with momentum, m <- momentum m - lr g and w <- w + m (Nesterov: w + momentum m - lr g)."""

    momentum: float = 0.0
    nesterov: bool = False

    @property
    def own_slots(self) -> tuple[str, ...]:
        """The momentum, if there is any."""
        return ("momentum",) if self.momentum else ()


@dataclass(frozen=True)
class RMSprop(GradientRules):
    """v <- rho v + (1 - rho) g^2 and w <- w - lr g / sqrt(v + epsilon); centered uses the variance of g for v."""

    rho: float = 0.9
    momentum: float = 0.0
    epsilon: float = 1e-7
    centered: bool = False

    @property
    def own_slots(self) -> tuple[str, ...]:
        """v, and what momentum and centering need."""
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

    @property
    def own_slots(self) -> tuple[str, ...]:
        """a."""
        return ("accumulator",)

    def start_of(self, slot: str) -> float:
        """a starts at ``initial_accumulator_value``."""
        return self.initial_accumulator_value if slot == "accumulator" else 0.0


@dataclass(frozen=True)
class Adadelta(GradientRules):
    """d = -g sqrt((x + epsilon) / (a + epsilon)) and w <- w + lr d.

    a and x are running means of g^2 and d^2, which keep a share rho; a moves before d, x after it.
    """

    rho: float = 0.95
    epsilon: float = 1e-7

    @property
    def own_slots(self) -> tuple[str, ...]:
        """a and x."""
        return ("accumulated_grad", "accumulated_delta_var")


@dataclass(frozen=True)
class Adam(GradientRules):
    """Moments m and v of the gradient; w <- w - lr_t m / (sqrt(v) + epsilon), with the bias correction in lr_t."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7
    amsgrad: bool = False

    @property
    def own_slots(self) -> tuple[str, ...]:
        """m, v and, for amsgrad, the largest v."""
        return ("momentum", "velocity", *(("velocity_hat",) if self.amsgrad else ()))


@dataclass(frozen=True)
class Adamax(GradientRules):
    """m as Adam's, u <- max(beta_2 u, |g|) and w <- w - lr m / ((1 - beta_1^t) (u + epsilon))."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    @property
    def own_slots(self) -> tuple[str, ...]:
        """m and u."""
        return ("momentum", "norm")


@dataclass(frozen=True)
class Nadam(GradientRules):
    """Adam with Nesterov momentum; the momentum schedule u_t = beta_1 (1 - 0.96^t / 2) follows from the step count."""

    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-7

    @property
    def own_slots(self) -> tuple[str, ...]:
        """m and v."""
        return ("momentum", "velocity")


@dataclass(frozen=True)
class Ftrl(GradientRules):
    """n' = n + g^2, z <- z + g + 2 l2_shrinkage w - w (n'^p - n^p) / lr, and w <- (clip(z, -l1, l1) - z) / q.

    p = -learning_rate_power and q = n'^p / lr + 2 l2 + beta / lr.
    """

    learning_rate_power: float = -0.5
    initial_accumulator_value: float = 0.1
    l1_regularization_strength: float = 0.0
    l2_regularization_strength: float = 0.0
    l2_shrinkage_regularization_strength: float = 0.0
    beta: float = 0.0

    @property
    def own_slots(self) -> tuple[str, ...]:
        """n and z."""
        return ("accumulator", "linear")

    def start_of(self, slot: str) -> float:
        """n starts at ``initial_accumulator_value``."""
        return self.initial_accumulator_value if slot == "accumulator" else 0.0


@dataclass(frozen=True)
class Lion(GradientRules):
    """w <- w - lr sign(beta_1 m + (1 - beta_1) g), then m <- beta_2 m + (1 - beta_2) g."""

    beta_1: float = 0.9
    beta_2: float = 0.99

    @property
    def own_slots(self) -> tuple[str, ...]:
        """m."""
        return ("momentum",)


Optimizer = SGD | RMSprop | Adagrad | Adadelta | Adam | Adamax | Nadam | Ftrl | Lion
"""The update rule. The learning rate is training state, not description: callbacks change it between steps."""
