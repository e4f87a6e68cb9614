"""Wrapper: the base of layers that have another layer within."""

from __future__ import annotations

from typing import Any

from denim.layers.base import Layer
from denim.layers.configurations import deserialize, serialize


class Wrapper(Layer):
    """A layer with a ``layer`` within, for classes of one's own, which say in ``call`` what they do with it.

    Raises:
        ValueError: for what is no layer.
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(f"{type(self).__name__} wraps a layer. Received: {layer!r} of type {type(layer)}")
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the layer within for this shape."""
        if not self.layer.built:
            self.layer.build(input_shape)
        self.built = True

    def get_config(self) -> dict[str, Any]:
        """The layer within, written down."""
        return {**super().get_config(), "layer": serialize(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A wrapper of this configuration, around a new layer."""
        inner = config["layer"]
        layer = inner if isinstance(inner, Layer) else deserialize(inner)
        return super().from_config({**config, "layer": layer})
