"""GroupNormalization: features normalized in groups."""

from __future__ import annotations

from typing import Any

from denim import ops
from denim.layers.axes import Along
from denim.layers.normalization import Normalizing
from denim.layers.symbolic import batch_shape
from denim.ops import tracing
from denim.ops.traced import Traced
from denim.program.builder import ProgramBuilder
from denim.program.nodes import LayerNormalization


class GroupNormalization(Normalizing):
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta``, mean and variance over a group of features of a sample.

    Args:
        groups: how many groups of equal size the features make; -1 for each feature alone.
        axis: that of the features; the batch axis is 0, and cannot be meant.
        epsilon: added to the variance.
        center, scale: whether there is a beta, a gamma, of one number for each feature.
        beta_initializer, gamma_initializer: or their names.
        beta_regularizer, gamma_regularizer: of ``denim.regularizers``, or their names.
        beta_constraint, gamma_constraint: of ``denim.constraints``, or their names.

    Raises:
        TypeError: for an axis that is no integer.
        ValueError: for groups that the features cannot make, an epsilon out of range, or an unknown name.

    Source: Wu and He, 2018; https://keras.io/api/layers/normalization_layers/group_normalization/
    """

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        if isinstance(groups, bool) or not isinstance(groups, int) or (groups < 1 and groups != -1):
            raise ValueError(
                "Received an invalid value for argument `groups`, expected a positive integer (or `-1` for instance "
                f"normalization). Received: groups={groups!r}"
            )
        if isinstance(axis, bool) or not isinstance(axis, int):
            raise TypeError(f"GroupNormalization: `axis` must be an integer. Received: axis={axis!r}")
        super().__init__(
            axis,
            epsilon,
            center,
            scale,
            beta_initializer,
            gamma_initializer,
            beta_regularizer,
            gamma_regularizer,
            beta_constraint,
            gamma_constraint,
            **kwargs,
        )
        self.groups = groups

    def build(self, input_shape: Any) -> None:
        """Create gamma and beta; groups of -1 become their number, as in Keras."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.check_inputs((shape,))
        features = shape[self.axis] or 0
        groups = features if self.groups == -1 else self.groups
        if features < groups:
            raise ValueError(
                f"Number of groups ({groups}) cannot be more than the number of channels ({features}), the size of "
                f"axis {self.axis} of the input."
            )
        if features % groups:
            raise ValueError(
                f"The number of channels ({features}), the size of axis {self.axis} of the input, must be a multiple "
                f"of the number of groups ({groups})."
            )
        self.groups = groups
        super().build(shape)

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A LayerNormalization node over groups, and gamma and beta."""
        features = self.along(Traced(builder, inputs[0]))
        width = features.tensor.shape[-1]
        x = ops.reshape(features.tensor, (-1, *features.tensor.shape[1:-1], self.groups, width // self.groups))
        last = x.ndim - 2
        groups = Along(x, [axis for axis in range(last + 1) if axis != last - 1])
        node = builder.add(LayerNormalization(self.name, groups.tensor.node, epsilon=self.epsilon))
        result = ops.reshape(groups.back(Traced(builder, node)), (-1, *features.tensor.shape[1:]))
        with tracing.building(builder):
            result = result if self.gamma is None else ops.multiply(result, self.gamma)
            result = result if self.beta is None else ops.add(result, self.beta)
        return self.back(builder, features, result.node)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {"groups": self.groups, **super().get_config()}
