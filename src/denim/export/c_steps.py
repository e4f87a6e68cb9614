"""Each node as a line of C, with the constant arrays that it reads, and the buffers that tensors lie in."""

from __future__ import annotations

import math

import numpy as np

from denim.export import c_text
from denim.export.c_expressions import ACTIVATIONS, ELEMENTWISE
from denim.export.inference import Inference
from denim.program import nodes
from denim.program.formulas.activations import ACTIVATIONS as FORMULAS


class Steps:
    """The lines that compute a model's outputs.

    Attributes:
        lines: statements, in their order.
        tables: constant arrays.
        buffers: how many numbers each has.
    """

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self.dtype = inference.program.dtype
        self.lines: list[str] = []
        self.tables: list[str] = []
        self.buffers: list[int] = []
        self._where: dict[int, str] = {}
        self._weights: dict[int, str] = {}
        self._pairs: dict[int, tuple[str, str]] = {}
        self._free: list[int] = []
        self._held: dict[int, int] = {}
        self._last = self._last_uses()
        for i in inference.order:
            if not isinstance(inference.program.nodes[i], nodes.Reshape):
                self._add(i)
            for freed in [each for each in self._held if self._last.get(each, -1) <= i]:
                self._free.append(self._held.pop(freed))
        for place, output in enumerate(inference.program.outputs):
            source, size = self._source(output), self.size(output)
            self.lines.append(f"memcpy({output_name(inference, place)}, {self._where[source]}, {size} * sizeof(real));")

    def size(self, index: int) -> int:
        """The numbers of one sample's tensor."""
        return math.prod(self.inference.shape(index))

    def _source(self, index: int) -> int:
        """What computes the numbers of this node, which a Reshape leaves as they lie."""
        index = self.inference.source(index)
        node = self.inference.program.nodes[index]
        return self._source(node.input) if isinstance(node, nodes.Reshape) else index

    def _last_uses(self) -> dict[int, int]:
        last = {self._source(i): reader for reader in self.inference.order for i in self._inputs(reader)}
        return last | {self._source(i): len(self.inference.program.nodes) for i in self.inference.program.outputs}

    def _inputs(self, index: int) -> tuple[int, ...]:
        return self.inference.program.nodes[index].inputs

    def _buffer(self, index: int) -> str:
        """A buffer for a node's tensor: the smallest free one that is large enough, else a new one."""
        size = self.size(index)
        fitting = [each for each in self._free if self.buffers[each] >= size]
        if fitting:
            chosen = min(fitting, key=lambda each: self.buffers[each])
            self._free.remove(chosen)
        else:
            chosen = len(self.buffers)
            self.buffers.append(size)
        self._held[index] = chosen
        return f"t_{chosen}"

    def _table(self, values: np.ndarray) -> str:
        name = f"c_{len(self.tables)}"
        self.tables.append(c_text.numbers(name, values, self.dtype))
        return name

    def _weight(self, parameter: int | None) -> str:
        if parameter is None:
            return "NULL"
        if parameter not in self._weights:
            spec, name = self.inference.program.parameters[parameter], f"w_{parameter}"
            self.tables.append(
                f"/* {c_text.remark(spec.name)} {c_text.remark(str(spec.shape))} */\n"
                + c_text.numbers(name, self.inference.parameters[parameter], self.dtype)
            )
            self._weights[parameter] = name
        return self._weights[parameter]

    def _int8(self, parameter: int) -> tuple[str, str]:
        """A weight of int8, and its scales."""
        if parameter not in self._pairs:
            spec, held = self.inference.program.parameters[parameter], self.inference.int8[parameter]
            names = f"w_{parameter}", f"s_{parameter}"
            self.tables.append(
                f"/* {c_text.remark(spec.name)} {c_text.remark(str(spec.shape))} */\n"
                + c_text.bytes_(names[0], held.values)
            )
            self.tables.append(c_text.scales(names[1], held.scales))
            self._pairs[parameter] = names
        return self._pairs[parameter]

    def _scale_of(self, parameter: int) -> str:
        """The place of the scale of element i."""
        held, terms = self.inference.int8[parameter], []
        shape = held.values.shape
        for axis in held.channels:
            before, later = math.prod(shape[axis + 1 :]), math.prod(held.scales.shape[axis + 1 :])
            terms.append(f"i / {before} % {shape[axis]} * {later}")
        return " + ".join(terms) or "0"

    def _loop(self, index: int, expression: str) -> None:
        to = self._buffer(index)
        self.lines.append(f"for (int i = 0; i < {self.size(index)}; ++i) {to}[i] = {expression};")
        self._where[index] = to

    def _call(self, index: int, function: str, *arguments: object) -> None:
        to = self._buffer(index)
        self.lines.append(f"{function}({', '.join(map(str, (*arguments, to)))});")
        self._where[index] = to

    def _add(self, index: int) -> None:
        node = self.inference.program.nodes[index]
        xs = [self._where[self._source(i)] for i in node.inputs]
        shapes = [self.inference.shape(i) for i in node.inputs]
        match node:
            case nodes.Input():
                fed = input_name(self.inference, self.inference.program.inputs.index(index))
                self._where[index] = fed
                if node.dtype == "int32":
                    self._loop(index, f"v_trunc({fed}[i])")
            case nodes.Constant():
                self._where[index] = self._table(np.asarray(node.values))
            case nodes.Weight() if node.parameter in self.inference.int8:
                values, scales = self._int8(node.parameter)
                self._loop(index, f"R((float){values}[i] * {scales}[{self._scale_of(node.parameter)}])")
            case nodes.Weight():
                self._where[index] = self._weight(node.parameter)
            case nodes.Elementwise():
                operands = dict(zip("abc", (f"{x}[i]" for x in xs), strict=False))
                self._loop(index, ELEMENTWISE[node.function].format(**operands))
            case nodes.Concatenate():
                self._concatenate(index, node, xs, shapes)
            case nodes.MatMul():
                matrices, (n, k), m = math.prod(shapes[0][:-2]), shapes[0][-2:], shapes[1][-1]
                self._call(index, "matmul", matrices, n, k, m, *xs)
            case _:
                self._add_of_rows(index, node, xs[0], math.prod(shapes[0][:-1]), shapes[0][-1] if shapes[0] else 1)

    def _add_of_rows(self, index: int, node: nodes.Node, x: str, rows: int, n: int) -> None:
        """A node that reads one tensor, of so many rows of n numbers."""
        match node:
            case nodes.Dense() if node.kernel in self.inference.int8:
                held = self._int8(node.kernel)
                self._call(index, "dense_int8", rows, n, node.units, *held, self._weight(node.bias), x)
            case nodes.Dense():
                weights = self._weight(node.kernel), self._weight(node.bias)
                self._call(index, "dense", rows, n, node.units, *weights, x)
            case nodes.Activation(function=function) if function in ("softmax", "log_softmax"):
                self._call(index, function, rows, n, x)
            case nodes.Activation():
                alpha = FORMULAS[node.function].default_alpha if node.alpha is None else node.alpha
                number = c_text.number(alpha or 0.0, self.dtype)
                self._loop(index, ACTIVATIONS[node.function].format(a=f"{x}[i]", alpha=number))
            case nodes.AffineScaling():
                constants = [np.broadcast_to(each, (n,)) for each in (node.shift, node.scale, node.offset)]
                self._call(index, "scale_by", rows, n, *map(self._table, constants), x)
            case nodes.BatchNormalization():
                inverse = self._table(self._inverse_deviation(node))
                moving = self._weight(node.mean), inverse
                own = self._weight(node.gamma), self._weight(node.beta)
                self._call(index, "batch_normalization", rows, n, *moving, *own, x)
            case nodes.LayerNormalization():
                epsilon = c_text.number(node.epsilon, self.dtype)
                own = self._weight(node.gamma), self._weight(node.beta)
                self._call(index, "layer_normalization", rows, n, epsilon, *own, x)
            case nodes.Reduce():
                self._call(index, f"reduce_{node.function}", rows, n, x)
            case nodes.Rearrange():
                name = f"c_{len(self.tables)}"
                self.tables.append(c_text.places(name, node.indices))
                self._call(index, "gather", len(node.indices), name, x)
            case nodes.Embedding():
                sizes = rows * n, self.inference.program.parameters[node.table].shape[0], node.width
                if node.table in self.inference.int8:
                    self._call(index, "embed_int8", *sizes, *self._int8(node.table), x)
                else:
                    self._call(index, "embed", *sizes, self._weight(node.table), x)
            case _:
                raise NotImplementedError(
                    f"A model that is exported to C has only nodes that C has. Received: {node.name!r}, a "
                    f"{type(node).__name__}. Export it as `.onnx` instead."
                )

    def _inverse_deviation(self, node: nodes.BatchNormalization) -> np.ndarray:
        """In the model's own precision, as the engine has it."""
        variance = self.inference.parameters[node.variance]
        one, epsilon = (variance.dtype.type(each) for each in (1.0, node.epsilon))
        with np.errstate(all="ignore"):
            return one / np.sqrt(variance + epsilon)

    def _concatenate(self, index: int, node: nodes.Concatenate, xs: list[str], shapes: list[nodes.Shape]) -> None:
        to = self._buffer(index)
        outer, at = math.prod(shapes[0][: node.axis]), 0
        whole = self.size(index) // outer
        for x, shape in zip(xs, shapes, strict=True):
            part = math.prod(shape) // outer
            self.lines.append(f"copy_part({outer}, {part}, {whole}, {x}, {to} + {at});")
            at += part
        self._where[index] = to


def input_name(inference: Inference, place: int) -> str:
    """How C calls the input at this place."""
    return "x" if len(inference.inputs) == 1 else f"x_{place}"


def output_name(inference: Inference, place: int) -> str:
    """How C calls the output at this place."""
    return "y" if len(inference.outputs) == 1 else f"y_{place}"
