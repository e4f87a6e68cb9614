"""Lambda: a function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from denim.layers.base import Layer


class Lambda(Layer):
    """What a function makes of the inputs.

    Args:
        function: of the inputs, written with ``denim.ops``.
        output_shape: Keras's; the shape is found by tracing.
        mask: the mask of what the function makes, or a function of the inputs and their mask that gives it.
        arguments: further keyword arguments for the function.

    Raises:
        NotImplementedError: when called, for a function that cannot be traced.

    Source: https://keras.io/api/layers/core_layers/lambda/
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.mask = mask
        self.supports_masking = mask is not None
        self.arguments = dict(arguments or {})
        self._parameters = frozenset(inspect.signature(function).parameters)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """``mask``, or what it gives."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        """``function(inputs, **arguments)``, with ``mask`` and ``training`` where it takes them."""
        context = {"mask": mask, "training": training}
        further = {name: value for name, value in context.items() if name in self._parameters}
        return self.function(inputs, **{**self.arguments, **further})

    def get_config(self) -> dict[str, Any]:
        """The function by its name, and its arguments.

        Raises:
            ValueError: for a lambda.
        """
        from denim.saving.serialization import serialize_keras_object

        return {
            **super().get_config(),
            "function": serialize_keras_object(self.function),
            "arguments": serialize_keras_object(self.arguments),
        }
