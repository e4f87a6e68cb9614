"""Configurations of Keras 2 in the terms of Keras 3; what is in these terms already stays as it is.

The names and settings are those that Keras 2.0 to 2.15 and TF-Keras wrote. A setting that Keras 3 dropped is dropped
here where it asked for nothing; the others are left, so that reading them says what is the matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from denim.naming import snake_case
from denim.saving import known_classes

Config = dict[str, Any]

_CLASSES = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "LayerNormalizationV1": "LayerNormalization",
    "Model": "Functional",
}
_ACTIVATIONS = {"softmax_v2": "softmax"}
_MODELS = ("Functional", "Sequential")
_POLICIES = ("Policy", "PolicyV1")
_GONE: dict[str, Config] = {
    "layer": {"input_length": None, "ragged": False, "sparse": False},
    "initializer": {"dtype": "float32"},
    "optimizer": {"decay": 0.0, "initial_decay": 0.0, "is_legacy_optimizer": None, "jit_compile": None},
    "loss": {"fn": None},
}
"""Settings that Keras 3 has not, with the value that asks for nothing; None where any does."""


def modern(config: Any) -> Any:
    """A configuration, and all within it, in the terms of Keras 3."""
    if isinstance(config, list):
        return [modern(item) for item in config]
    if not isinstance(config, Mapping):
        return config
    found = {key: modern(value) for key, value in config.items() if key != "__passive_serialization__"}
    name = found.get("class_name")
    if not isinstance(name, str):
        return found
    if name in _POLICIES and isinstance(found.get("config"), Mapping):
        return found["config"].get("name")
    if name == "__tuple__" and "items" in found:
        return found["items"]
    return _object(found, name) if "config" in found else found


def modern_compile(config: Any) -> Any:
    """What a model was compiled with, in the terms of Keras 3; Keras 2 wrote None for what it had not been given."""
    found = modern(config)
    return {key: value for key, value in found.items() if value is not None} if isinstance(found, dict) else found


def _object(found: Config, name: str) -> Config:
    name = name.removeprefix("Custom>") if name.removeprefix("Custom>") in known_classes.names_of(None) else name
    name = _CLASSES.get(name, name)
    role = known_classes.role_of(name)
    if name == "MeanMetricWrapper":
        return _wrapped(found)
    if role is None:
        return found
    module = found.get("module")
    if name != found["class_name"] or (isinstance(module, str) and module.startswith(("keras.", "tf_keras."))):
        found = {**found, "class_name": name, "module": None}
    inner = found["config"]
    if name == "Sequential":
        inner = _sequential(inner)
    elif name == "Functional" and isinstance(inner, Mapping):
        inner = _functional(inner)
    if isinstance(inner, dict):
        inner = _RENAMED[role](name, inner) if role in _RENAMED else inner
        inner = {key: value for key, value in inner.items() if not _asks_for_nothing(role, key, value)}
    return {**found, "config": inner}


def _asks_for_nothing(role: str, key: str, value: Any) -> bool:
    gone = _GONE.get(role, {})
    return key in gone and (gone[key] is None or value == gone[key])


def _layer(name: str, config: Config) -> Config:
    config = _with_key(config, "alpha", "negative_slope") if name == "LeakyReLU" else dict(config)
    axis = config.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        config["axis"] = axis[0]
    if "batch_input_shape" in config:
        config["batch_shape"] = config.pop("batch_input_shape")
    if isinstance(config.get("activation"), str):
        config["activation"] = _ACTIVATIONS.get(config["activation"], config["activation"])
    return config


def _optimizer(_: str, config: Config) -> Config:
    config = _with_key(config, "lr", "learning_rate")
    if config.get("epsilon", 0.0) is None:
        del config["epsilon"]
    return config


def _loss(_: str, config: Config) -> Config:
    return {**config, "reduction": "sum_over_batch_size"} if config.get("reduction") == "auto" else config


_RENAMED: dict[str, Callable[[str, Config], Config]] = {"layer": _layer, "optimizer": _optimizer, "loss": _loss}


def _with_key(config: Config, old: str, new: str) -> Config:
    return {new if key == old else key: value for key, value in config.items()}


def _wrapped(found: Config) -> Config:
    """A function as a metric: the metric class of that function."""
    inner = found["config"] if isinstance(found["config"], Mapping) else {}
    function = inner.get("fn")
    if isinstance(function, Mapping):
        function = function.get("config")
    for name in known_classes.names_of("metric"):
        if isinstance(function, str) and snake_case(name) == function:
            kept = {key: value for key, value in inner.items() if key != "fn"}
            return {"class_name": name, "config": kept}
    return found


def _sequential(inner: Any) -> Any:
    """A bare list of layers is given its key, and the first layer's shape a layer of its own."""
    if isinstance(inner, list):
        inner = {"layers": inner}
    if not isinstance(inner, Mapping) or not isinstance(inner.get("layers"), list):
        return inner
    entries = [entry for entry in inner["layers"] if isinstance(entry, Mapping)]
    if not entries or len(entries) < len(inner["layers"]):
        return inner
    first = entries[0]
    shape, settings = _shape(first), first.get("config")
    layers = [_without_shape(entry) for entry in entries]
    if shape is not None and isinstance(settings, Mapping):
        name = f"{settings.get('name', 'first')}_input"
        dtype = settings.get("dtype", "float32")
        entrance = {"class_name": "InputLayer", "config": {"batch_shape": shape, "dtype": dtype, "name": name}}
        layers = [entrance, *layers]
    return {**inner, "layers": layers}


def _shape(entry: Mapping[str, Any]) -> Any:
    settings = entry.get("config")
    own = entry.get("class_name") not in ("InputLayer", *_MODELS)
    return settings.get("batch_shape") if own and isinstance(settings, Mapping) else None


def _without_shape(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    if _shape(entry) is None:
        return entry
    return {**entry, "config": {key: value for key, value in entry["config"].items() if key != "batch_shape"}}


# Graphs: a call was the list of the tensors it read, ["layer", call, output, further arguments].


def _functional(inner: Mapping[str, Any]) -> Any:
    entries = inner.get("layers")
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        return inner
    calls = {str(entry.get("name")): entry.get("inbound_nodes") or [] for entry in entries}
    if not any(isinstance(call, (list, Mapping)) and _is_older(call) for made in calls.values() for call in made):
        return {**inner, "layers": [_without_shape(entry) for entry in entries]}
    models = {str(entry.get("name")): entry for entry in entries if entry.get("class_name") in _MODELS}
    ends = [inner.get("input_layers"), inner.get("output_layers")]
    largest: dict[str, int] = {}
    for name, call in _references([*calls.values(), *ends]):
        largest[name] = max(call, largest.get(name, 0))
    # From some version on, the first call of a model within has the number 1.
    skipped = {name for name in models if largest.get(name, 0) >= len(calls[name]) > 0}

    def read(reference: Any, within: int = 0) -> list[Any]:
        name, call, output = reference[:3]
        return [name, call - (name in skipped) + within * (name in functional), output]

    functional = {name for name, entry in models.items() if entry.get("class_name") == "Functional"}
    layers = [
        {**_without_shape(entry), "inbound_nodes": [_call(call, read) for call in calls[str(entry.get("name"))]]}
        for entry in entries
    ]
    inputs, outputs = (_ends(end, lambda reference: read(reference, 1)) for end in ends)
    return {**inner, "layers": layers, "input_layers": inputs, "output_layers": outputs}


def _is_older(call: Any) -> bool:
    return not (isinstance(call, Mapping) and "args" in call)


def _is_reference(value: Any) -> bool:
    return isinstance(value, list) and len(value) in (3, 4) and isinstance(value[0], str) and isinstance(value[1], int)


def _references(value: Any) -> list[tuple[str, int]]:
    if _is_reference(value):
        return [(value[0], value[1])]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [found for part in parts for found in _references(part)]


def _call(call: Any, read: Callable[[Any], list[Any]]) -> Any:
    if not _is_older(call):
        return call
    further: Config = {}

    def tensor(value: Any) -> Any:
        if _is_reference(value):
            further.update(value[3] if len(value) == 4 and isinstance(value[3], Mapping) else {})
            return {"class_name": "__keras_tensor__", "config": {"keras_history": read(value)}}
        if isinstance(value, Mapping):
            return {key: tensor(part) for key, part in value.items()}
        return [tensor(part) for part in value] if isinstance(value, list) else value

    tensors = tensor(call)
    single = tensors[0] if isinstance(tensors, list) and len(tensors) == 1 else tensors
    return {"args": [single], "kwargs": further}


def _ends(value: Any, read: Callable[[Any], list[Any]]) -> Any:
    """The tensors that go in, or come out; a list of one stood for the one."""
    if _is_reference(value):
        return read(value)
    if isinstance(value, Mapping):
        return {key: _ends(part, read) for key, part in value.items()}
    if not isinstance(value, list):
        return value
    return _ends(value[0], read) if len(value) == 1 else [_ends(part, read) for part in value]
