"""The short way of a prediction for few rows, while nothing has changed since the last one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from denim import variables as homes
from denim.engines import selection
from denim.engines.protocol import FewRows
from denim.layers.base import Layer
from denim.layers.calling import is_python
from denim.layers.symbolic import INTEGERS
from denim.models.graph import Graph
from denim.program.builder import VariableLike

PredictFew = Callable[[Graph | None, Any], Any]
"""From a model's graph and few rows to what ``predict`` would return, or None where only the ordinary way is sure to be
right."""

Method = TypeVar("Method", bound=Callable[..., Any])

FEW_ROWS = 64
"""Up to so many rows, what a call costs beside the arithmetic is worth remembering how to spare it."""


class Shortcut:
    """What a prediction found out, kept for the next one with all that it rests on.

    Flags such as ``trainable`` are not looked at, because no prediction depends on them.
    """

    __slots__ = ("_chosen", "_graph", "_homes", "_keyed", "_move", "_rows")

    def __init__(
        self,
        graph: Graph,
        variables: Sequence[VariableLike],
        views: Sequence[np.ndarray],
        rows: Callable[[Any], Any],
    ) -> None:
        self._graph = graph
        self._homes = tuple(zip(variables, views, strict=True))
        self._move = -1
        self._keyed = tuple((layer, layer.lowering_key) for layer in graph.layers if _has_constants(layer))
        self._chosen = selection.chosen
        self._rows = rows

    def predict(self, graph: Graph | None, x: Any) -> Any:
        """As ``PredictFew`` says."""
        if graph is not self._graph or selection.chosen is not self._chosen:
            return None
        if homes.last_move != self._move:
            move = homes.last_move
            for variable, view in self._homes:
                if variable.value is not view:
                    return None
            self._move = move
        if self._keyed and any(layer.lowering_key != key for layer, key in self._keyed):
            return None
        rows = self._rows  # a call of an attribute that is no method takes longer than getting it first
        return rows(x)


def unknown(graph: Graph | None, x: Any) -> None:
    """The shortcut of a model that has none yet."""


def packed(rows: FewRows, pack: Callable[[list[Any]], Any]) -> Callable[[Any], Any]:
    """``rows`` with its result packed, or itself where that would change nothing."""
    alone = object()
    if pack([alone]) is alone:
        return rows

    def packed_rows(x: Any) -> Any:
        few = rows(x)
        return None if few is None else pack([few])

    return packed_rows


def short_way_first(predict: Method) -> Method:
    """``Trainer.predict`` with the shortcut tried first, wherever nothing is asked for that it does not do.

    It has predict's own arguments, not ``*args`` and ``**kwargs``: packing and unpacking these takes a tenth of the
    time of a prediction for one row.
    """

    @functools.wraps(predict)
    def predict_few_or_many(
        self: Any,
        x: Any,
        batch_size: Any = None,
        verbose: Any = "auto",
        steps: Any = None,
        callbacks: Any = None,
        **others: Any,
    ) -> Any:
        plain = batch_size is None or (type(batch_size) is int and batch_size > 0)
        if plain and verbose == 0 and callbacks is None and steps is None and not others:
            shortcut = self._execution.predict_few
            few = shortcut(self._graph, x)
            if few is not None:
                if self.stop_predicting:
                    self.stop_predicting = False
                return few
        return predict(self, x, batch_size, verbose, steps, callbacks, **others)

    return predict_few_or_many  # type: ignore[return-value]


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
