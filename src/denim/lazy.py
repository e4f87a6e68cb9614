"""Module attributes that are imported on first use, and what a misspelt one is told."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

from denim.suggest import closest


def bind(module: str, exports: Mapping[str, str | None]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a module.

    Args:
        module: its ``__name__``.
        exports: public name -> the module that defines it, or None where the name is a submodule of ``module``.
            A module whose names are all imported already passes them as ``dict.fromkeys(__all__)``: only the
            misspelt ones arrive here.
    """

    def __getattr__(name: str) -> Any:
        if name not in exports:
            raise AttributeError(f"module {module!r} has no attribute {name!r}{_hint(name, exports)}")
        home = exports[name]
        if home is None:
            return importlib.import_module(f"{module}.{name}")
        value = getattr(importlib.import_module(home), name)
        setattr(sys.modules[module], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted(exports)

    return __getattr__, __dir__


def _hint(name: str, exports: Mapping[str, str | None]) -> str:
    # Tools probe modules for dunder names; those are not misspellings.
    near = None if name.startswith("__") else closest(name, exports)
    return f"; did you mean {near!r}?" if near else ""
