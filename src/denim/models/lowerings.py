"""What a model has been lowered to: one Program, or, where sizes are None, one for each shape that its arrays had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from denim.layers.lengths import is_open
from denim.layers.symbolic import KerasTensor
from denim.program.builder import Lowered
from denim.program.nodes import Shape

_KEPT = 64
"""So many shapes are remembered; then all are forgotten."""


class Lowerings:
    """A model's lowerings, as long as what they depend on stays."""

    def __init__(self) -> None:
        self._key: object = None
        self._family = object()
        self._made: dict[tuple[Shape, ...], Lowered] = {}

    def __reduce__(self) -> tuple[type[Lowerings], tuple[()]]:
        return Lowerings, ()

    def get(self, key: object, samples: tuple[Shape, ...], lower: Callable[[tuple[Shape, ...]], Lowered]) -> Lowered:
        """The lowering for inputs of these samples' shapes, made by ``lower`` unless it is there."""
        if key != self._key or (len(self._made) >= _KEPT and samples not in self._made):
            self._key, self._family, self._made = key, object(), {}
        if samples not in self._made:
            self._made[samples] = self._related(lower(samples))
        return self._made[samples]

    def _related(self, lowered: Lowered) -> Lowered:
        inference = None if lowered.inference is None else replace(lowered.inference, family=self._family)
        return replace(lowered, family=self._family, inference=inference)


def fed_samples(inputs: Sequence[KerasTensor], shapes: Sequence[Shape] | None) -> tuple[Shape, ...]:
    """The shape of one sample of each input: its own, or, where a size is None, that of the arrays of these shapes.

    Raises:
        ValueError: for arrays of other shapes, or if there are none to tell a size.
    """
    if not any(is_open(tensor.shape) for tensor in inputs):
        return tuple(tuple(n for n in tensor.shape[1:] if n is not None) for tensor in inputs)
    if shapes is None:
        raise ValueError(
            "A size that is None must be known here. Received: inputs of shape "
            f"{', '.join(str(tensor.shape) for tensor in inputs)}. Make a model of one size, with "
            "Input(shape=...) of that size, around this one; beside look-ups all sizes must be known."
        )
    return tuple(_sample(tensor, shape) for tensor, shape in zip(inputs, shapes, strict=True))


def _sample(tensor: KerasTensor, shape: Shape) -> Shape:
    expected, received = tensor.shape[1:], shape[1:]
    if len(received) == len(expected) - 1 and expected[-1] == 1:
        received = (*received, 1)
    if len(received) != len(expected):
        raise ValueError(
            f"Input {tensor.name!r} of the model is incompatible with x: expected shape {tensor.shape}, but received "
            f"input with shape {shape}."
        )
    if 0 in received:
        raise ValueError(
            f"Input {tensor.name!r} of the model has no steps: received input with shape {shape}. Pad the sequences."
        )
    return tuple(b if a is None else a for a, b in zip(expected, received, strict=True))
