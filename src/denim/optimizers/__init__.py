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

    Raises:
        ValueError: for anything else.
    """
    if identifier is None or isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, Optimizer):
        return identifier.from_config({})
    if isinstance(identifier, str) and identifier.lower() in _KNOWN:
        return _KNOWN[identifier.lower()].from_config({})
    if isinstance(identifier, Mapping) and str(identifier.get("class_name")).lower() in _KNOWN:
        return _KNOWN[identifier["class_name"].lower()].from_config(identifier.get("config", {}))
    absent = said_of(__name__, identifier, any_case=True) if isinstance(identifier, str) else None
    raise ValueError(
        f"Could not interpret optimizer identifier: {identifier}."
        f"{did_you_mean(identifier, _KNOWN) if absent is None else f' {absent}'} "
        f"Known: {', '.join(kind.__name__ for kind in _KNOWN.values())}."
    )


def serialize(optimizer: Optimizer) -> dict[str, Any]:
    """Class name and configuration."""
    return {
        "module": "keras.optimizers",
        "class_name": type(optimizer).__name__,
        "config": optimizer.get_config(),
        "registered_name": None,
    }


def deserialize(config: Mapping[str, Any]) -> Optimizer | None:
    """The optimizer of a configuration that ``serialize`` made.

    Raises:
        ValueError: for a class that is not one of this module's.
    """
    return get(config)


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
