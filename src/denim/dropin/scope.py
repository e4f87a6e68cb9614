"""Which files are a script's own: those beneath its folder, but for what is installed there."""

from __future__ import annotations

import os
import site
import sysconfig
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

_INSTALLED = ("site-packages", "dist-packages")
_DENIM = Path(__file__).resolve().parents[1]


class Scope:
    """The folders (or single files) in which ``keras`` means denim.

    A virtual environment or a Python that lies beneath such a folder is not part of it.
    """

    def __init__(self, roots: Iterable[str | Path]) -> None:
        self.roots = tuple(os.path.realpath(root) for root in roots)

    def covers(self, file: str | Path) -> bool:
        """Whether it is the script's own."""
        path = Path(os.path.realpath(file))
        return any(self._has(Path(root), path) for root in self.roots)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Of "keras" and "tensorflow", those that are a module or package of the script's own."""
        return frozenset(
            name
            for name in ("keras", "tensorflow")
            for root in map(Path, self.roots)
            if (root / f"{name}.py").is_file() or (root / name / "__init__.py").is_file()
        )

    def _has(self, root: Path, path: Path) -> bool:
        if not path.is_relative_to(root):
            return False
        if any(part in _INSTALLED for part in path.relative_to(root).parts):
            return False
        return not any(place.is_relative_to(root) and path.is_relative_to(place) for place in _places())


def _places() -> list[Path]:
    paths = sysconfig.get_paths()
    found = [paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    found += [*site.getsitepackages(), site.getusersitepackages()]
    return [_DENIM, *(Path(os.path.realpath(place)) for place in found)]
