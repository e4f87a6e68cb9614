"""Layers that reduce a sequence of vectors to one: GlobalAveragePooling1D, GlobalMaxPooling1D."""

from __future__ import annotations

from typing import Any

from denim import ops
from denim.layers.formula import FormulaLayer
from denim.layers.symbolic import BatchShape, batch_shape


class _GlobalPooling1D(FormulaLayer):
    """What both have in common.

    Args:
        data_format: "channels_last", (batch, steps, features), or "channels_first", (batch, features, steps); None is
            the first of them.
        keepdims: whether the steps stay as an axis of size 1.

    Raises:
        ValueError: for another data_format, or an input of other than three axes.
    """

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ValueError(
                f"{type(self).__name__}: data_format must be 'channels_last' or 'channels_first'. "
                f"Received: data_format={data_format!r}"
            )
        self.data_format = data_format or "channels_last"
        self.keepdims = bool(keepdims)

    @property
    def _steps(self) -> int:
        return 1 if self.data_format == "channels_last" else 2

    def check_inputs(self, shapes: tuple[BatchShape, ...]) -> None:
        """One input of three axes."""
        super().check_inputs(shapes)
        if len(shapes[0]) != 3:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected ndim=3, found '
                f"ndim={len(shapes[0])}. Full shape received: {shapes[0]}"
            )

    def compute_output_shape(self, input_shape: Any) -> BatchShape:
        """(batch, features), with the steps as 1 where they stay."""
        shape = list(batch_shape(input_shape, "input_shape"))
        shape[self._steps : self._steps + 1] = [1] if self.keepdims else []
        return tuple(shape)

    def get_config(self) -> dict[str, Any]:
        """The arguments of the constructor."""
        return {**super().get_config(), "data_format": self.data_format, "keepdims": self.keepdims}


class GlobalAveragePooling1D(_GlobalPooling1D):
    """The mean over all steps, or those that a mask counts: shape (batch, steps, features) to (batch, features).

    Source: https://keras.io/api/layers/pooling_layers/global_average_pooling1d/
    """

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """None: there are no steps left."""

    def call(self, inputs: Any, mask: Any = None) -> Any:
        """The mean; ``mask``, of shape (batch, steps), is True for the steps that count, and there must be one."""
        self.check_inputs((inputs.shape,))
        if mask is None:
            return ops.mean(inputs, self._steps, self.keepdims)
        counts = ops.expand_dims(ops.cast(mask, "bool"), 3 - self._steps)
        chosen = ops.sum(ops.where(counts, inputs, 0.0), self._steps, self.keepdims)
        return ops.divide(chosen, ops.sum(ops.cast(counts, inputs.dtype), self._steps, self.keepdims))


class GlobalMaxPooling1D(_GlobalPooling1D):
    """The largest number of all steps, for each feature: shape (batch, steps, features) to (batch, features).

    Source: https://keras.io/api/layers/pooling_layers/global_max_pooling1d/
    """

    def formula(self, *inputs: Any) -> Any:
        """The largest of all steps."""
        return ops.max(inputs[0], self._steps, self.keepdims)
