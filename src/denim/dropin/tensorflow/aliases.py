"""TensorFlow's second names for Keras and its rooms."""

from __future__ import annotations

import importlib
from types import ModuleType

ALIASES = {
    "initializers": "denim.initializers",
    "keras": "denim",
    "losses": "denim.losses",
    "metrics": "denim.metrics",
    "optimizers": "denim.optimizers",
}


def __getattr__(name: str) -> ModuleType:
    if name in ALIASES:
        return importlib.import_module(ALIASES[name])
    raise AttributeError(name)
