"""What is exported: the part of a model's Program that its outputs come from, with the numbers of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from denim.export.int8 import Int8, check_built, int8_weights
from denim.layers.symbolic import INTEGERS, KerasTensor
from denim.program.nodes import Activation, BatchReduce, Dropout, Elementwise, Node, Noise, Shape
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
        int8: parameter -> the same as int8, which its numbers in ``parameters`` come from.
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
    int8: Mapping[int, Int8]
    order: tuple[int, ...]

    @classmethod
    def of(cls, model: Any, weights: str | None = None) -> Inference:
        """A built model's, with its weights as they are or as "int8".

        Raises:
            NotImplementedError: if a node draws random numbers when predicting, or looks at the whole batch.
            ValueError: if the model is not built, or has weights that int8 cannot hold.
        """
        check_built(model)
        if model.prepares_inputs:
            raise NotImplementedError(
                f"An exported model reads numbers. Received: model {model.name!r}, in which layers look up texts or "
                "integers while the data are prepared. Export what is behind them, denim.Model(looked_up, outputs), "
                "whose inputs are the numbers that they give."
            )
        lowered = model.lower().predicting
        program = lowered.program()
        order = _needed(program)
        for i in order:
            _check_exportable(program.nodes[i])
        held = {id(variable): found for variable, found in int8_weights(model)} if weights == "int8" else {}
        int8 = {i: held[id(variable)] for i, variable in enumerate(lowered.variables) if id(variable) in held}
        return cls(
            model.name,
            program,
            tuple(
                int8[i].numbers(program.dtype) if i in int8 else np.array(variable.value, program.dtype)
                for i, variable in enumerate(lowered.variables)
            ),
            tuple(model.input_names),
            tuple(model.output_names),
            tuple(_dtype(tensor, program) for tensor in model.inputs),
            tuple(_dtype(tensor, program) for tensor in model.outputs),
            int8,
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


def _check_exportable(node: Node) -> None:
    if isinstance(node, BatchReduce):
        raise NotImplementedError(
            f"An exported model computes row by row. Received: a {node.function} over the batch, which makes a row's "
            "numbers depend on its neighbours. Reduce within each sample, with axis=-1, or use BatchNormalization."
        )
    if isinstance(node, (Dropout, Noise)) and node.always:
        raise NotImplementedError(
            f"An exported model gives the same numbers for the same inputs. Received: layer {node.name!r}, which was "
            "called with training=True and so draws random numbers when predicting. Call it without `training`."
        )
