"""Import statements of Keras and TensorFlow, rewritten to import denim; all else stays as it is, line for line."""

from __future__ import annotations

import ast
import re
from types import CodeType
from typing import TypeVar

from denim.dropin import names

_Node = TypeVar("_Node", bound=ast.AST)
_WORTH_READING = re.compile(rb"\b(keras|tensorflow|importlib|__import__)\b")
_DYNAMIC = {"importlib": names.DYNAMIC, "importlib.util": f"{names.DYNAMIC}.util"}


def compiled(source: bytes | str, filename: str, left_alone: frozenset[str] = frozenset()) -> CodeType:
    """The code of a module, its imports of Keras and TensorFlow rewritten.

    Args:
        source: the file's text.
        filename: as tracebacks name it.
        left_alone: of "keras" and "tensorflow", those that are modules of the script's own.

    Raises:
        SyntaxError: as Python raises it.
    """
    tree = compile(source, filename, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    return compile(Rewriter(left_alone).visit(tree), filename, "exec", dont_inherit=True)


def concerns(source: bytes) -> bool:
    """Whether there may be anything to rewrite."""
    return _WORTH_READING.search(source) is not None


class Rewriter(ast.NodeTransformer):
    """Rewrites a tree in place. Every new node has its statement's line, so that tracebacks show the script."""

    def __init__(self, left_alone: frozenset[str] = frozenset()) -> None:
        self._left_alone = left_alone

    def visit_Import(self, node: ast.Import) -> list[ast.stmt]:
        """``import keras.layers as kl`` becomes ``import denim.layers as kl``."""
        statements = [statement for alias in node.names for statement in self._import(alias)]
        return [_at(node, statement) for statement in statements]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        """``from keras.layers import Dense`` becomes ``from denim.layers import Dense``."""
        if node.level or node.module is None:
            return node
        try:
            module = self._meant(node.module)
        except ModuleNotFoundError as error:
            return _at(node, _raise(error))
        return node if module is None else _at(node, ast.ImportFrom(module, node.names, 0))

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """``__import__`` becomes the one that knows what a script means."""
        if node.id != "__import__" or not isinstance(node.ctx, ast.Load):
            return node
        return _at(node, ast.parse(f"__import__({names.DYNAMIC!r}, None, None, ['import_']).import_", mode="eval").body)

    def _import(self, alias: ast.alias) -> list[ast.stmt]:
        first = names.top(alias.name)
        try:
            module, root = self._meant(alias.name), self._meant(first)
        except ModuleNotFoundError as error:
            return [_raise(error)]
        if root is None:
            return [ast.Import([alias])]
        if alias.asname is not None:
            return [ast.Import([ast.alias(module or alias.name, alias.asname)])]
        bound: list[ast.stmt] = [ast.Import([ast.alias(root, first)])]
        return bound if module else [ast.Import([ast.alias(alias.name, first)]), *bound]

    def _meant(self, name: str) -> str | None:
        if names.top(name) in self._left_alone:
            return None
        return _DYNAMIC.get(name) or names.meant(name)


def _raise(error: ModuleNotFoundError) -> ast.stmt:
    return ast.parse(f"raise ModuleNotFoundError({str(error)!r}, name={error.name!r})").body[0]


def _at(place: ast.AST, node: _Node) -> _Node:
    for inner in ast.walk(node):
        ast.copy_location(inner, place)
    return node
