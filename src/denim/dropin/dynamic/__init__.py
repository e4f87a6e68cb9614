"""``importlib`` as a script sees it: modules that it asks for by name are those that its import statements give."""

from __future__ import annotations

import builtins
import importlib
from types import ModuleType
from typing import Any

from denim.dropin import names


def import_module(name: str, package: str | None = None) -> ModuleType:
    """As ``importlib.import_module``.

    Raises:
        ModuleNotFoundError: also for a module of Keras's that denim has not.
    """
    return importlib.import_module(names.meant(name) or name, package)


def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> ModuleType:
    """As the built-in ``__import__``."""
    module = names.meant(name) if level == 0 else None
    if module is None:
        return builtins.__import__(name, globals, locals, fromlist, level)
    return importlib.import_module(module if fromlist else names.meant(names.top(name)) or name)


def __getattr__(name: str) -> Any:
    if name == "util":
        return importlib.import_module(f"{__name__}.util")
    try:
        return getattr(importlib, name)
    except AttributeError:
        if name.startswith("_"):
            raise
    try:  # A submodule that the script imported, or that it imports now by `from importlib import ...`.
        return importlib.import_module(f"importlib.{name}")
    except ModuleNotFoundError:
        raise AttributeError(f"module 'importlib' has no attribute {name!r}") from None
