"""Module attributes that are imported on first use, and what a misspelt one is told."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from types import FrameType
from typing import Any


def bind(
    module: str,
    exports: Mapping[str, str | None],
    refusal: Callable[[str, str, Mapping[str, str | None]], str] | None = None,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a module.

    Args:
        module: its ``__name__``.
        exports: public name -> the module that defines it, or None where the name is a submodule of ``module``.
            A module whose names are all imported already passes them as ``dict.fromkeys(__all__)``: only the
            misspelt ones arrive here.
        refusal: what to say of a name that is not there, from module, name and exports, if not what denim's rooms say.
    """

    def __getattr__(name: str) -> Any:
        if name not in exports:
            # Tools probe modules for dunder names; those are not misspellings.
            text = _plain(module, name) if name.startswith("__") else (refusal or _refusal)(module, name, exports)
            # `from module import name` replaces the text of an AttributeError by its own, after a look for a submodule
            # that is being imported.
            if _imports(sys._getframe(1)) and f"{module}.{name}" not in sys.modules:
                raise ImportError(text, name=module)
            raise AttributeError(text)
        home = exports[name]
        if home is None:
            return importlib.import_module(f"{module}.{name}")
        value = getattr(importlib.import_module(home), name)
        setattr(sys.modules[module], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted(exports)

    return __getattr__, __dir__


def _refusal(module: str, name: str, exports: Mapping[str, str | None]) -> str:
    from denim.absent import said_of
    from denim.suggest import closest

    said = said_of(module, name)
    if said is not None:
        return said
    plain, near = _plain(module, name), closest(name, exports)
    return f"{plain}; did you mean {near!r}?" if near else said_of(module, name, any_case=True) or plain


def _plain(module: str, name: str) -> str:
    return f"module {module!r} has no attribute {name!r}"


def _imports(frame: FrameType) -> bool:
    """Whether the frame is at the point of a ``from module import name`` where it takes the name."""
    import opcode

    return frame.f_code.co_code[frame.f_lasti] == opcode.opmap["IMPORT_FROM"]
