"""The graph between a model's inputs and outputs: which calls it holds, and in what order Keras lists its layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from denim.data.structure import map_structure, pack_as
from denim.data.texts import TEXTS
from denim.layers.base import Layer, single_or_list
from denim.layers.calling import replay
from denim.layers.core import InputLayer
from denim.layers.raw import Raw, node_of
from denim.layers.symbolic import INTEGERS, Call, KerasTensor
from denim.program.builder import ProgramBuilder


@dataclass(frozen=True, eq=False)
class Graph:
    """Calls in an order in which each follows those it reads.

    Attributes:
        inputs: the tensors that are fed.
        outputs: the tensors that come back.
        calls: every call between them, those of InputLayers included.
        layers: each layer once, deepest (farthest from the outputs) first: the order of the model's weights.
        depths: of each call, in the order of ``calls``: the longest way to an output.
    """

    inputs: tuple[KerasTensor, ...]
    outputs: tuple[KerasTensor, ...]
    calls: tuple[Call, ...]
    layers: tuple[Layer, ...]
    depths: tuple[int, ...]

    @cached_property
    def is_chain(self) -> bool:
        """Whether each layer is called once, on what the one before it made."""
        alone = len(set(self.depths)) == len(self.calls) == len(self.layers)
        return alone and all(len(call.inputs) <= 1 for call in self.calls)

    def holds_indices(self, tensor: KerasTensor) -> bool:
        """Whether an input is of whole numbers: by its dtype, or because all who read it read them as such."""
        readers = [call.layer for call in self.calls if any(each is tensor for each in call.inputs)]
        return tensor.dtype in INTEGERS or (bool(readers) and all(layer.reads_indices for layer in readers))

    def typed(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """The outputs' arrays, whole numbers in the dtype that their tensors have."""
        return [
            array.astype(tensor.dtype) if tensor.dtype in INTEGERS else array
            for array, tensor in zip(arrays, self.outputs, strict=True)
        ]

    @cached_property
    def reads_raw(self) -> bool:
        """Whether inputs are of texts, or some layer reads them as they were handed over."""
        return any(tensor.dtype == TEXTS for tensor in self.inputs) or reads_raw(self.layers)

    def emit(self, builder: ProgramBuilder, inputs: Sequence[int | Raw]) -> tuple[int, ...]:
        """Add every call's nodes, reading nodes ``inputs``; returns the nodes of the outputs."""
        value_of: dict[int, int | Raw] = {id(tensor): given for tensor, given in zip(self.inputs, inputs, strict=True)}
        for call in self.calls:
            if call.inputs:
                values = tuple(value_of[id(tensor)] for tensor in call.inputs)
                read = values if call.layer.reads_raw else tuple(map(node_of, values))
                value_of.update(zip(map(id, call.outputs), replay(call, builder, read), strict=True))
        return tuple(node_of(value_of[id(tensor)]) for tensor in self.outputs)


def reads_raw(layers: Iterable[Layer]) -> bool:
    """Whether some layer, also of models within, reads inputs as they were handed over."""
    return any(
        reads_raw(getattr(layer, "layers", ())) if hasattr(layer, "layers") else layer.reads_raw for layer in layers
    )


def trace(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> Graph:
    """Walk from the outputs back to the inputs. Inputs in the midst of another graph get InputLayers of their own.

    Raises:
        ValueError: if an output does not come from these inputs, or two layers have the same name.
    """
    graph = _traced(inputs, outputs)
    if all(map(_is_entrance, inputs)):
        return graph
    made = {id(tensor): tensor if _is_entrance(tensor) else _entrance(tensor) for tensor in inputs}
    for call in graph.calls:
        if call.inputs:
            copies = tuple(KerasTensor(tensor.shape, tensor.dtype, f"{tensor.name}_clone") for tensor in call.outputs)
            inputs_made = tuple(made[id(tensor)] for tensor in call.inputs)
            given = map_structure(lambda leaf: made.get(id(leaf), leaf), call.arguments)
            again = replace(call, inputs=inputs_made, outputs=copies, arguments=given)
            for tensor, copy in zip(call.outputs, copies, strict=True):
                copy.call = again
                made[id(tensor)] = copy
    return _traced([made[id(tensor)] for tensor in inputs], [made[id(tensor)] for tensor in outputs])


def nested_like_inputs(layer: Layer, tensors: Sequence[Any]) -> Any:
    """What a layer is called with: a tensor, the list of several, or, for a model, nested as its inputs are."""
    nesting = getattr(layer, "nesting", (None, None))[0]
    return pack_as(nesting, tensors) if isinstance(nesting, Mapping) else single_or_list(tensors)


def _is_entrance(tensor: KerasTensor) -> bool:
    return tensor.call is not None and not tensor.call.inputs


def _entrance(tensor: KerasTensor) -> KerasTensor:
    """An Input like the tensor, named as Keras names it."""
    made: KerasTensor = InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype, name=f"{tensor.name}CLONE").output
    return made


def _traced(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> Graph:
    finished, first_seen = _walk(inputs, outputs)
    depth_of_call: dict[Call, int] = {}
    depth_of_layer: dict[Layer, int] = {}
    made_by = {id(tensor): call for call in finished for tensor in call.outputs}
    for call in reversed(finished):
        # A layer used at several depths counts as its deepest use, as in Keras.
        depth = max(depth_of_call.get(call, 0), depth_of_layer.get(call.layer, 0))
        depth_of_call[call] = depth_of_layer[call.layer] = depth
        for tensor in call.inputs:
            parent = made_by.get(id(tensor))
            if parent is not None:
                depth_of_call[parent] = max(depth + 1, depth_of_call.get(parent, 0))
    for tensor in inputs:
        if tensor.call is not None and not tensor.call.inputs and tensor.call not in depth_of_call:
            depth_of_call[tensor.call] = depth_of_layer[tensor.call.layer] = 0
            first_seen[tensor.call.layer] = -1
    layers = sorted(depth_of_layer, key=lambda layer: (-depth_of_layer[layer], first_seen[layer]))
    _check_names(layers)
    unfed = [call for call in depth_of_call if call not in finished]
    calls = (*finished, *unfed)
    return Graph(tuple(inputs), tuple(outputs), calls, tuple(layers), tuple(depth_of_call[call] for call in calls))


def _walk(inputs: Sequence[KerasTensor], outputs: Sequence[KerasTensor]) -> tuple[list[Call], dict[Layer, int]]:
    """The calls that the outputs need, parents first, and when each layer was first met."""
    fed = {id(tensor) for tensor in inputs}
    finished: dict[Call, None] = {}
    first_seen: dict[Layer, int] = {}
    pending: list[tuple[KerasTensor, bool]] = [(tensor, False) for tensor in reversed(outputs)]
    while pending:
        tensor, parents_done = pending.pop()
        call = tensor.call
        if call is None or call in finished or (id(tensor) in fed and call.inputs):
            continue
        if id(tensor) not in fed and not call.inputs:
            raise ValueError(
                f"Graph disconnected: the outputs need {tensor!r}, which is not among the model's inputs "
                f"{[t.name for t in inputs]}. Add it to `inputs`."
            )
        first_seen.setdefault(call.layer, len(first_seen))
        if parents_done or not call.inputs:
            finished[call] = None
            continue
        pending.append((tensor, True))
        pending.extend((parent, False) for parent in reversed(call.inputs))
    return list(finished), first_seen


def _check_names(layers: Sequence[Layer]) -> None:
    seen: set[str] = set()
    for layer in layers:
        if layer.name in seen:
            raise ValueError(
                f'The name "{layer.name}" is used by several layers of the model. All layers of a model should have '
                "unique names: pass `name` to one of them."
            )
        seen.add(layer.name)
