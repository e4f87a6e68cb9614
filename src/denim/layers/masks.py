"""Masks: which steps of a sequence count. They travel beside the tensors, as ``_keras_mask``, from layer to layer.

On KerasTensors a mask is a KerasTensor of truth values, made by operations that the graph records. While a Program is
lowered it is a node beside another, computed only where something reads it; beside an array it is an array.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from denim.data.structure import flatten, map_structure
from denim.layers.symbolic import INDICES
from denim.ops.traced import Traced
from denim.ops.tracing import building, traced
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Input

if TYPE_CHECKING:
    from denim.layers.base import Layer


def mask_of(x: Any) -> Any:
    """The mask of a KerasTensor, a traced tensor or a Tensor, of its shape without the last axes; None without one."""
    return getattr(x, "_keras_mask", None)


def masks_of(value: Any) -> Any:
    """The masks of tensors in containers, in the same containers."""
    return map_structure(mask_of, value)


def is_masked(masks: Any) -> bool:
    """Whether there is a mask among these."""
    return any(mask is not None for mask in flatten(masks))


def set_masks(layer: Layer, inputs: Any, outputs: Any, previous: Any) -> None:
    """Give what a layer made of KerasTensors or of arrays the masks that the layer computes, and say where one ends."""
    if not layer.supports_masking:
        if is_masked(previous):
            warnings.warn(
                f"Layer '{layer.name}' (of type {type(layer).__name__}) was passed an input with a mask attached to "
                "it. However, this layer does not support masking and will therefore destroy the mask information. "
                "Downstream layers will not see the mask.",
                stacklevel=4,
            )
        return
    made = flatten(outputs)
    if all(mask_of(each) is not None for each in made):
        return
    masks = layer.compute_mask(inputs, previous)
    for each, mask in zip(made, flatten(masks), strict=False) if masks is not None else ():
        if mask is not None and mask_of(each) is None:
            each._keras_mask = mask


def carry_on(layer: Layer, builder: ProgramBuilder, inputs: Sequence[int], outputs: Sequence[int]) -> None:
    """The same for the nodes that a layer made of nodes: each mask is computed when it is asked for."""
    if not layer.supports_masking:
        return
    if not computes_mask(layer):
        for output in outputs if builder.may_be_masked(inputs[0]) else ():
            builder.set_mask(output, lambda: builder.mask(inputs[0]))
        return
    whole = [tensor_of(builder, node) for node in inputs]
    given: Any = whole if layer.takes_list else whole[0]
    carry_computed(layer, builder, given, outputs, lambda: masks_of(given))


def carry_computed(
    layer: Layer, builder: ProgramBuilder, inputs: Any, outputs: Sequence[int], previous: Callable[[], Any]
) -> None:
    """What ``compute_mask`` makes of traced inputs and of their masks, for the nodes of the outputs."""

    def computed(place: int) -> int | None:
        with building(builder):
            masks = layer.compute_mask(inputs, previous())
            mask = None if masks is None else flatten(masks)[place]
            return None if mask is None else traced(builder, mask).node

    for place, output in enumerate(outputs):
        builder.set_mask(output, lambda place=place: computed(place))  # type: ignore[misc]


def computes_mask(layer: Layer) -> bool:
    """Whether its class says by ``compute_mask`` what becomes of a mask."""
    from denim.layers.base import Layer

    return type(layer).compute_mask is not Layer.compute_mask


def tensor_of(builder: ProgramBuilder, index: int) -> Traced:
    """A node's tensor, which holds whole numbers where it is an input of such."""
    node = builder.node(index)
    whole = isinstance(node, Input) and node.dtype == INDICES
    return Traced(builder, index, INDICES if whole else None)
