"""ONNX: a model's nodes as operators of the standard set, its weights as initializers.

Only operators that runtimes have for both float32 and float64 are used. The one exception is Erf, which ONNX Runtime
has for float32 alone and which is therefore computed in float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from denim.export.inference import Inference
from denim.export.int8 import Int8
from denim.program import nodes
from denim.release import __version__

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto, ValueInfoProto

OPSET = 17
"""The first with LayerNormalization; runtimes of 2022 and later have it."""
_IR_VERSION = 8
"""The one that belongs to the opset."""
_BATCH = "batch"


def onnx_bytes(inference: Inference) -> bytes:
    """The model as the content of an ".onnx" file.

    Raises:
        ImportError: if the package onnx is not installed.
        ValueError: for a model that is too large for one file (2 GiB).
    """
    onnx = need_onnx()
    graph = Graph(inference)
    for i in inference.order:
        graph.add_node(i)

    def ends(names: tuple[str, ...], dtypes: tuple[str, ...], indices: tuple[int, ...]) -> list[ValueInfoProto]:
        return [
            onnx.helper.make_tensor_value_info(name, graph.number_of(dtype), (_BATCH, *inference.shape(i)))
            for name, dtype, i in zip(names, dtypes, indices, strict=True)
        ]

    inputs = ends(graph.input_names, inference.input_dtypes, inference.program.inputs)
    outputs = ends(graph.add_outputs(), inference.output_dtypes, inference.program.outputs)
    model = onnx.helper.make_model(
        onnx.helper.make_graph(graph.made, inference.name, inputs, outputs, graph.initializers),
        producer_name="denim",
        producer_version=__version__,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=_IR_VERSION,
    )
    if model.ByteSize() >= 2**31:
        raise ValueError(
            f"An ONNX file holds less than 2 GiB. Received: {inference.name!r} of {model.ByteSize()} bytes. Export its "
            "parts as models of their own."
        )
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def need_onnx() -> Any:
    """The package onnx.

    Raises:
        ImportError: if it is not installed.
    """
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise ImportError('Exporting to ONNX needs the package onnx. Type: pip install "denim-nn[onnx]"') from error
    return onnx


class Graph:
    """The nodes and initializers that are made so far; tensors are known by their names.

    Attributes:
        made: in topological order.
        initializers: weights and constants.
        input_names: the model's, made different from each other.
    """

    def __init__(self, inference: Inference) -> None:
        self.inference = inference
        self.dtype = np.dtype(inference.program.dtype)
        self.made: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self._onnx = need_onnx()
        self._taken: set[str] = set()
        self._numbers: dict[tuple[bytes, str, tuple[int, ...]], str] = {}
        self._weights: dict[int, str] = {}
        self._tables: dict[int, tuple[str, str]] = {}
        self._tensors: dict[int, str] = {}
        self._whole: dict[int, str] = {}
        self.input_names = tuple(map(self._unique, inference.inputs))
        self._output_names = tuple(map(self._unique, inference.outputs))

    def _unique(self, name: str) -> str:
        candidate, count = name or "tensor", 0
        while candidate in self._taken:
            count += 1
            candidate = f"{name}_{count}"
        self._taken.add(candidate)
        return candidate

    def op(self, kind: str, *inputs: str, name: str = "", **attributes: Any) -> str:
        """Add an operator; returns its output."""
        output = self._unique(name or kind.lower())
        self.made.append(self._onnx.helper.make_node(kind, list(inputs), [output], name=output, **attributes))
        return output

    def constant(self, value: Any, dtype: Any = None) -> str:
        """An initializer of these numbers, in the model's dtype unless told; equal ones are one."""
        array = np.ascontiguousarray(np.asarray(value, dtype or self.dtype)).reshape(np.shape(value))
        key = (array.tobytes(), array.dtype.str, array.shape)
        if key not in self._numbers:
            self._numbers[key] = self._initializer("constant", array)
        return self._numbers[key]

    def weight(self, parameter: int) -> str:
        """A parameter, under its path."""
        if parameter not in self._weights:
            name = self.inference.program.parameters[parameter].name
            held = self.inference.int8.get(parameter)
            self._weights[parameter] = (
                self._initializer(name, self.inference.parameters[parameter])
                if held is None
                else self._dequantized(name, held)
            )
        return self._weights[parameter]

    def _dequantized(self, name: str, held: Int8) -> str:
        """A weight from int8, which runtimes compute once, when they load the file.

        Not by DequantizeLinear: of that and the product behind it ONNX Runtime makes one that rounds its inputs to int8
        too, which nobody asked for.
        """
        values, scales = self._initializer(f"{name}/int8", held.values), self._initializer(f"{name}/scale", held.scales)
        return self._product(values, scales, name)

    def _product(self, values: str, scales: str, name: str) -> str:
        made = self.op("Mul", self.cast(values, np.float32), scales, name=name)
        return made if self.dtype == np.float32 else self.cast(made, self.dtype)

    def rows(self, parameter: int, places: str, name: str) -> str:
        """Rows of a table. Those of int8 are taken first, so that the table is never whole as float32."""
        held = self.inference.int8.get(parameter)
        if held is None:
            return self.op("Gather", self.weight(parameter), places, name=name, axis=0)
        if parameter not in self._tables:
            path = self.inference.program.parameters[parameter].name
            self._tables[parameter] = (
                self._initializer(f"{path}/int8", held.values),
                self._initializer(f"{path}/scale", held.scales),
            )
        values, scales = (self.op("Gather", table, places, axis=0) for table in self._tables[parameter])
        return self._product(values, scales, name)

    def _initializer(self, name: str, array: np.ndarray) -> str:
        name = self._unique(name)
        self.initializers.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def cast(self, x: str, dtype: Any) -> str:
        """The same numbers in another dtype."""
        return self.op("Cast", x, to=self.number_of(dtype))

    def number_of(self, dtype: Any) -> int:
        """What ONNX numbers a dtype as."""
        return int(self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def truth(self, condition: str) -> str:
        """Ones and zeros for a condition."""
        return self.cast(condition, self.dtype)

    def shaped(self, x: str, shape: tuple[int, ...]) -> str:
        """The same elements of each sample under another shape."""
        return self.op("Reshape", x, self.constant((0, *shape), np.int64))

    def batched(self, index: int) -> str:
        """A tensor with as many rows as there are samples, also where it is the same for all."""
        name = self.tensor(index)
        if not self.inference.program.shared[index] or not self.input_names:
            return name
        rows = self.op("Shape", self.input_names[0], start=0, end=1)
        rest = self.constant(self.inference.shape(index), np.int64)
        return self.op("Expand", name, self.op("Concat", rows, rest, axis=0))

    def add_node(self, index: int) -> None:
        """Add what computes this node, whose inputs are there."""
        from denim.export.onnx_operators import emit

        node = self.inference.program.nodes[index]
        if isinstance(node, nodes.Input):
            if self.whole(index) is None:
                self._tensors[index] = self._fed(index)
        elif isinstance(node, nodes.Concatenate):
            parts = self.inference.sources(index)
            alone = self.inference.program.shared[index]
            names = [self.tensor(i) if alone else self.batched(i) for i in parts]
            self._tensors[index] = self.op("Concat", *names, name=node.name, axis=node.axis + 1)
        else:
            sources = self.inference.sources(index)
            self._tensors[index] = emit(self, node, sources)

    def tensor(self, index: int) -> str:
        """What a node made, as numbers to compute with."""
        if index not in self._tensors:
            whole = self.whole(index)
            assert whole is not None
            self._tensors[index] = self.cast(whole, self.dtype)
        return self._tensors[index]

    def whole(self, index: int) -> str | None:
        """An input of whole numbers as such, what is behind the point cut off; None for any other node."""
        node = self.inference.program.nodes[index]
        if not isinstance(node, nodes.Input) or node.dtype != "int32":
            return None
        if index not in self._whole:
            dtype = self.inference.input_dtypes[self.inference.program.inputs.index(index)]
            fed = self._fed(index)
            self._whole[index] = fed if dtype in ("int32", "int64") else self.cast(fed, np.int64)
        return self._whole[index]

    def _fed(self, index: int) -> str:
        return self.input_names[self.inference.program.inputs.index(index)]

    def add_outputs(self) -> tuple[str, ...]:
        """Give the outputs their names."""
        inference = self.inference
        for name, dtype, index in zip(
            self._output_names, inference.output_dtypes, inference.program.outputs, strict=True
        ):
            tensor = self.batched(inference.source(index))
            if dtype == self.dtype:
                made = self._onnx.helper.make_node("Identity", [tensor], [name], name=f"{name}/output")
            else:
                made = self._onnx.helper.make_node("Cast", [tensor], [name], f"{name}/output", to=self.number_of(dtype))
            self.made.append(made)
        return self._output_names
