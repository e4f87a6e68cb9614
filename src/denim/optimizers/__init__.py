"""Optimizers, by Keras's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from denim.absent import said_of
from denim.lazy import bind
from denim.optimizers import schedules
from denim.optimizers.adadelta import Adadelta
from denim.optimizers.adagrad import Adagrad
from denim.optimizers.adam import Adam
from denim.optimizers.adamax import Adamax
from denim.optimizers.adamw import AdamW
from denim.optimizers.ftrl import Ftrl
from denim.optimizers.lion import Lion
from denim.optimizers.nadam import Nadam
from denim.optimizers.optimizer import Optimizer
from denim.optimizers.rmsprop import RMSprop
from denim.optimizers.sgd import SGD
from denim.saving.custom_objects import CustomObjectScope, get_registered_object
from denim.saving.serialization import serialize_keras_object
from denim.suggest import did_you_mean

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "Adamax",
    "Ftrl",
    "Lion",
    "Nadam",
    "Optimizer",
    "RMSprop",
    "deserialize",
    "get",
    "schedules",
    "serialize",
]

_KNOWN: dict[str, type[Optimizer]] = {
    kind.__name__.lower(): kind for kind in (SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Adamax, Nadam, Ftrl, Lion)
}


def get(identifier: Any) -> Optimizer | None:
    """An optimizer from its name (in any case), class, configuration dict, or itself; None stays None.

    A name or a configuration may be that of a registered class, too.

    Raises:
        ValueError: for anything else.
    """
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier.from_config({})
    config = {"class_name": identifier} if isinstance(identifier, str) else identifier
    if isinstance(config, Mapping):
        name: Any = config.get("class_name")
        inner: Any = config.get("config") or {}
        own = get_registered_object(config.get("registered_name") or name)
        if isinstance(own, type) and issubclass(own, Optimizer):
            return own.from_config(dict(inner))
        if str(name).lower() in _KNOWN:
            return _KNOWN[str(name).lower()].from_config(dict(inner))
    absent = said_of(__name__, identifier, any_case=True) if isinstance(identifier, str) else None
    raise ValueError(
        f"Could not interpret optimizer identifier: {identifier}."
        f"{did_you_mean(identifier, _KNOWN) if absent is None else f' {absent}'} "
        f"Known: {', '.join(kind.__name__ for kind in _KNOWN.values())}."
    )


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Class name and configuration."""
    config: dict[str, Any] = serialize_keras_object(optimizer)
    return config


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Optimizer | None:
    """The optimizer of a configuration that ``serialize`` or Keras made.

    Args:
        config: the configuration.
        custom_objects: classes by name, beside the registered ones.

    Raises:
        ValueError: for a class that is neither one of this module's nor registered.
    """
    with CustomObjectScope(custom_objects):
        return get(config)


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
