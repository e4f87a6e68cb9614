"""Layers that bring vectors to one length: UnitNormalization, RMSNormalization."""

from __future__ import annotations

from numbers import Real
from typing import Any

from denim import ops
from denim.layers.axes import sample_axes
from denim.layers.formula import FormulaLayer
from denim.layers.symbolic import BatchShape, batch_shape
from denim.variables import Variable

_SHORTEST = 1e-12


class UnitNormalization(FormulaLayer):
    """``x / max(length, 1e-12)``, the length being the root of the sum of squares along ``axis``.

    Args:
        axis: an axis or a list of them; the batch axis is 0, and cannot be meant.

    Raises:
        TypeError: for an axis that is no integer.
        ValueError: for one that the input does not have.

    Source: https://keras.io/api/layers/normalization_layers/unit_normalization/
    """

    keeps_mask = True

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(axis, (int, list, tuple)) or isinstance(axis, bool):
            raise TypeError(
                f"Invalid value for `axis` argument: expected an int or a list/tuple of ints. Received: axis={axis!r}"
            )
        self.axis = axis if isinstance(axis, int) else list(axis)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input that has these axes."""
        super().check_inputs(shapes)
        sample_axes("UnitNormalization", self.axis, len(shapes[0]))

    def formula(self, *inputs: Any) -> Any:
        """Each vector divided by its length."""
        return ops.normalize(inputs[0], self.axis, epsilon=_SHORTEST)

    def get_config(self) -> dict[str, Any]:
        """The axis."""
        return {**super().get_config(), "axis": self.axis}


class RMSNormalization(FormulaLayer):
    """``x / sqrt(mean(x^2) + epsilon) * scale``, the mean being along ``axis``. Zhang and Sennrich, 2019.

    Args:
        axis: an axis or a list of them; the batch axis is 0, and cannot be meant.
        epsilon: added to the mean.

    Raises:
        TypeError: for an axis that is no integer.
        ValueError: for one that the input does not have, or an epsilon that is no number of at least 0.

    Source: https://keras.io/api/layers/normalization_layers/rms_normalization/
    """

    min_ndim = 2

    def __init__(self, axis: Any = -1, epsilon: float = 1e-6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if isinstance(epsilon, bool) or not isinstance(epsilon, Real) or not float(epsilon) >= 0.0:
            raise ValueError(f"RMSNormalization: `epsilon` must be at least 0. Received: epsilon={epsilon!r}")
        self.axis: Any = axis
        self.epsilon: float = float(epsilon)
        self.scale: Variable | None = None

    def build(self, input_shape: Any) -> None:
        """Create scale, of the sizes of the axes; from then on ``axis`` is a list, as in Keras."""
        if self.built:
            return
        shape = batch_shape(input_shape, f"{self.name}.build(): input_shape")
        self.check_inputs((shape,))
        self.axis = sorted(self.axis) if isinstance(self.axis, (list, tuple)) else [self.axis]
        sizes = tuple(shape[axis + 1] for axis in sample_axes("RMSNormalization", self.axis, len(shape)))
        self.scale = self.add_weight(sizes, "ones", name="scale")
        super().build(shape)

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input that has these axes, of the sizes that scale was made for."""
        super().check_inputs(shapes)
        axes = sample_axes("RMSNormalization", self.axis, len(shapes[0]))
        sizes = tuple(shapes[0][axis + 1] for axis in axes)
        if self.scale is not None and sizes != self.scale.shape:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected sizes {self.scale.shape} '
                f"along axis {self.axis}, but received input with shape {shapes[0]}"
            )

    def formula(self, *inputs: Any) -> Any:
        """The operation of this name; scale lies along the axes."""
        x, axes = inputs[0], sample_axes("RMSNormalization", self.axis, inputs[0].ndim)
        scale = ops.reshape(self.scale, [n if i in axes else 1 for i, n in enumerate(x.shape[1:])])
        return ops.rms_normalization(x, scale, self.axis, self.epsilon)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "axis": self.axis, "epsilon": self.epsilon}
