"""summary(): a model's layers, shapes and parameters as a table."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from denim.layers.base import Layer
from denim.layers.symbolic import BatchShape
from denim.messages import is_interactive_logging_enabled, print_message
from denim.models.configuration import class_name
from denim.models.graph import Graph

if TYPE_CHECKING:
    from denim.models.model import Model

_CHAIN_WIDTH, _GRAPH_WIDTH, _TRAINABLE_WIDTH = 88, 108, 12
_CHAIN_POSITIONS, _GRAPH_POSITIONS = (0.45, 0.80, 1.0), (0.3, 0.56, 0.74, 1.0)
_MARGIN = 4
_NARROWEST = 4
_NUMBER, _NONE, _CLASS, _YES, _NO = "color(34)", "color(45)", "color(33)", "color(34)", "color(9)"


def print_summary(
    model: Model,
    line_length: int | None = None,
    positions: Sequence[float] | None = None,
    print_fn: Callable[[str], Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Sequence[str] | None = None,
) -> None:
    """Print ``model``'s table; the arguments are those of ``Model.summary``."""
    from denim.models.sequential import Sequential

    listed = isinstance(model, Sequential) or model.is_python
    graph = None if listed or model.graph.is_chain else model.graph
    columns, width = _columns(graph is not None, show_trainable, line_length, positions)
    table = Table(*columns, width=width, show_lines=True)
    layers = model.layers if listed else list(model.graph.layers)
    for layer in _in_range(layers, layer_range):
        for nested, level in _nested(layer, expand_nested):
            table.add_row(*_row(nested, level, graph, show_trainable))
    if print_fn is None and not is_interactive_logging_enabled():
        print_fn = partial(print_message, line_break=False)
    console = Console(highlight=False)
    if print_fn is not None:
        console = Console(highlight=False, force_terminal=False, color_system=None)
        console.begin_capture()
    console.print(f'[bold]Model: "{escape(model.name)}"[/]')
    console.print(table)
    for line in _totals(model):
        console.print(line)
    if print_fn is not None:
        print_fn(console.end_capture())


def memory_size(size: int) -> str:
    """Bytes in units of 1024: ``"30.66 KB"``."""
    amount, units = float(size), ["B", "KB", "MB", "GB", "TB", "PB"]
    while amount >= 1024 and len(units) > 1:
        amount /= 1024
        units.pop(0)
    return f"{amount:.2f} {units[0]}"


def _columns(
    connections: bool, show_trainable: bool, line_length: int | None, positions: Sequence[float] | None
) -> tuple[list[Column], int]:
    header = ["Layer (type)", "Output Shape", "Param #"]
    if connections:
        header.append("Connected to")
    ends = list(positions or (_GRAPH_POSITIONS if connections else _CHAIN_POSITIONS))
    width = _GRAPH_WIDTH if connections else _CHAIN_WIDTH
    if show_trainable:
        header.append("Trainable")
        ends = [end * 0.9 for end in ends] + [1.0]
        width += _TRAINABLE_WIDTH
    if len(ends) != len(header):
        raise ValueError(f"summary(): the table has {len(header)} columns. Received: positions={positions!r}")
    width = line_length or min(width, shutil.get_terminal_size().columns - _MARGIN)
    widths = [right - left for left, right in pairwise([0, *(int(end * width) for end in ends)])]
    if min(widths) < _NARROWEST:
        raise ValueError(f"Insufficient console width to print summary. Received: {width} columns; 80 are enough.")
    justify = {"Param #": "right", "Trainable": "center"}
    return [
        Column(name, justify=justify.get(name, "left"), width=size)  # type: ignore[arg-type]
        for name, size in zip(header, widths, strict=True)
    ], width


def _in_range(layers: list[Layer], layer_range: Sequence[str] | None) -> list[Layer]:
    """From the first layer that the first pattern matches to the last that the second one does."""
    if layer_range is None:
        return layers
    if len(layer_range) != 2 or not all(isinstance(pattern, str) for pattern in layer_range):
        raise ValueError(f"layer_range must be two layer names or patterns. Received: layer_range={layer_range!r}")
    first, last = ([i for i, layer in enumerate(layers) if re.match(p, layer.name)] for p in layer_range)
    if not first or not last:
        raise ValueError(
            f"Passed layer_range={layer_range!r} does not match model layers. Existing layers are: "
            f"{[layer.name for layer in layers]}"
        )
    low, high = min(first[0], last[-1]), max(first[0], last[-1])
    return layers[low : high + 1]


def _nested(layer: Layer, expand: bool, level: int = 0) -> list[tuple[Layer, int]]:
    from denim.models.model import Model

    inner = layer.layers if expand and isinstance(layer, Model) else []
    return [(layer, level), *(entry for child in inner for entry in _nested(child, expand, level + 1))]


def _row(layer: Layer, level: int, graph: Graph | None, show_trainable: bool) -> list[str]:
    prefix = "   " * level + "└ " if level else ""
    params = _number(f"{layer.count_params():,}") if layer.built else f"{_number(0)} (unbuilt)"
    row = [f"{escape(prefix + layer.name)} ([{_CLASS}]{escape(class_name(layer))}[/])", _output_shape(layer), params]
    if graph is not None:
        row.append(_connections(layer, graph))
    if show_trainable:
        row.append(_trainable(layer))
    return row


def _output_shape(layer: Layer) -> str:
    shapes = layer.last_output_shapes()
    if shapes is None:
        return "?"
    texts = [_shape(shape) for shape in shapes]
    return texts[0] if len(texts) == 1 else f"\\[{', '.join(texts)}]"


def _shape(shape: BatchShape) -> str:
    return f"({', '.join(_number(size) for size in shape)})"


def _connections(layer: Layer, graph: Graph) -> str:
    sources = []
    for call in sorted((call for call in graph.calls if call.layer is layer), key=lambda call: call.index):
        for tensor in call.inputs:
            made = tensor.call
            assert made is not None
            place = "".join(
                f"\\[{_number(i)}]" for i in (made.index - made.layer.first_call_index, made.outputs.index(tensor))
            )
            sources.append(f"{escape(made.layer.name)}{place}")
    return ", ".join(sources) or "-"


def _trainable(layer: Layer) -> str:
    if not layer.weights:
        return "[bold]-[/]"
    return f"[bold][{_YES}]Y[/][/]" if layer.trainable else f"[bold][{_NO}]N[/][/]"


def _totals(model: Model) -> list[str]:
    optimizer = getattr(model, "optimizer", None)
    slots = list(optimizer.variables) if optimizer is not None and getattr(optimizer, "built", False) else []
    groups = [
        ("Total", [*model.weights, *slots]),
        ("Trainable", model.trainable_weights),
        ("Non-trainable", model.non_trainable_weights),
    ]
    if slots:
        groups.append(("Optimizer", slots))
    return [f"[bold] {label} params: [/]{_count(variables)}" for label, variables in groups]


def _count(variables: Iterable[Any]) -> str:
    arrays = [variable.value for variable in variables]
    return f"{_number(f'{sum(a.size for a in arrays):,}')} ({memory_size(sum(a.nbytes for a in arrays))})"


def _number(value: object) -> str:
    return f"[{_NONE if value is None else _NUMBER}]{value}[/]"
