"""Which names of Keras's a script uses, read from its syntax; nothing of it is run."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from denim.dropin.cells import read_cells
from denim.dropin.errors import CannotRunError
from denim.dropin.identifiers import identifier_said, identifiers
from denim.dropin.names import has_tensorflow, is_ours
from denim.dropin.resolving import Found, found, module_said, strange_argument

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, order=True)
class Use:
    """A name of Keras's at a place in a script.

    Attributes:
        cell: of a notebook, counted from 1; 0 in a script.
        line: from 1, within the cell.
        column: from 0.
        name: with its modules, such as "keras.layers.Dense".
        said: why denim lacks it; empty if denim has it.
    """

    cell: int
    line: int
    column: int
    name: str
    said: str = ""


def check(file: str | Path) -> list[Use]:
    """The uses of Keras's names in a script or notebook, in the order of their places.

    Raises:
        CannotRunError: if it cannot be read, or is not Python.
    """
    trees = [(number, _parsed(source, file, number)) for number, source in _sources(Path(file))]
    bound = {name: module for _, tree in trees for name, module in _imports(tree)}
    kinds = _kinds([tree for _, tree in trees], bound)
    uses: set[Use] = set()
    for number, tree in trees:
        reader = _Reader(bound, kinds)
        reader.visit(tree)
        uses |= {Use(number, *use) for use in reader.uses}
    return sorted(uses)


def _sources(file: Path) -> list[tuple[int, str | bytes]]:
    if file.suffix == ".ipynb":
        return [(cell.number, cell.source) for cell in read_cells(file)]
    try:
        return [(0, file.read_bytes())]
    except OSError as error:
        raise CannotRunError(f"{str(file)!r} cannot be read: {error.strerror}.") from error


def _parsed(source: str | bytes, file: str | Path, cell: int) -> ast.Module:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError) as error:
        place = f"{file}, cell {cell}" if cell else str(file)
        raise CannotRunError(f"{place}, line {getattr(error, 'lineno', '?')}: this is not Python: {error}") from error


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in filter(_of_interest, node.names):
                first = alias.name.partition(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (first, first)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module and is_ours(node.module):
            for alias in node.names:
                yield alias.asname or alias.name, f"{_plain(node.module)}.{alias.name}"


def _of_interest(alias: ast.alias) -> bool:
    return is_ours(alias.name)


def _plain(module: str) -> str:
    for written in ("tensorflow.keras", "keras.api"):
        if module == written or module.startswith(f"{written}."):
            return "keras" + module[len(written) :]
    return module


def _kinds(trees: Sequence[ast.AST], bound: dict[str, str]) -> dict[str, type]:
    """Variables that are only ever assigned instances of one class of denim's -> that class."""
    assigned: dict[str, set[Any]] = {}
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            kind = _dotted(node.value.func, bound) if isinstance(node.value, ast.Call) else None
            assigned.setdefault(node.targets[0].id, set()).add(kind and found(kind).value)
        elif isinstance(node, ast.arg):
            assigned.setdefault(node.arg, set()).add(None)
        elif isinstance(node, (ast.For, ast.withitem, ast.NamedExpr, ast.AugAssign)):
            for name in ast.walk(node):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    assigned.setdefault(name.id, set()).add(None)
    only = {name: next(iter(kinds)) for name, kinds in assigned.items() if len(kinds) == 1}
    return {name: kind for name, kind in only.items() if inspect.isclass(kind)}


def _dotted(node: ast.AST, bound: dict[str, str]) -> str | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in bound:
        return None
    return _plain(".".join([bound[node.id], *reversed(parts)]))


class _Reader(ast.NodeVisitor):
    """Collects the uses of one tree: line, column, name, and what is said."""

    def __init__(self, bound: dict[str, str], kinds: dict[str, type]) -> None:
        self.uses: list[tuple[int, int, str, str]] = []
        self._bound, self._kinds = bound, kinds

    def visit_Import(self, node: ast.Import) -> None:
        for alias in filter(_of_interest, node.names):
            self._lacking_module(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level or node.module is None or not is_ours(node.module):
            return
        if not self._lacking_module(node, node.module):
            for alias in node.names:
                if alias.name != "*":
                    self._name(alias, f"{_plain(node.module)}.{alias.name}")

    def visit_FunctionDef(self, node: _Function) -> None:
        hidden = {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
        outer = self._bound, self._kinds
        self._bound = {name: module for name, module in self._bound.items() if name not in hidden}
        self.generic_visit(node)
        self._bound, self._kinds = outer

    visit_AsyncFunctionDef = visit_Lambda = visit_FunctionDef

    def visit_Attribute(self, node: ast.Attribute) -> None:
        name = _dotted(node, self._bound)
        if name is None:
            self.generic_visit(node)
        else:
            self._name(node, name)

    def visit_Call(self, node: ast.Call) -> None:
        name = _dotted(node.func, self._bound)
        if name is not None:
            self._arguments(node, found(name))
        elif isinstance(node.func, ast.Attribute):
            self._method(node, node.func)
        self.generic_visit(node)

    def _name(self, node: ast.expr | ast.alias, name: str) -> None:
        if name.startswith("tensorflow.") and has_tensorflow():
            return
        end = found(name)
        if end.said is not None or not inspect.ismodule(end.value):
            self._use(node, end.name, end.said)

    def _lacking_module(self, node: ast.stmt, name: str) -> bool:
        said = module_said(name)
        if said is not None:
            self._use(node, name, said)
        return said is not None

    def _arguments(self, node: ast.Call, end: Found) -> None:
        if end.value is None or end.rest or not callable(end.value):
            return
        self._keywords(node, end.name, end.value)

    def _method(self, node: ast.Call, method: ast.Attribute) -> None:
        kind = self._kinds.get(method.value.id) if isinstance(method.value, ast.Name) else None
        if kind is not None:
            name = f"keras.{kind.__name__}.{method.attr}"
            if hasattr(kind, method.attr):
                self._keywords(node, name, getattr(kind, method.attr))
            else:
                self._use(node, name, f"denim's {kind.__name__} has no `{method.attr}`.")
        elif method.attr == "compile":
            self._identifiers(node, "compile", model=False)

    def _keywords(self, node: ast.Call, name: str, value: Any) -> None:
        for keyword in node.keywords:
            if keyword.arg is not None:
                is_none = isinstance(keyword.value, ast.Constant) and keyword.value.value is None
                said = strange_argument(value, keyword.arg, is_none=is_none)
                if said is not None:
                    self._use(keyword.value, f"{name}({keyword.arg}=)", said)
        self._identifiers(node, name, model=name.endswith(".compile"))

    def _identifiers(self, node: ast.Call, name: str, *, model: bool) -> None:
        for room, text in identifiers(node, positional=model):
            said = identifier_said(room, text.value)
            if said is not None:
                self._use(text, f"{name}: {text.value!r}", said)

    def _use(self, node: ast.expr | ast.alias | ast.stmt, name: str, said: str | None) -> None:
        self.uses.append((node.lineno, node.col_offset, name, said or ""))
