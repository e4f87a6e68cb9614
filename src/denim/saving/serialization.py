"""Objects as Keras's configurations, and objects from them. A configuration is data: it names, it never runs.

What a configuration may name is denim's own (``known_classes``) and what the caller registered (``custom_objects``).
Nothing is imported by a name that it holds.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np

from denim.saving import known_classes
from denim.saving.custom_objects import CustomObjectScope, get_registered_name, get_registered_object
from denim.suggest import did_you_mean

Config = dict[str, Any]

_NEUTRAL: dict[str, Any] = {"renorm_momentum": 0.99}
"""Settings that mean nothing at these values; any is dropped, too, where it is None or False."""

_FLOATS = ("float32", "float64")
_WHOLE = ("int32", "int64")
"""What only layers that number may have."""
_PLAIN = (str, int, float, bool, type(None))

_shared: ContextVar[dict[Any, Any] | None] = ContextVar("_shared", default=None)
"""The layers read so far that have an id."""

_shared_ids: ContextVar[frozenset[int]] = ContextVar("_shared_ids", default=frozenset())
"""The layers that are to be written with an id."""


@contextmanager
def sharing() -> Iterator[None]:
    """Within, layers of one id are read as one layer."""
    token = _shared.set({})
    try:
        yield
    finally:
        _shared.reset(token)


def serialize_model(model: Any) -> Config:
    """The model's configuration; layers that several of the models within it have get an id."""
    token = _shared_ids.set(_met_twice(model))
    try:
        config: Config = serialize_keras_object(model)
    finally:
        _shared_ids.reset(token)
    return config


def _met_twice(model: Any) -> frozenset[int]:
    from denim.models.model import Model

    met: Counter[int] = Counter()
    pending = [model]
    while pending:
        for layer in pending.pop().layers:
            met[id(layer)] += 1
            if isinstance(layer, Model) and met[id(layer)] == 1:
                pending.append(layer)
    return frozenset(key for key, times in met.items() if times > 1)


def serialize_keras_object(obj: Any) -> Any:
    """An object's configuration in Keras's form: dicts, lists, strings, numbers.

    Args:
        obj: a layer, model, optimizer, loss, metric, initializer, ..., one of denim's functions or a registered one,
            an array, or a list or dict of them.

    Raises:
        ValueError: for what cannot be written down, such as a lambda.

    Source: https://keras.io/api/models/model_saving_apis/serialization_utils/
    """
    if isinstance(obj, _PLAIN):
        return obj
    if isinstance(obj, (list, tuple)):
        return [serialize_keras_object(item) for item in obj]
    if isinstance(obj, Mapping):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, np.ndarray) and obj.ndim:
        return {"class_name": "__numpy__", "config": {"value": obj.tolist(), "dtype": obj.dtype.name}}
    if isinstance(obj, (np.generic, np.ndarray)):
        return obj.item()
    if inspect.isfunction(obj):
        return _function_config(obj)
    if isinstance(obj, type) or not hasattr(obj, "get_config"):
        raise ValueError(
            f"Only objects with a get_config() can be written down. Received: {obj!r}"
            + (f". Pass an instance: {obj.__name__}(...)." if isinstance(obj, type) else f" of type {type(obj)}.")
        )
    return _object_config(obj)


def _object_config(obj: Any) -> Config:
    cls = type(obj)
    known = known_classes.keras_name(cls)
    home = None if cls.__module__ == "__main__" else cls.__module__
    module, name = known or (home, cls.__name__)
    registered = None if known and not known[0].startswith("keras.src.ops.") else get_registered_name(cls)
    config: Config = {
        "module": module,
        "class_name": name,
        "config": serialize_keras_object(obj.get_config()),
        "registered_name": "Functional" if name == "Functional" else registered,
    }
    if hasattr(obj, "get_build_config") and name != "InputLayer":
        build_config = obj.get_build_config()
        if build_config is not None:
            config["build_config"] = serialize_keras_object(build_config)
    if id(obj) in _shared_ids.get():
        config["shared_object_id"] = id(obj)
    return config


def _function_config(function: Any) -> Config:
    if function.__name__ == "<lambda>":
        raise ValueError(
            "A lambda cannot be written down: a model file holds no code. Define a function with a name and register "
            "it with @denim.saving.register_keras_serializable()."
        )
    name = get_registered_name(function)
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True
) -> Any:
    """The object of a configuration that ``serialize_keras_object`` or Keras made.

    Args:
        config: the configuration; strings, numbers and None are returned as they are.
        custom_objects: name -> class or function, beside the registered ones.
        safe_mode: as in Keras, but without effect: code in a configuration is never run.

    Raises:
        ValueError: for a name that is neither denim's nor registered, or settings that denim does not have.
    """
    with CustomObjectScope(custom_objects):
        return _read(config)


def deserialize(config: Any, role: str) -> Any:
    """The object of a configuration, which must be a "layer", an "optimizer", a "loss" or a "metric".

    Raises:
        ValueError: for anything else.
    """
    if not isinstance(config, Mapping) or not isinstance(config.get("class_name"), str):
        name = config.get("class_name") if isinstance(config, Mapping) else config
        raise ValueError(f"Unknown {role}: {_short(name)}. Expected a configuration with a class_name.")
    return _object(config, role)


def deserialize_identifier(
    config: Any, role: str, get: Callable[[str], Any], custom_objects: Mapping[str, Any] | None
) -> Any:
    """The loss or metric of a configuration, or of a name, which ``get`` knows; ``role`` says what it must be."""
    with CustomObjectScope(custom_objects):
        if isinstance(config, str):
            return get(config)
        if isinstance(config, Mapping) and config.get("class_name") == "function":
            return deserialize_keras_object(config)
        return deserialize(config, role)


def _read(config: Any) -> Any:
    if isinstance(config, (list, tuple)):
        return [_read(item) for item in config]
    if not isinstance(config, Mapping):
        return config
    if isinstance(config.get("class_name"), str) and "config" in config:
        return _object(config, None)
    return {key: _read(value) for key, value in config.items()}


def _object(config: Mapping[str, Any], role: str | None) -> Any:
    name, inner = config["class_name"], config.get("config")
    _refuse_code(name)
    if name == "function":
        return _function(inner)
    if name in ("__numpy__", "__tensor__"):
        return _array(inner)
    if name.endswith("DTypePolicy"):
        return _dtype(config)
    seen, key = _shared.get(), config.get("shared_object_id")
    if seen is not None and isinstance(key, int) and key in seen:
        return seen[key]
    cls = _class(config, role)
    inner = {} if inner is None else inner
    if not isinstance(inner, Mapping):
        raise ValueError(f"The config of {name!r} must be a dict. Received: {_short(inner)}")
    made = cls.from_config(_arguments(cls, inner))
    build_config = config.get("build_config")
    if getattr(made, "is_python", False) and isinstance(build_config, Mapping):
        made.build_from_config(dict(build_config))  # of other models their graph says it
    if seen is not None and isinstance(key, int) and hasattr(made, "get_build_config"):
        seen[key] = made
    return made


def _refuse_code(name: str) -> None:
    if name in ("Lambda", "__lambda__"):
        raise ValueError(
            f"Unknown layer: {name!r}. It holds Python code, which is never read from a model or a configuration, "
            "whatever safe_mode is. Make the model in a program of yours, with a layer that says what the lambda does, "
            "and load its weights."
        )


def _class(config: Mapping[str, Any], role: str | None) -> Any:
    name, module = config["class_name"], config.get("module")
    # Where Keras writes no registered name, the class is its own.
    own = get_registered_object(config.get("registered_name", name))
    found = own if own is not None else known_classes.find_class(module, name, role)
    if inspect.isclass(found) and hasattr(found, "from_config") and (own is None or _plays(found, role)):
        return found
    what = role or "object"
    known = known_classes.names_of(role)
    where = "" if module is None else f" of module {_short(module)}"
    raise ValueError(
        f"Unknown {what}: {_short(name)}{where}.{did_you_mean(name, known)} Known: {', '.join(known)}. A class of your "
        "own is registered with @denim.saving.register_keras_serializable(), or passed as "
        "custom_objects={'Name': Class}; it must be a " + what + "."
    )


def _plays(cls: type, role: str | None) -> bool:
    """Whether a class of the caller's own is what is asked for."""
    from denim.layers.base import Layer
    from denim.losses import Loss
    from denim.metrics import Metric
    from denim.optimizers import Optimizer

    base = {"layer": Layer, "loss": Loss, "metric": Metric, "optimizer": Optimizer}
    return role is None or issubclass(cls, base[role])


def _arguments(cls: Any, config: Mapping[str, Any]) -> Config:
    """What ``from_config`` is given.

    A class that reads its configuration itself gets it as it stands; for the others, what stands within is made first,
    and settings of Keras's that denim does not have are dropped where they ask for nothing.
    """
    from denim.models.model import Model

    if not cls.from_config.__func__.__module__.startswith("denim.") or issubclass(cls, Model):
        return dict(config)
    known = _parameters(cls)
    arguments = {}
    for key, value in config.items():
        if known is not None and key not in known:
            if value is None or value is False or (key in _NEUTRAL and value == _NEUTRAL[key]):
                continue
            raise ValueError(
                f"{cls.__name__} has no setting {_short(key)}.{did_you_mean(key, known)} Received: {_short(value)}"
            )
        arguments[key] = _read(value)
    if isinstance(arguments.get("dtype"), str) and not _may_be_whole(cls, arguments["dtype"]):
        arguments["dtype"] = _float_name(arguments["dtype"])
    return arguments


def _may_be_whole(cls: type, dtype: str) -> bool:
    """Whether this dtype is an input's of whole numbers or texts, of a layer that numbers, or of a metric that cuts
    weights to whole numbers.
    """
    from denim.data.texts import TEXTS
    from denim.layers.core import InputLayer
    from denim.layers.hashing import HashedCrossing, Hashing
    from denim.layers.symbolic import INTEGERS
    from denim.metrics import IoU

    if issubclass(cls, (Hashing, HashedCrossing)):
        return dtype in _WHOLE
    return (cls is InputLayer and dtype in (*INTEGERS, TEXTS)) or (issubclass(cls, IoU) and dtype in ("int", "int32"))


def _parameters(cls: type) -> set[str] | None:
    """The names of the constructor's arguments; None for an optimizer, whose constructor knows Keras's itself."""
    from denim.optimizers import Optimizer

    if issubclass(cls, Optimizer):
        return None
    return set(getattr(cls, "settings", ())) | {
        name
        for base in cls.__mro__
        if "__init__" in vars(base) and base is not object
        for name, parameter in inspect.signature(base.__init__).parameters.items()  # type: ignore[misc]
        if parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL) and name != "self"
    }


def _function(name: Any) -> Any:
    found = get_registered_object(name)
    if found is not None:
        return found
    for table in known_classes.functions():
        if isinstance(name, str) and name in table:
            return table[name]
    raise ValueError(
        f"Unknown function: {_short(name)}. Configurations name denim's activations, losses and metrics; a function of "
        "your own is registered with @denim.saving.register_keras_serializable(), or passed as "
        "custom_objects={'name': function}."
    )


def _array(inner: Any) -> np.ndarray:
    if not isinstance(inner, Mapping) or not isinstance(inner.get("value"), (list, int, float)):
        raise ValueError(f"An array in a configuration has a value and a dtype. Received: {_short(inner)}")
    return np.asarray(inner["value"], _float_name(inner.get("dtype")))


def _dtype(config: Mapping[str, Any]) -> str:
    """The dtype's name out of the policy that Keras writes around it."""
    inner = config.get("config")
    name = inner.get("name") if isinstance(inner, Mapping) else None
    if config["class_name"] not in ("DTypePolicy", "FloatDTypePolicy"):
        raise ValueError(f"denim has no {_short(config['class_name'])}. Save the model with dtype 'float32'.")
    return name if isinstance(name, str) and name in _WHOLE else _float_name(name)


def _float_name(name: Any) -> str:
    if name not in _FLOATS:
        raise ValueError(
            f"Models compute in 'float32' or 'float64'. Received: dtype={_short(name)}. Save the model with dtype "
            "'float32'."
        )
    return str(name)


def _short(value: Any) -> str:
    """What an error shows of a value that a stranger wrote."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
