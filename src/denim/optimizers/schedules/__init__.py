"""Learning rate schedules, by Keras's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from denim.lazy import bind
from denim.optimizers.schedules.cosine import CosineDecay, CosineDecayRestarts
from denim.optimizers.schedules.decays import (
    ExponentialDecay,
    InverseTimeDecay,
    PiecewiseConstantDecay,
    PolynomialDecay,
)
from denim.optimizers.schedules.schedule import LearningRateSchedule
from denim.suggest import did_you_mean

__all__ = [
    "CosineDecay",
    "CosineDecayRestarts",
    "ExponentialDecay",
    "InverseTimeDecay",
    "LearningRateSchedule",
    "PiecewiseConstantDecay",
    "PolynomialDecay",
    "deserialize",
    "serialize",
]

_KNOWN: dict[str, type[LearningRateSchedule]] = {
    kind.__name__: kind
    for kind in (
        CosineDecay,
        CosineDecayRestarts,
        ExponentialDecay,
        InverseTimeDecay,
        PiecewiseConstantDecay,
        PolynomialDecay,
    )
}


def serialize(learning_rate_schedule: LearningRateSchedule) -> dict[str, Any]:
    """Class name and configuration."""
    kind = type(learning_rate_schedule)
    own = kind not in _KNOWN.values()
    return {
        "module": kind.__module__ if own else "keras.optimizers.schedules",
        "class_name": kind.__name__,
        "config": learning_rate_schedule.get_config(),
        "registered_name": kind.__name__ if own else None,
    }


def deserialize(config: Mapping[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Any:
    """The schedule of a configuration that ``serialize`` made.

    Args:
        config: with "class_name" and "config".
        custom_objects: classes of your own, by name.

    Raises:
        ValueError: for a class that is neither one of this module's nor in ``custom_objects``.
    """
    known = {**_KNOWN, **(custom_objects or {})}
    name = config.get("class_name")
    if name not in known:
        raise ValueError(
            f"Unknown learning rate schedule: {name!r}.{did_you_mean(name, known)} Pass a class of your own in "
            "`custom_objects`."
        )
    return known[name].from_config(dict(config.get("config") or {}))


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
