"""Models as data, in Keras's form: what ``get_config`` returns and ``from_config`` reads.

Class names are looked up in a closed table; nothing that a configuration names is ever imported.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from denim import layers as layer_classes
from denim.layers.base import Layer
from denim.layers.core import InputLayer
from denim.layers.symbolic import Call, KerasTensor
from denim.suggest import did_you_mean

if TYPE_CHECKING:
    from denim.models.model import Model
    from denim.models.sequential import Sequential

Config = dict[str, Any]


def serialize_layer(layer: Layer) -> Config:
    """Class, configuration and, where it has weights, the shape it was built for."""
    name = class_name(layer)
    module = {"Sequential": "keras", "Functional": "keras.src.models.functional"}.get(name, "keras.layers")
    config = {
        "module": module,
        "class_name": name,
        "config": layer.get_config(),
        "registered_name": "Functional" if name == "Functional" else None,
    }
    build_config = layer.get_build_config()
    if build_config is not None and not isinstance(layer, InputLayer):
        config["build_config"] = build_config
    return config


def deserialize_layer(config: Config) -> Layer:
    """The layer or model of a configuration that ``serialize_layer`` made, unbuilt.

    Raises:
        ValueError: for a class that is not one of denim's.
    """
    from denim.models.model import Model
    from denim.models.sequential import Sequential

    known: dict[str, Any] = {
        name: getattr(layer_classes, name) for name in layer_classes.__all__ if name not in ("Input", "Layer")
    }
    known.update(Sequential=Sequential, Functional=Model, Model=Model)
    name = config.get("class_name")
    if name not in known:
        raise ValueError(f"Unknown layer: {name!r}.{did_you_mean(name, known)} Known layers are {sorted(known)}.")
    layer: Layer = known[name].from_config(config.get("config") or {})
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
    for tensor in graph.inputs:
        if tensor.call is None or tensor.call.inputs:
            raise ValueError(
                f"Model {model.name!r} begins in the midst of another model, at {tensor!r}, and so has no "
                "configuration of its own. Begin it with an Input."
            )
    number: dict[Call, int] = {}
    uses: dict[Layer, list[Call]] = {layer: [] for layer in graph.layers}
    for call in sorted(graph.calls, key=lambda call: call.index):
        number[call] = call.layer.first_call_index + len(uses[call.layer])
        uses[call.layer].append(call)

    def reference(tensor: KerasTensor) -> list[Any]:
        assert tensor.call is not None
        return [tensor.call.layer.name, number[tensor.call], tensor.call.outputs.index(tensor)]

    def argument(tensor: KerasTensor) -> Config:
        history = {"shape": list(tensor.shape), "dtype": tensor.dtype, "keras_history": reference(tensor)}
        return {"class_name": "__keras_tensor__", "config": history}

    def arguments(call: Call) -> Config:
        tensors = [argument(tensor) for tensor in call.inputs]
        return {"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}

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
        "input_layers": _packed([reference(tensor) for tensor in graph.inputs], model.listed[0]),
        "output_layers": _packed([reference(tensor) for tensor in graph.outputs], model.listed[1]),
    }


def functional_from_config(cls: type[Model], config: Config) -> Model:
    """The Model of such a configuration.

    Raises:
        ValueError: if calls refer to tensors that are never made.
    """
    layers = {entry["name"]: deserialize_layer(entry) for entry in config["layers"]}
    made: dict[tuple[str, int, int], KerasTensor] = {}
    for name, layer in layers.items():
        if isinstance(layer, InputLayer):
            made[name, 0, 0] = layer.output
    waiting = [(entry["name"], i) for entry in config["layers"] for i in range(len(entry["inbound_nodes"]))]
    nodes = {entry["name"]: entry["inbound_nodes"] for entry in config["layers"]}
    while waiting:
        left = []
        for name, i in waiting:
            sources = [tuple(argument["config"]["keras_history"]) for argument in _flat(nodes[name][i]["args"])]
            # The calls of a layer are numbered, so they must be made in their order.
            if any((name, j) in left for j in range(i)) or not all(source in made for source in sources):
                left.append((name, i))
                continue
            tensors = [made[source] for source in sources]
            layer = layers[name]
            results = layer(tensors if len(tensors) > 1 else tensors[0])
            for k, tensor in enumerate(results if isinstance(results, list) else [results]):
                made[name, layer.first_call_index + i, k] = tensor
        if len(left) == len(waiting):
            raise ValueError(f"The configuration's graph has a cycle or a gap: these calls lack their inputs: {left}")
        waiting = left
    model = cls(
        _tensors(config["input_layers"], made),
        _tensors(config["output_layers"], made),
        name=config.get("name"),
    )
    if config.get("trainable") is False:
        model.trainable = False
    return model


def _packed(references: list[list[Any]], listed: bool) -> list[Any]:
    return references if listed else references[0]


def _tensors(references: list[Any], made: dict[tuple[str, int, int], KerasTensor]) -> Any:
    if references and isinstance(references[0], str):
        return made[tuple(references)]
    return [made[tuple(reference)] for reference in references]


def _flat(arguments: list[Any]) -> list[Config]:
    return [leaf for item in arguments for leaf in (item if isinstance(item, list) else [item])]
