"""Regularizers and constraints as configurations and back: of their module's own classes, or registered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from denim.saving.custom_objects import get_registered_object
from denim.saving.serialization import deserialize_keras_object, serialize_keras_object
from denim.suggest import did_you_mean


def serialize(thing: Any, module: str, own: Mapping[str, type]) -> Any:
    """Class name and configuration; None for None.

    Raises:
        ValueError: for a lambda.
    """
    if thing is None:
        return None
    if type(thing) not in own.values():
        return serialize_keras_object(thing)
    name = type(thing).__name__
    return {"module": module, "class_name": name, "config": thing.get_config(), "registered_name": None}


def deserialize(config: Mapping[str, Any], role: str, own: Mapping[str, Any], get: Callable[[Any], Any]) -> Any:
    """What ``serialize`` made a configuration of; ``get`` takes what is registered.

    Raises:
        ValueError: for a class that is neither one of ``own`` nor registered; ``role`` says what it should be.
    """
    name: Any = config.get("class_name")
    if name in own:
        return own[name].from_config(dict(config.get("config") or {}))
    if name == "function" or get_registered_object(config.get("registered_name") or name) is not None:
        return get(deserialize_keras_object(dict(config)))
    raise ValueError(f"Could not interpret {role} identifier: {name}.{did_you_mean(name, own)}")
