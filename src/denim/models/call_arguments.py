"""What a layer was called with, as data in Keras's form: tensors by their history, slices, arrays, numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from denim.layers.calling import Phase
from denim.layers.symbolic import KerasTensor
from denim.saving.serialization import deserialize_keras_object, serialize_keras_object

Config = dict[str, Any]
_TENSOR, _SLICE, _ELLIPSIS = "__keras_tensor__", "__slice__", "__ellipsis__"
_ARRAYS = ("__numpy__", "__tensor__")


def written(value: Any, tensor: Callable[[KerasTensor], Config]) -> Any:
    """An argument as data; ``tensor`` writes the KerasTensors.

    Raises:
        ValueError: for what cannot be written down.
    """
    if isinstance(value, KerasTensor):
        return tensor(value)
    if isinstance(value, slice):
        parts = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": _SLICE, "config": parts}
    if value is Ellipsis:
        return {"class_name": _ELLIPSIS, "config": {}}
    if isinstance(value, (list, tuple)):
        return [written(each, tensor) for each in value]
    if isinstance(value, Mapping):
        return {key: written(each, tensor) for key, each in value.items()}
    if isinstance(value, Phase):
        return None
    return serialize_keras_object(value)


def sources(node: Config) -> list[Any]:
    """The histories of the tensors that a call reads.

    Raises:
        ValueError: for a call without a tensor.
    """
    found = [value["config"]["keras_history"] for value in _tensors([node["args"], node.get("kwargs", {})])]
    if not found:
        raise ValueError(f"Layers are called with tensors. Received: arguments {str(node['args'])[:80]}")
    return found


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping) and value.get("class_name") == _TENSOR:
        yield value
    elif isinstance(value, (list, Mapping)):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from _tensors(each)


def read(node: Config, tensor: Callable[[Any], KerasTensor]) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call; ``tensor`` finds a KerasTensor by its history.

    Raises:
        ValueError: for what is neither tensor nor plain data.
    """
    kwargs = {key: _read(value, tensor) for key, value in node.get("kwargs", {}).items()}
    return [_read(each, tensor) for each in node["args"]], {k: v for k, v in kwargs.items() if v is not None}


def _read(value: Any, tensor: Callable[[Any], KerasTensor]) -> Any:
    if isinstance(value, list):
        return [_read(each, tensor) for each in value]
    if not isinstance(value, Mapping):
        return value
    kind, config = value.get("class_name"), value.get("config")
    if kind is None or not isinstance(config, Mapping):
        return {key: _read(each, tensor) for key, each in value.items()}
    if kind == _TENSOR:
        return tensor(config["keras_history"])
    if kind == _SLICE:
        return slice(*(_whole(config.get(part)) for part in ("start", "stop", "step")))
    if kind == _ELLIPSIS:
        return Ellipsis
    if kind in _ARRAYS:
        return deserialize_keras_object(dict(value))
    raise ValueError(f"Layers are called with tensors, arrays and plain data. Received: {str(kind)[:80]!r}")


def _whole(number: Any) -> int | None:
    if number is not None and not isinstance(number, int):
        raise ValueError(f"A slice is of whole numbers. Received: {str(number)[:80]}")
    return number
