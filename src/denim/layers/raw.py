"""Layers that read what engines do not: texts, and numbers as they were handed over.

Such a layer stands right behind an Input of the model. It works while the data are prepared, in NumPy, and what it
makes of them is what the Program is fed with.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from denim.data.arrays import converted
from denim.data.structure import flatten, is_nested
from denim.data.texts import TEXTS, text_array
from denim.layers.base import Layer
from denim.layers.calling import input_node
from denim.layers.symbolic import INDICES, BatchShape, KerasTensor, known_sizes, sample_shape
from denim.program.builder import ProgramBuilder
from denim.program.nodes import Input as InputNode
from denim.program.nodes import Shape

Prepare = Callable[..., Any]
"""From the arrays of some inputs to the array that a Program's input is fed with."""


@dataclass(frozen=True)
class Entry:
    """What a Program's input is fed with: one of the model's inputs, or what a layer makes of some.

    Attributes:
        sources: positions among the model's inputs.
        prepare: makes the array of theirs; None for an input as it is.
    """

    sources: tuple[int, ...]
    prepare: Prepare | None = None


@dataclass
class Entries:
    """The entries of a Program that is being built, in the order of its inputs."""

    builder: ProgramBuilder
    found: list[Entry] = field(default_factory=list)
    _nodes: dict[Any, int] = field(default_factory=dict)

    def node(self, key: Any, entry: Entry, node: InputNode) -> int:
        """The index of the Program's input for ``key``, which is added if there is none yet."""
        if key not in self._nodes:
            self._nodes[key] = self.builder.add(node)
            self.found.append(entry)
        return self._nodes[key]


@dataclass(frozen=True)
class Raw:
    """One of a model's inputs, before it is known who reads it."""

    entries: Entries
    place: int
    tensor: KerasTensor
    sample: Shape
    indices: bool = False

    def as_it_is(self) -> int:
        """The node of an input that is fed with it."""
        if self.tensor.dtype == TEXTS:
            raise ValueError(
                f"Only StringLookup, Hashing and TextVectorization read texts. Received: the input "
                f"{self.tensor.name!r}, which a model gives back, or its `call` reads."
            )
        node = input_node(self.tensor, self.sample, self.entries.builder.dtype, self.indices)
        return self.entries.node(self.place, Entry((self.place,)), node)


def node_of(value: int | Raw) -> int:
    """What layers that read nodes are given."""
    return value.as_it_is() if isinstance(value, Raw) else value


class RawLayer(Layer):
    """A layer that works in NumPy, on arrays or on a model's inputs."""

    reads_raw = True
    raw_dtype = TEXTS

    min_ndim = 0

    def build(self, input_shape: Any) -> None:
        """Nothing is to be created."""
        self.built = True

    def prepared(self, *arrays: np.ndarray) -> Any:
        """What a Program's input is fed with, for raw arrays as ``received`` gives them."""
        raise NotImplementedError

    def fed(self, shapes: tuple[BatchShape, ...]) -> tuple[BatchShape, str]:
        """Shape and dtype of what ``prepared`` makes of inputs of these shapes."""
        return shapes[0], INDICES

    def finished(self, builder: ProgramBuilder, node: int) -> int:
        """The node of the layer's output, given that of what it prepared."""
        return node

    def output_of(self, prepared: Any) -> np.ndarray:
        """The layer's output in NumPy, given what it prepared."""
        output: np.ndarray = prepared
        return output

    def received(self, data: Any, role: str) -> np.ndarray:
        """An input's array, as ``prepared`` reads it.

        Raises:
            ValueError: for other things than it reads.
        """
        return text_array(data, role)

    def check_symbolic(self, tensors: Sequence[KerasTensor]) -> None:
        """Refuse tensors of another dtype than it reads.

        Raises:
            ValueError: with what would be right.
        """
        for tensor in tensors:
            if tensor.dtype != TEXTS:
                raise ValueError(
                    f"{type(self).__name__} {self.name!r} reads texts. Received: {tensor!r}. Begin with "
                    f"Input(shape=..., dtype='string')."
                )

    def call_symbolic(self, inputs: Any, training: bool | None) -> Any:
        """Extend the graph; texts and other raw values come from Inputs."""
        self.check_symbolic(flatten(inputs))
        return super().call_symbolic(inputs, training)

    def emit_all(self, builder: ProgramBuilder, inputs: tuple[Any, ...]) -> tuple[int, ...]:
        """An input of the Program, and what is left to do with it."""
        for value in inputs:
            if not isinstance(value, Raw):
                raise NotImplementedError(
                    f"{type(self).__name__} {self.name!r} works on a model's inputs, while the data are prepared. "
                    "Received: what another layer computed, or what a `call` of your own is given. Put it right "
                    "behind an Input, or call it on the arrays beforehand."
                )
        places = tuple(raw.place for raw in inputs)
        shape, dtype = self.fed(tuple((None, *raw.sample) for raw in inputs))
        name = "/".join((*(raw.tensor.name for raw in inputs), self.name))
        sample = sample_shape(shape[1:], f"{type(self).__name__}: the shape of a sample")
        node = InputNode(name, known_sizes(sample, self.name), dtype if dtype == INDICES else builder.dtype)
        prepare = partial(self._prepare, tuple(raw.tensor.name for raw in inputs))
        fed = inputs[0].entries.node((id(self), places), Entry(places, prepare), node)
        return (self.finished(builder, fed),)

    def _prepare(self, names: tuple[str, ...], *arrays: Any) -> Any:
        return self.prepared(*map(self.received, arrays, names))

    def _call_arrays(self, inputs: Any, training: bool) -> list[np.ndarray]:
        parts = inputs if self.takes_list and is_nested(inputs) else [inputs]
        arrays = tuple(self.received(part, "x") for part in parts)
        self.check_inputs(tuple(array.shape for array in arrays))
        return [self.output_of(self.prepared(*arrays))]


def whole_numbers(data: Any, role: str) -> np.ndarray:
    """One array-like object, or a list, as a NumPy array of int64; what is behind a point is cut off.

    Raises:
        ValueError: for texts, and for numbers that are not finite.
    """
    array = np.asarray(data) if isinstance(data, (list, tuple, int, np.integer)) else converted(data, role)
    if array.dtype.kind not in "biuf":
        raise ValueError(
            f"`{role}` must hold whole numbers. Received an array of dtype {array.dtype} and shape {array.shape}. "
            "For texts there is StringLookup."
        )
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError(
            f"`{role}` must hold whole numbers. Received: {array[~np.isfinite(array)][0]} in it. Say what missing "
            f"ones shall be, for example {role}.fillna(-1) in pandas."
        )
    return array.astype(np.int64)
