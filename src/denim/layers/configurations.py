"""Layers as data, and layers from data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from denim.layers.base import Layer


def serialize(layer: Layer) -> dict[str, Any]:
    """A layer's class, configuration and the shape it was built for, in Keras's form."""
    from denim.saving.serialization import serialize_keras_object

    config: dict[str, Any] = serialize_keras_object(layer)
    return config


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Layer:
    """The layer of a configuration that ``serialize`` made, unbuilt.

    Raises:
        ValueError: for what is no layer's configuration, or a class that is neither denim's nor registered.
    """
    from denim.saving import serialization
    from denim.saving.custom_objects import CustomObjectScope

    with CustomObjectScope(custom_objects):
        layer: Layer = serialization.deserialize(config, "layer")
    return layer
