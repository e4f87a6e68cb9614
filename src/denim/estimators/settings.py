"""The parameters of an estimator, checked when it is fitted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np

from denim.optimizers.schedules import LearningRateSchedule
from denim.suggest import did_you_mean

SCHEDULES = ("constant", "cosine")


def check(estimator: Any) -> None:
    """Nothing if all parameters can be used.

    Raises:
        ValueError: for the first that cannot, with the rule and what was received.
    """
    for name, (holds, rule) in _RULES.items():
        value = getattr(estimator, name)
        if not holds(value):
            raise ValueError(f"{type(estimator).__name__}: `{name}` must be {rule}. Received: {name}={value!r}")
    schedule = estimator.schedule
    if schedule not in SCHEDULES:
        raise ValueError(
            f"{type(estimator).__name__}: `schedule` must be one of {', '.join(map(repr, SCHEDULES))}; an object of "
            f"denim.optimizers.schedules goes into `learning_rate`. Received: schedule={schedule!r}."
            f"{did_you_mean(schedule, SCHEDULES)}"
        )
    widths(estimator)


def widths(estimator: Any) -> tuple[int, ...]:
    """The units of the hidden layers.

    Raises:
        ValueError: for what is neither a positive integer nor a series of them.
    """
    given = estimator.hidden_layer_sizes
    sizes = list(given) if isinstance(given, Iterable) and not isinstance(given, (str, bytes)) else [given]
    if not all(_counts(size) for size in sizes):
        raise ValueError(
            f"{type(estimator).__name__}: `hidden_layer_sizes` must be the units of each hidden layer, such as "
            f"(100, 50), or () for none. Received: hidden_layer_sizes={given!r}"
        )
    return tuple(map(int, sizes))


def _counts(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, (bool, np.bool_)) and int(value) >= 1


def _number(holds: Callable[[float], bool]) -> Callable[[Any], bool]:
    def test(value: Any) -> bool:
        return isinstance(value, Real) and not isinstance(value, (bool, np.bool_)) and holds(float(value))

    return test


def _truth(value: Any) -> bool:
    return isinstance(value, (bool, np.bool_))


_positive = _number(lambda value: 0 < value < float("inf"))

_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "dropout": (_number(lambda value: 0 <= value < 1), "at least 0 and below 1"),
    "batch_norm": (_truth, "True or False"),
    "standardize": (_truth, "True or False"),
    "learning_rate": (
        lambda value: _positive(value) or isinstance(value, LearningRateSchedule),
        "a positive number or an object of denim.optimizers.schedules",
    ),
    "batch_size": (lambda value: value == "auto" or _counts(value), "'auto' or a positive integer"),
    "epochs": (_counts, "a positive integer"),
    "tol": (_number(lambda value: 0 <= value < float("inf")), "a number of at least 0"),
    "patience": (_counts, "a positive integer"),
    "early_stopping": (_truth, "True or False"),
    "validation_fraction": (_number(lambda value: 0 < value < 1), "above 0 and below 1"),
    "alpha": (_number(lambda value: 0 <= value < float("inf")), "a number of at least 0"),
    "verbose": (lambda value: _truth(value) or isinstance(value, Integral), "True or False"),
    "warm_start": (_truth, "True or False"),
}
