"""Layers that normalize what passes through them while training: BatchNormalization, LayerNormalization."""

from __future__ import annotations

from numbers import Real
from typing import Any

from denim import constraints, initializers, regularizers
from denim.layers.axes import last_axis
from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape, batch_shape, sample_shape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import BatchNormalization as BatchNormalizationNode
from denim.program.nodes import LayerNormalization as LayerNormalizationNode
from denim.variables import Variable


class _Normalizing(Layer):
    """What both have: gamma and beta along the last axis."""

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
        self.width: int | None = None

    def build(self, input_shape: Any) -> None:
        """Create gamma and beta, of the size of the last axis, where they are asked for."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.check_inputs((shape,))
        (self.width,) = sample_shape(shape[-1:], "The last axis")
        if self.scale:
            self.gamma = self.add_weight(
                (self.width,),
                self.gamma_initializer,
                name="gamma",
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if self.center:
            self.beta = self.add_weight(
                (self.width,),
                self.beta_initializer,
                name="beta",
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input of at least two axes, the last of the size the weights were made for."""
        super().check_inputs(shapes)
        last_axis(type(self).__name__, self.axis, len(shapes[0]))
        if self.width is not None and shapes[0][-1] != self.width:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected axis -1 of input shape to '
                f"have value {self.width}, but received input with shape {shapes[0]}"
            )

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


class BatchNormalization(_Normalizing):
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta`` for each feature.

    While training, mean and variance are the batch's, and the moving ones follow them:
    ``moving = momentum * moving + (1 - momentum) * batch``. Otherwise, and where ``trainable`` is False, the moving
    ones are used.

    Args:
        axis: the last one, -1.
        momentum: how much of the moving mean and variance each batch keeps.
        epsilon: added to the variance.
        center, scale: whether there is a beta, a gamma.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: or their names.
        beta_regularizer, gamma_regularizer: of ``denim.regularizers``, or their names.
        beta_constraint, gamma_constraint: of ``denim.constraints``, or their names.
        renorm, renorm_clipping, renorm_momentum, synchronized: Keras's, only at their defaults.

    Raises:
        ValueError: for a momentum or an epsilon out of range, or an unknown name.
        NotImplementedError: for another axis, a constraint of your own, or renorm.

    Source: Ioffe and Szegedy, 2015; https://keras.io/api/layers/normalization_layers/batch_normalization/
    """

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
        """Create gamma, beta, moving_mean and moving_variance, of the size of the last axis."""
        if self.built:
            return
        super().build(input_shape)
        assert self.width is not None
        self.moving_mean = self.add_weight(
            (self.width,), self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            (self.width,), self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A BatchNormalization node, frozen unless the layer is trainable."""
        assert self.moving_mean is not None and self.moving_variance is not None
        gamma, beta = (None if v is None else builder.parameter(v) for v in (self.gamma, self.beta))
        return builder.add(
            BatchNormalizationNode(
                self.name,
                inputs[0],
                mean=builder.parameter(self.moving_mean),
                variance=builder.parameter(self.moving_variance),
                gamma=gamma,
                beta=beta,
                momentum=self.momentum,
                epsilon=self.epsilon,
                frozen=not self.trainable,
            )
        )

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


class LayerNormalization(_Normalizing):
    """``(x - mean) / sqrt(variance + epsilon) * gamma + beta``, mean and variance over the last axis of each sample.

    Args:
        axis: the last one, -1.
        epsilon: added to the variance.
        center, scale: whether there is a beta, a gamma.
        beta_initializer, gamma_initializer: or their names.
        beta_regularizer, gamma_regularizer: of ``denim.regularizers``, or their names.
        beta_constraint, gamma_constraint: of ``denim.constraints``, or their names.

    Raises:
        ValueError: for an epsilon out of range, or an unknown name.
        NotImplementedError: for another axis, a constraint of your own, or rms_scaling.

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
        self.axis = self.axis if isinstance(self.axis, list) else [self.axis]

    def emit(self, builder: ProgramBuilder, *inputs: int) -> int:
        """A LayerNormalization node."""
        gamma, beta = (None if v is None else builder.parameter(v) for v in (self.gamma, self.beta))
        return builder.add(LayerNormalizationNode(self.name, inputs[0], gamma, beta, self.epsilon))

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "rms_scaling": False}


def _fraction(owner: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not 0.0 <= float(value) <= 1.0:
        raise ValueError(f"{owner}: `{name}` must be a number from 0 to 1. Received: {name}={value!r}")
    return float(value)
