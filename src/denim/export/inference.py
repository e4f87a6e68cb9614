"""What is exported: the part of a model's Program that its outputs come from, with the numbers of its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.layers.symbolic import INTEGERS, KerasTensor
from denim.program.nodes import Activation, Dropout, Elementwise, Node, Noise, Shape
from denim.program.program import Program


@dataclass(frozen=True)
class Inference:
    """A Program that predicts, and its parameters.

    Attributes:
        name: the model's.
        program: without heads.
        parameters: copies of the arrays, in the order of ``program.parameters``.
        inputs: names, in the order of ``program.inputs``.
        outputs: names, in the order of ``program.outputs``.
        input_dtypes: the model's own: the arithmetic's, or one of whole numbers.
        output_dtypes: likewise.
        order: the nodes that are to be computed, in their order: those that an output depends on, and all inputs,
            without those that pass on what they are given (``source``).
    """

    name: str
    program: Program
    parameters: tuple[np.ndarray, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    input_dtypes: tuple[str, ...]
    output_dtypes: tuple[str, ...]
    order: tuple[int, ...]

    @classmethod
    def of(cls, model: Any) -> Inference:
        """A built model's.

        Raises:
            NotImplementedError: if a node draws random numbers when predicting.
            ValueError: if the model is not built.
        """
        if not model.built:
            raise ValueError(
                f"A model is exported after it is built. Received: {model.name!r}, whose input shape is unknown. Begin "
                "it with `Input(shape=...)`, or call it on data first."
            )
        lowered = model.lower().predicting
        program = lowered.program()
        order = _needed(program)
        for i in order:
            _check_repeatable(program.nodes[i])
        return cls(
            model.name,
            program,
            tuple(np.array(variable.value, program.dtype) for variable in lowered.variables),
            tuple(model.input_names),
            tuple(model.output_names),
            tuple(_dtype(tensor, program) for tensor in model.inputs),
            tuple(_dtype(tensor, program) for tensor in model.outputs),
            tuple(i for i in order if not _passes_on(program.nodes[i])),
        )

    def source(self, index: int) -> int:
        """The node that computes what node ``index`` stands for."""
        while _passes_on(self.program.nodes[index]):
            (index,) = self.program.nodes[index].inputs
        return index

    def sources(self, index: int) -> tuple[int, ...]:
        """The nodes that compute what node ``index`` reads."""
        return tuple(map(self.source, self.program.nodes[index].inputs))

    def shape(self, index: int) -> Shape:
        """The shape of one sample of a node's tensor."""
        return self.program.shapes[index]


def _dtype(tensor: KerasTensor, program: Program) -> str:
    return tensor.dtype if tensor.dtype in INTEGERS else program.dtype


def _needed(program: Program) -> tuple[int, ...]:
    needed = {*program.outputs, *program.inputs}
    for i in reversed(range(len(program.nodes))):
        if i in needed:
            needed.update(program.nodes[i].inputs)
    return tuple(sorted(needed))


def _passes_on(node: Node) -> bool:
    if isinstance(node, (Dropout, Noise)):
        return True
    return isinstance(node, (Activation, Elementwise)) and node.function in ("linear", "stop_gradient")


def _check_repeatable(node: Node) -> None:
    if isinstance(node, (Dropout, Noise)) and node.always:
        raise NotImplementedError(
            f"An exported model gives the same numbers for the same inputs. Received: layer {node.name!r}, which was "
            "called with training=True and so draws random numbers when predicting. Call it without `training`."
        )
