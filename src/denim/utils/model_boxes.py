"""What a picture of a model shows: a box for each layer, arrows between them, and models within models."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from denim.layers.base import Layer


@dataclass(frozen=True)
class Showing:
    """What is written into the boxes."""

    shapes: bool = False
    dtype: bool = False
    names: bool = False
    activations: bool = False
    trainable: bool = False


@dataclass(eq=False)
class Box:
    """A layer's box.

    Attributes:
        name: the layer's name, or None if it is not shown.
        kind: the layer's class.
        activation: its activation's name, or None.
        cells: the row below, each cell what it says and its value.
        learns: whether it learns, or None if that is not shown.
    """

    name: str | None
    kind: str
    activation: str | None
    cells: list[tuple[str, str]]
    learns: bool | None

    @property
    def title(self) -> str:
        """The first line."""
        return self.kind if self.name is None else f"{self.name} ({self.kind})"

    @property
    def lines(self) -> list[str]:
        """All lines as plain text."""
        words = [] if self.learns is None else ["Trainable" if self.learns else "Non-trainable"]
        rows = [f"Activation: {self.activation}"] if self.activation else []
        return [self.title, *rows, *(f"{says}: {value}" for says, value in self.cells), *words]


@dataclass(eq=False)
class Drawing:
    """Boxes, arrows and inner drawings of a model.

    Attributes:
        name: the model's.
        boxes: in the order of the layers.
        inner: the drawings of models within it.
        arrows: from box to box, inner ones included.
        entries, exits: the boxes that read the inputs and make the outputs.
    """

    name: str
    boxes: list[Box] = field(default_factory=list)
    inner: list[Drawing] = field(default_factory=list)
    arrows: list[tuple[Box, Box]] = field(default_factory=list)
    entries: list[Box] = field(default_factory=list)
    exits: list[Box] = field(default_factory=list)

    def all_boxes(self) -> list[Box]:
        """Those of inner drawings too."""
        return [*self.boxes, *(box for part in self.inner for box in part.all_boxes())]

    def all_arrows(self) -> list[tuple[Box, Box]]:
        """Those of inner drawings too."""
        return [*self.arrows, *(arrow for part in self.inner for arrow in part.all_arrows())]


def drawn(model: Any, showing: Showing, expand_nested: bool) -> Drawing:
    """The drawing of a built model; one without a graph is one box."""
    from denim.models.sequential import Sequential

    drawing = Drawing(model.name)
    ends: dict[int, tuple[list[Box], list[Box]]] = {}

    def place(layer: Layer) -> tuple[list[Box], list[Box]]:
        if id(layer) not in ends:
            if expand_nested and _has_parts(layer):
                part = drawn(layer, showing, True)
                drawing.inner.append(part)
                ends[id(layer)] = part.entries, part.exits
            else:
                box = _box(layer, showing)
                drawing.boxes.append(box)
                ends[id(layer)] = [box], [box]
        return ends[id(layer)]

    if not _has_parts(model):
        drawing.entries, drawing.exits = place(model)
    elif isinstance(model, Sequential):
        _chain(model, drawing, place)
    else:
        _graph(model, drawing, place)
    drawing.arrows = list(dict.fromkeys(drawing.arrows))
    return drawing


_Place = Callable[["Layer"], tuple[list[Box], list[Box]]]


def _chain(model: Any, drawing: Drawing, place: _Place) -> None:
    placed = [place(layer) for layer in model.layers]
    for (_, exits), (entries, _) in itertools.pairwise(placed):
        drawing.arrows.append((exits[0], entries[0]))
    if placed:
        drawing.entries, drawing.exits = placed[0][0], placed[-1][1]


def _graph(model: Any, drawing: Drawing, place: _Place) -> None:
    made_by: dict[int, Box] = {}
    for call in model.graph.calls:
        entries, exits = place(call.layer)
        for i, tensor in enumerate(call.inputs):
            if id(tensor) in made_by:
                drawing.arrows.append((made_by[id(tensor)], entries[min(i, len(entries) - 1)]))
        for i, tensor in enumerate(call.outputs):
            made_by[id(tensor)] = exits[min(i, len(exits) - 1)]
    drawing.entries = [made_by[id(tensor)] for tensor in model.graph.inputs if id(tensor) in made_by]
    drawing.exits = [made_by[id(tensor)] for tensor in model.graph.outputs if id(tensor) in made_by]


def _has_parts(layer: Any) -> bool:
    from denim.models.model import Model

    graph = layer._graph if isinstance(layer, Model) else None
    # The graph of a model with a `call` of its own is a call of itself.
    return graph is not None and all(call.layer is not layer for call in graph.calls)


def _box(layer: Any, showing: Showing) -> Box:
    from denim.models.configuration import class_name

    kind = class_name(layer)
    activation = getattr(layer, "activation", None) if showing.activations else None
    cells = []
    if showing.shapes:
        if kind != "InputLayer":
            cells.append(("Input shape", _of_tensors(layer, "input", "shape")))
        cells.append(("Output shape", _of_tensors(layer, "output", "shape")))
    if showing.dtype:
        cells.append(("Output dtype", _of_tensors(layer, "output", "dtype")))
    learns = bool(layer.trainable) if showing.trainable and layer.weights else None
    name = getattr(activation, "name", None) or getattr(activation, "__name__", None)
    return Box(layer.name if showing.names else None, kind, name, cells, learns)


def _of_tensors(layer: Any, side: str, what: str) -> str:
    from denim import tree

    try:
        return str(tree.map_structure(lambda tensor: getattr(tensor, what), getattr(layer, side)))
    except (AttributeError, ValueError):
        return "?"
