"""What a script has as ``tensorflow`` where it is installed: TensorFlow itself, with denim as ``tf.keras``."""

from __future__ import annotations

import importlib
from typing import Any

from denim.dropin.tensorflow.aliases import ALIASES


def __getattr__(name: str) -> Any:
    if name in ALIASES:
        return importlib.import_module(ALIASES[name])
    return getattr(importlib.import_module("tensorflow"), name)


def __dir__() -> list[str]:
    return sorted({*dir(importlib.import_module("tensorflow")), *ALIASES})
