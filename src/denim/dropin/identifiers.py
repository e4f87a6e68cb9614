"""Strings that name something of Keras's, such as ``optimizer="adam"``."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator

_ROOMS = {
    "activation": "activations",
    "loss": "losses",
    "metrics": "metrics",
    "optimizer": "optimizers",
    "weighted_metrics": "metrics",
}
_ENDINGS = {"_constraint": "constraints", "_initializer": "initializers", "_regularizer": "regularizers"}
_BY_SHAPE = ("acc", "accuracy", "ce", "crossentropy")
"""What ``compile`` itself makes a loss or metric of."""


def identifiers(call: ast.Call, *, positional: bool) -> Iterator[tuple[str, ast.Constant]]:
    """Pairs of a room of Keras's and the string that names something of it.

    ``positional``: the call is a model's ``compile``, whose first arguments are optimizer and loss.
    """
    if positional:
        for room, argument in zip(("optimizers", "losses"), call.args, strict=False):
            yield from ((room, text) for text in _strings(argument))
    for keyword in call.keywords:
        named = keyword.arg or ""
        found = _ROOMS.get(named) or next((room for end, room in _ENDINGS.items() if named.endswith(end)), None)
        if found is not None:
            yield from ((found, text) for text in _strings(keyword.value))


def identifier_said(room: str, name: object) -> str | None:
    """What is said of a string that names nothing of denim's; None if it does."""
    if name in _BY_SHAPE or name == "auto":
        return None
    try:
        importlib.import_module(f"denim.{room}").get(name)
    except (ValueError, NotImplementedError) as error:
        return str(error)
    except ModuleNotFoundError:
        from denim.absent import said_of

        return said_of("denim", room)
    return None


def _strings(node: ast.expr) -> Iterator[ast.Constant]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, (ast.List, ast.Tuple)):
        for element in node.elts:
            yield from _strings(element)
    elif isinstance(node, ast.Dict):
        for element in node.values:
            yield from _strings(element)
