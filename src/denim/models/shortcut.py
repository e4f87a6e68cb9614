"""The short way of a prediction for few rows, while nothing has changed since the last one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from denim.engines.protocol import FewRows
from denim.engines.selection import chosen_engine
from denim.layers.base import Layer
from denim.layers.calling import is_python
from denim.layers.symbolic import INTEGERS
from denim.models.graph import Graph
from denim.program.builder import VariableLike
from denim.variables import Variable

FEW_ROWS = 32
"""Up to so many rows, what a call costs beside the arithmetic is worth remembering how to spare it."""


class Shortcut:
    """What a prediction found out, kept for the next one with all that it rests on.

    Flags such as ``trainable`` are not looked at, because no prediction depends on them.
    """

    __slots__ = ("_chosen", "_graph", "_homes", "_keyed", "_moves", "_rows")

    def __init__(
        self, graph: Graph, variables: Sequence[VariableLike], views: Sequence[np.ndarray], rows: FewRows
    ) -> None:
        self._graph = graph
        self._homes = tuple(zip(variables, views, strict=True))
        self._moves = -1
        self._keyed = tuple((layer, layer.lowering_key) for layer in graph.layers if _has_constants(layer))
        self._chosen = chosen_engine()
        self._rows = rows

    def predict(self, graph: Graph | None, x: Any) -> np.ndarray | None:
        """The one output's rows, or None where only the ordinary way is sure to be right."""
        if graph is not self._graph or chosen_engine() != self._chosen:
            return None
        if Variable.moves != self._moves:
            moves = Variable.moves
            for variable, view in self._homes:
                if variable.value is not view:
                    return None
            self._moves = moves
        for layer, key in self._keyed:
            if layer.lowering_key != key:
                return None
        return self._rows(x)


def allows_shortcut(graph: Graph) -> bool:
    """Whether the graph tells of every change, not of one in a model within, and its numbers need no looking at."""
    whole = any(tensor.dtype in INTEGERS for tensor in graph.outputs)
    return (
        not whole
        and not graph.reads_raw
        and not any(
            layer.reads_indices or (hasattr(layer, "layers") and not is_python(type(layer))) for layer in graph.layers
        )
    )


def _has_constants(layer: Layer) -> bool:
    if layer.is_operation:
        return False
    own = type(layer).lowering_key is not Layer.lowering_key
    return own or is_python(type(layer)) or bool(layer.tracked_layers())
