"""``importlib.util`` as a script sees it: Keras is there."""

from __future__ import annotations

import importlib.util
from importlib.machinery import ModuleSpec
from typing import Any

from denim.dropin import names


def find_spec(name: str, package: str | None = None) -> ModuleSpec | None:
    """As ``importlib.util.find_spec``; of denim's module where the name is one of Keras's."""
    try:
        module = names.meant(name)
    except ModuleNotFoundError:
        return None
    return importlib.util.find_spec(module or name, package)


def __getattr__(name: str) -> Any:
    return getattr(importlib.util, name)
