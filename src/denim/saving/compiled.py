"""What ``compile`` was given, as a configuration and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from denim.saving.custom_objects import get_registered_object
from denim.saving.serialization import deserialize, serialize_keras_object
from denim.suggest import did_you_mean

_ROLES = {"optimizer": "optimizer", "loss": "loss", "metrics": "metric", "weighted_metrics": "metric"}
_PLAIN = ("loss_weights", "run_eagerly", "steps_per_execution", "jit_compile", "auto_scale_loss")


def compile_config(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of ``compile``'s arguments; Keras has no entry for ``auto_scale_loss``."""
    return {
        key: serialize_keras_object(_instances(value)) for key, value in arguments.items() if key != "auto_scale_loss"
    }


def compile_arguments(config: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that such a configuration gives to ``compile``.

    Raises:
        ValueError: for arguments that ``compile`` does not have, or objects that do not play their part.
    """
    known = (*_ROLES, *_PLAIN)
    for key in config:
        if key not in known:
            raise ValueError(f"compile() has no argument {key!r}.{did_you_mean(key, known)}")
    return {key: _read(value, _ROLES[key]) if key in _ROLES else value for key, value in config.items()}


def _instances(value: Any) -> Any:
    """Classes stand for instances with their defaults."""
    if isinstance(value, type):
        return value()
    if isinstance(value, Mapping):
        return {key: _instances(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_instances(part) for part in value]
    return value


def _read(value: Any, role: str) -> Any:
    if isinstance(value, (list, tuple)):
        return [_read(part, role) for part in value]
    if isinstance(value, str):
        own = get_registered_object(value)
        return value if own is None else own
    if not isinstance(value, Mapping):
        return value
    if isinstance(value.get("class_name"), str) and "config" in value:
        return deserialize(value, role)
    return {key: _read(part, role) for key, part in value.items()}
