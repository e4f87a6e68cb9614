"""Layers that normalize by mean and variance: BatchNormalization, LayerNormalization."""

from __future__ import annotations

from numbers import Real
from typing import Any

from denim import constraints, initializers, ops, regularizers
from denim.layers.axes import Along, sample_axes
from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape, batch_shape, known_sizes
from denim.ops import tracing
from denim.ops.traced import Traced
from denim.program.builder import ProgramBuilder
from denim.program.nodes import BatchNormalization as BatchNormalizationNode
from denim.program.nodes import LayerNormalization as LayerNormalizationNode
from denim.variables import Variable


class Normalizing(Layer):
    """What layers that normalize by mean and variance have in common: gamma and beta along ``axis``."""

    keeps_mask = True
    min_ndim = 2

    def __init__(
        self,
        axis: Any,
        epsilon: float,
        center: bool,
        scale: bool,
        beta_initializer: Any,
        gamma_initializer: Any,
        beta_regularizer: Any,
        gamma_regularizer: Any,
        beta_constraint: Any,
        gamma_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.axis = axis
        self.epsilon = _fraction(type(self).__name__, "epsilon", epsilon)
        self.center, self.scale = bool(center), bool(scale)
        self.beta_initializer = initializers.get(beta_initializer)
        self.gamma_initializer = initializers.get(gamma_initializer)
        self.beta_regularizer = regularizers.get(beta_regularizer)
        self.gamma_regularizer = regularizers.get(gamma_regularizer)
        self.beta_constraint = constraints.get(beta_constraint)
        self.gamma_constraint = constraints.get(gamma_constraint)
        self.gamma: Variable | None = None
        self.beta: Variable | None = None
        self.sizes: tuple[int, ...] | None = None

    def build(self, input_shape: Any) -> None:
        """Create gamma and beta, of the sizes of the axes, where they are asked for."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.check_inputs((shape,))
        self.sizes = self._sizes(shape)
        if self.scale:
            self.gamma = self.add_weight(
                self.sizes,
                self.gamma_initializer,
                name="gamma",
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if self.center:
            self.beta = self.add_weight(
                self.sizes,
                self.beta_initializer,
                name="beta",
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input of at least two axes, those of ``axis`` of the sizes the weights were made for."""
        super().check_inputs(shapes)
        sizes = self._sizes(shapes[0])
        if self.sizes is not None and sizes != self.sizes:
            axis, size = (self.axis, self.sizes) if len(sizes) > 1 else (_single(self.axis), self.sizes[0])
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected axis {axis} of input shape '
                f"to have value {size}, but received input with shape {shapes[0]}"
            )

    def _sizes(self, shape: BatchShape) -> tuple[int, ...]:
        axes = sample_axes(type(self).__name__, self.axis, len(shape))
        return known_sizes((shape[axis + 1] for axis in axes), f"{self.name}/gamma")

    def along(self, x: Traced) -> Along:
        """The input with ``axis`` brought to the end."""
        return Along(x, sample_axes(type(self).__name__, self.axis, x.ndim))

    def back(self, builder: ProgramBuilder, along: Along, node: int) -> int:
        """The node with ``axis`` where it was."""
        result: Traced = along.back(Traced(builder, node))
        return result.node

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }


class BatchNormalization(Normalizing):
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta`` for each feature.

    While training, mean and variance are the batch's, and the moving ones follow them:
    ``moving = momentum * moving + (1 - momentum) * batch``. Otherwise, and where ``trainable`` is False, the moving
    ones are used.

    Args:
        axis: that of the features; the batch axis is 0, and cannot be meant.
        momentum: how much of the moving mean and variance each batch keeps.
        epsilon: added to the variance.
        center, scale: whether there is a beta, a gamma.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: or their names.
        beta_regularizer, gamma_regularizer: of ``denim.regularizers``, or their names.
        beta_constraint, gamma_constraint: of ``denim.constraints``, or their names.
        renorm, renorm_clipping, renorm_momentum, synchronized: Keras's, only at their defaults.

    Raises:
        TypeError: for an axis that is no integer.
        ValueError: for a momentum or an epsilon out of range, or an unknown name.
        NotImplementedError: for renorm.

    Source: Ioffe and Szegedy, 2015; https://keras.io/api/layers/normalization_layers/batch_normalization/
    """

    computes_with_mask = True

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(axis, (list, tuple)) and len(axis) != 1:
            raise TypeError(f"BatchNormalization: `axis` must be an integer. Received: axis={axis!r}")
        if renorm or synchronized:
            raise NotImplementedError(
                "BatchNormalization: renorm and synchronized are not supported; leave them out. "
                f"Received: renorm={renorm!r}, synchronized={synchronized!r}"
            )
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
        self.momentum = _fraction("BatchNormalization", "momentum", momentum)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.moving_mean: Variable | None = None
        self.moving_variance: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Create gamma, beta, moving_mean and moving_variance, of the size of the axis."""
        if self.built:
            return
        super().build(input_shape)
        assert self.sizes is not None
        self.moving_mean = self.add_weight(
            self.sizes, self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            self.sizes, self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A BatchNormalization node, frozen unless the layer is trainable."""
        assert self.moving_mean is not None and self.moving_variance is not None
        if self.trainable and builder.training is not False and builder.mask(inputs[0]) is not None:
            raise NotImplementedError(
                f"{self.name!r} reads a tensor with a mask: a BatchNormalization that leaves steps out of its "
                "statistics is not supported. Put it after GlobalAveragePooling1D, use LayerNormalization, or set "
                "its `trainable` to False."
            )
        gamma, beta = (None if v is None else builder.parameter(v) for v in (self.gamma, self.beta))
        along = self.along(Traced(builder, inputs[0]))
        normalized = builder.add(
            BatchNormalizationNode(
                self.name,
                along.tensor.node,
                mean=builder.parameter(self.moving_mean),
                variance=builder.parameter(self.moving_variance),
                gamma=gamma,
                beta=beta,
                momentum=self.momentum,
                epsilon=self.epsilon,
                frozen=not self.trainable,
            )
        )
        return self.back(builder, along, normalized)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "synchronized": False,
            "renorm": False,
            "renorm_clipping": None,
            "renorm_momentum": 0.99,
        }


class LayerNormalization(Normalizing):
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta``, mean and variance over ``axis`` of each sample.

    Args:
        axis: an axis or a list of them; the batch axis is 0, and cannot be meant.
        epsilon: added to the variance.
        center, scale: whether there is a beta, a gamma.
        beta_initializer, gamma_initializer: or their names.
        beta_regularizer, gamma_regularizer: of ``denim.regularizers``, or their names.
        beta_constraint, gamma_constraint: of ``denim.constraints``, or their names.

    Raises:
        ValueError: for an epsilon out of range, or an unknown name.
        NotImplementedError: for rms_scaling.

    Source: Ba et al., 2016; https://keras.io/api/layers/normalization_layers/layer_normalization/
    """

    def __init__(
        self,
        axis: Any = -1,
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
        if kwargs.pop("rms_scaling", False):
            raise NotImplementedError("LayerNormalization: rms_scaling is not supported; leave it out.")
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

    def build(self, input_shape: Any) -> None:
        """Create gamma and beta; from then on ``axis`` is a list, as in Keras."""
        super().build(input_shape)
        self.axis = sorted(self.axis) if isinstance(self.axis, (list, tuple)) else [self.axis]

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A LayerNormalization node; gamma and beta of several axes are nodes of their own."""
        along = self.along(Traced(builder, inputs[0]))
        if len(self.sizes or ()) == 1:
            gamma, beta = (None if v is None else builder.parameter(v) for v in (self.gamma, self.beta))
            node = LayerNormalizationNode(self.name, along.tensor.node, gamma, beta, self.epsilon)
            return self.back(builder, along, builder.add(node))
        node = LayerNormalizationNode(self.name, along.tensor.node, epsilon=self.epsilon)
        result = Traced(builder, builder.add(node))
        with tracing.building(builder):
            if self.gamma is not None:
                result = ops.multiply(result, ops.reshape(self.gamma, (-1,)))
            if self.beta is not None:
                result = ops.add(result, ops.reshape(self.beta, (-1,)))
        return self.back(builder, along, result.node)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "rms_scaling": False}


def _single(axis: Any) -> Any:
    return axis[0] if isinstance(axis, (list, tuple)) else axis


def _fraction(owner: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 <= float(value) <= 1.0:
        raise ValueError(f"{owner}: `{name}` must be a number from 0 to 1. Received: {name}={value!r}")
    return float(value)
