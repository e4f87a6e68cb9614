"""Models as data, in Keras's form: what ``get_config`` returns and ``from_config`` reads.

Class names are looked up in a closed table; nothing that a configuration names is ever imported.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from denim.data.structure import flatten, pack_as
from denim.layers.base import Layer
from denim.layers.core import InputLayer
from denim.layers.symbolic import Call, KerasTensor
from denim.models.call_arguments import read, sources, written
from denim.models.graph import nested_like_inputs
from denim.saving.serialization import deserialize, serialize_keras_object

if TYPE_CHECKING:
    from denim.models.model import Model
    from denim.models.sequential import Sequential

Config = dict[str, Any]
Reference = tuple[str, int, int]
"""A tensor: the layer that made it, which of its calls, and which of that call's outputs."""


def serialize_layer(layer: Layer) -> Config:
    """Class, configuration and, where it has weights, the shape it was built for."""
    config: Config = serialize_keras_object(layer)
    return config


def deserialize_layer(config: Config) -> Layer:
    """The layer or model of a configuration that ``serialize_layer`` made, unbuilt.

    Raises:
        ValueError: for a class that is neither denim's nor registered.
    """
    layer: Layer = deserialize(config, "layer")
    return layer


def class_name(layer: Layer) -> str:
    """The class's name as Keras writes it: a Model made from inputs and outputs is a Functional."""
    from denim.models.model import Model

    return "Functional" if type(layer) is Model else type(layer).__name__


def sequential_config(model: Sequential) -> Config:
    """A Sequential's layers, InputLayer included, and the shape it was built for."""
    config: Config = {
        "name": model.name,
        "trainable": model.trainable,
        "dtype": model.dtype,
        "layers": [serialize_layer(layer) for layer in model.chain],
    }
    if model.built:
        config["build_input_shape"] = list(model.input_shape)
    return config


def sequential_from_config(cls: type[Sequential], config: Config) -> Sequential:
    """The Sequential of such a configuration."""
    model = cls([deserialize_layer(layer) for layer in config["layers"]], name=config.get("name"))
    shape = config.get("build_input_shape")
    if shape and not model.built and model.layers:
        model.build(tuple(shape))
    if config.get("trainable") is False:
        model.trainable = False
    return model


def functional_config(model: Model) -> Config:
    """A graph's layers, each with the tensors of its calls, and which tensors go in and come out."""
    graph = model.graph
    number: dict[Call, int] = {}
    uses: dict[Layer, list[Call]] = {layer: [] for layer in graph.layers}
    for call in sorted(graph.calls, key=lambda call: call.index):
        number[call] = len(uses[call.layer])
        uses[call.layer].append(call)

    def reference(tensor: KerasTensor) -> list[Any]:
        assert tensor.call is not None
        return [tensor.call.layer.name, number[tensor.call], tensor.call.outputs.index(tensor)]

    def end(tensor: KerasTensor) -> list[Any]:
        name, node, index = reference(tensor)
        assert tensor.call is not None
        # Keras counts a functional model's own graph as its first call, but only in these two lists.
        return [name, node + tensor.call.layer.first_call_index, index]

    def argument(tensor: KerasTensor) -> Config:
        history = {"shape": list(tensor.shape), "dtype": tensor.dtype, "keras_history": reference(tensor)}
        return {"class_name": "__keras_tensor__", "config": history}

    def arguments(call: Call) -> Config:
        if call.arguments is not None:
            args, kwargs = call.arguments
            return {"args": written(list(args), argument), "kwargs": written(kwargs, argument)}
        tensors = [argument(tensor) for tensor in call.inputs]
        fixed = {} if call.training is None else {"training": call.training}
        nested = tensors if call.layer.takes_list else nested_like_inputs(call.layer, tensors)
        return {"args": [nested], "kwargs": fixed}

    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": [
            {
                **serialize_layer(layer),
                "name": layer.name,
                "inbound_nodes": [arguments(call) for call in uses[layer] if call.inputs],
            }
            for layer in graph.layers
        ],
        "input_layers": pack_as(model.nesting[0], [end(tensor) for tensor in graph.inputs]),
        "output_layers": pack_as(model.nesting[1], [end(tensor) for tensor in graph.outputs]),
    }


def functional_from_config(cls: type[Model], config: Config) -> Model:
    """The Model of such a configuration.

    Raises:
        ValueError: if calls refer to tensors that are never made, or two layers have one name.
    """
    layers: dict[str, Layer] = {}
    made: dict[Reference, KerasTensor] = {}
    calls: list[_LayerCall] = []
    written_calls: dict[tuple[str, int], Config] = {}
    for entry in config["layers"]:
        name = entry["name"]
        if name in layers:
            raise ValueError(f"All layers of a model should have unique names. Received: two of the name {name!r}.")
        layer = layers[name] = deserialize_layer(entry)
        if isinstance(layer, InputLayer):
            made[name, 0, 0] = layer.output
        nodes = entry["inbound_nodes"]
        calls += [_LayerCall(name, i, tuple(map(_reference, sources(node)))) for i, node in enumerate(nodes)]
        written_calls |= {(name, i): node for i, node in enumerate(nodes)}
    for call in _in_order(calls, made):
        args, kwargs = read(written_calls[call.layer, call.index], lambda history: made[_reference(history)])
        results = layers[call.layer](*args, **kwargs)
        for k, tensor in enumerate(flatten(results)):
            made[call.layer, call.index, k] = tensor
    ends = {(name, node + layers[name].first_call_index, index): tensor for (name, node, index), tensor in made.items()}
    model = cls(
        _tensors(config["input_layers"], ends),
        _tensors(config["output_layers"], ends),
        name=config.get("name"),
    )
    if config.get("trainable") is False:
        model.trainable = False
    return model


@dataclass(frozen=True)
class _LayerCall:
    """The ``index``-th call of a layer."""

    layer: str
    index: int
    sources: tuple[Reference, ...]


def _in_order(calls: list[_LayerCall], made: Mapping[Reference, KerasTensor]) -> Iterator[_LayerCall]:
    """The calls, each after those it reads; a layer's calls in their own order, since they are numbered.

    Raises:
        ValueError: if some can never be made.
    """
    waiting: dict[tuple[str, int], list[_LayerCall]] = {}
    lacking: dict[_LayerCall, int] = {}
    there = {reference[:2] for reference in made}
    ready: deque[_LayerCall] = deque()
    for call in calls:
        needs = {source[:2] for source in call.sources} - there
        if call.index:
            needs.add((call.layer, call.index - 1))
        lacking[call] = len(needs)
        for need in needs:
            waiting.setdefault(need, []).append(call)
        if not needs:
            ready.append(call)
    while ready:
        call = ready.popleft()
        del lacking[call]
        yield call
        for follower in waiting.pop((call.layer, call.index), ()):
            lacking[follower] -= 1
            if not lacking[follower]:
                ready.append(follower)
    if lacking:
        left = [(call.layer, call.index) for call in lacking]
        raise ValueError(f"The configuration's graph has a cycle or a gap: these calls lack their inputs: {left[:10]}")


def _reference(history: Any) -> Reference:
    name, node, tensor = history
    return str(name), int(node), int(tensor)


def _tensors(references: Any, made: Mapping[Reference, KerasTensor]) -> Any:
    if isinstance(references, Mapping):
        return {key: _tensors(part, made) for key, part in references.items()}
    if len(references) == 3 and isinstance(references[0], str):
        return _made(references, made)
    return [_tensors(part, made) for part in references]


def _made(history: Any, made: Mapping[Reference, KerasTensor]) -> KerasTensor:
    reference = _reference(history)
    if reference not in made:
        raise ValueError(f"The configuration's graph has no tensor {reference}, which is to go in or come out.")
    return made[reference]
