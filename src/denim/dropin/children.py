"""Processes that multiprocessing starts anew know, before anything else, what the script means by ``keras``."""

from __future__ import annotations

import multiprocessing.spawn
from collections.abc import Callable
from typing import Any

from denim.dropin.loading import MAIN, ScriptFinder
from denim.dropin.scope import Scope

_HOOK = "get_preparation_data"
"""What multiprocessing tells a child of its parent; the child reads it first of all."""


class DropIn:
    """``keras`` and ``tf.keras`` mean denim in a scope, in this process and in its children, from start to stop."""

    def __init__(self, scope: Scope, main: str | None = None) -> None:
        self._finder = ScriptFinder(scope, main)
        self._original: Callable[[str], dict[str, Any]] = getattr(multiprocessing.spawn, _HOOK)

    def start(self) -> None:
        """Begin."""
        self._finder.install()
        setattr(multiprocessing.spawn, _HOOK, self._preparation)

    def stop(self) -> None:
        """End. What is imported already stays as it is."""
        self._finder.remove()
        setattr(multiprocessing.spawn, _HOOK, self._original)

    def _preparation(self, name: str) -> dict[str, Any]:
        data = self._original(name)
        data["name"] = _ProcessName(name, self._finder.scope.roots, self._finder.main)
        if self._finder.main is not None and data.pop("init_main_from_path", None) is not None:
            data["init_main_from_name"] = MAIN
        return data


class _ProcessName(str):
    """The name of a child process. It is the first thing that the child unpickles; by that it starts the drop-in."""

    _arrival: tuple[str, tuple[str, ...], str | None]

    def __new__(cls, name: str, roots: tuple[str, ...], main: str | None) -> _ProcessName:
        self = super().__new__(cls, name)
        self._arrival = (name, roots, main)
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _arrive, self._arrival


def _arrive(name: str, roots: tuple[str, ...], main: str | None) -> str:
    DropIn(Scope(roots), main).start()
    return name
