"""Models with a Python ``call``: their graph is one call of the model itself, which is traced when it is lowered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from denim.data.arrays import converted
from denim.data.structure import flatten, map_structure
from denim.layers.calling import called, map_shapes
from denim.layers.core import InputLayer
from denim.layers.symbolic import KerasTensor
from denim.models.graph import Graph, trace

if TYPE_CHECKING:
    from denim.models.model import Model


def connected(model: Model, inputs: Any) -> tuple[Graph, Any, Any]:
    """The model's graph for KerasTensors in the containers that its ``call`` takes, and both ends in their containers.

    Raises:
        NotImplementedError: for a ``call`` that cannot be traced.
    """
    calls = list(model._calls)
    try:
        outputs = called(model, (inputs,), {})
    finally:
        model._calls[:] = calls
    return trace(flatten(inputs), flatten(outputs)), inputs, outputs


def inputs_like(arrays: Any, dtype: str) -> Any:
    """KerasTensors for arrays, in their containers: whole numbers stay whole."""
    names = iter(_names(arrays))

    def tensor(array: Any) -> KerasTensor:
        values = converted(array, "x")
        kind = "int32" if values.dtype.kind in "iu" else dtype
        return _input((None, *values.shape[1:]), kind, next(names))

    return map_structure(tensor, arrays)


def inputs_of(shapes: Any, dtype: str) -> Any:
    """KerasTensors of these shapes, in their containers."""
    numbers = iter(range(1, 1_000_000))
    return map_shapes(lambda shape: _input(shape, dtype, f"input_{next(numbers)}"), shapes)


def _input(shape: Any, dtype: str, name: str) -> KerasTensor:
    tensor: KerasTensor = InputLayer(batch_shape=shape, dtype="float32", name=name).output
    tensor.dtype = dtype
    return tensor


def _names(arrays: Any) -> list[str]:
    if isinstance(arrays, Mapping):
        return [str(key) for key in sorted(arrays)]
    return [f"input_{i}" for i in range(1, len(flatten(arrays)) + 1)]


def output_names(model: Model, outputs: Any) -> list[str]:
    """A dict's keys, the model's name for a single output, else numbers."""
    if isinstance(outputs, Mapping):
        return [str(key) for key in sorted(outputs)]
    count = len(flatten(outputs))
    return [model.name] if count == 1 else [f"output_{i}" for i in range(1, count + 1)]
