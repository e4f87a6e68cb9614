"""What is said of a name of TensorFlow's that the stand-in has not."""

from __future__ import annotations

from collections.abc import Mapping

from denim.suggest import did_you_mean

_WHY = "TensorFlow is not installed here; what answers is denim's stand-in, with what scripts for dense networks call."
_INSTEAD = {
    "GradientTape": "denim has no gradient tape: train with `fit`.",
    "Session": "It is of TensorFlow 1.",
    "placeholder": "It is of TensorFlow 1.",
}


def missing(module: str, name: str, exports: Mapping[str, str | None]) -> str:
    """For a name that one of the stand-in's modules has not."""
    room = module.removeprefix("denim.dropin.tensorflow").lstrip(".")
    asked = f"tf.{room}.{name}" if room else f"tf.{name}"
    instead = _INSTEAD.get(name)
    return f"`{asked}` is not there. {_WHY}" + (f" {instead}" if instead else did_you_mean(name, exports))


def module_missing(name: str) -> str:
    """For a whole module."""
    return f"No module named {name!r}. {_WHY}"
