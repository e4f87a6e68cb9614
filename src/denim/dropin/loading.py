"""Modules beneath a script's folder, found as always and compiled with what the script means by ``keras``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType

from denim.dropin.rewriting import compiled, concerns
from denim.dropin.scope import Scope

MAIN = "__denim_main__"
"""The name by which a child process imports the script."""


class ScriptLoader(SourceFileLoader):
    """A source file's loader. Code with rewritten imports is kept out of Python's cache, which other programs read."""

    def __init__(self, fullname: str, path: str, own_names: frozenset[str] = frozenset()) -> None:
        super().__init__(fullname, path)
        self._own_names = own_names

    def get_code(self, fullname: str) -> CodeType | None:
        """The module's code."""
        source = self.get_data(self.path)
        if concerns(source) or fullname in ("__main__", MAIN):  # Python caches no scripts.
            return compiled(source, self.path, self._own_names)
        return super().get_code(fullname)


class ScriptFinder:
    """Finds what Python's path finder would, and gives the script's own modules a ``ScriptLoader``."""

    def __init__(self, scope: Scope, main: str | None = None) -> None:
        self.scope, self.main = scope, main

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What Python's path finder, which is asked next, would find; with another loader if it is the script's own."""
        if fullname == MAIN and self.main is not None:
            return spec_from_file_location(MAIN, self.main, loader=self._loader(MAIN, self.main))
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader and self.scope.covers(spec.loader.path):
            spec.loader = self._loader(fullname, spec.loader.path)
        return spec

    def install(self) -> None:
        """Be asked just before Python's path finder: what comes earlier, as built-in modules do, still does."""
        at = sys.meta_path.index(PathFinder) if PathFinder in sys.meta_path else len(sys.meta_path)
        sys.meta_path.insert(at, self)

    def remove(self) -> None:
        """Be asked no more. What is imported already stays as it is."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def _loader(self, fullname: str, path: str) -> ScriptLoader:
        return ScriptLoader(fullname, path, self.scope.own_names)
