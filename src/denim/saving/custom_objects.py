"""Classes and functions of one's own that configurations may name: registered, or named within a scope."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType
from typing import Any, TypeVar

Thing = TypeVar("Thing")

_registered: dict[str, Any] = {}
_names: dict[Any, str] = {}
_scoped: ContextVar[Mapping[str, Any]] = ContextVar("_scoped", default=MappingProxyType({}))


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[Thing], Thing]:
    """A decorator: model files may name this class or function from now on, as ``package>name``.

    Args:
        package: whose it is.
        name: the class's or function's own name if left out.

    Raises:
        ValueError: for a class without ``get_config``.

    Source: https://keras.io/api/models/model_saving_apis/serialization_utils/
    """

    def register(thing: Thing) -> Thing:
        if inspect.isclass(thing) and not hasattr(thing, "get_config"):
            raise ValueError(
                f"A class must have a get_config() method to be registered. Received: {thing!r}. "
                "Define one that returns the arguments of its constructor."
            )
        key = f"{package}>{name or getattr(thing, '__name__', thing)}"
        _registered[key] = thing
        _names[thing] = key
        return thing

    return register


def get_registered_name(obj: Any) -> str:
    """The name a class or function was registered by, else its own."""
    name: str = _names.get(obj) or obj.__name__
    return name


def get_registered_object(
    name: Any, custom_objects: Mapping[str, Any] | None = None, module_objects: Mapping[str, Any] | None = None
) -> Any:
    """What is in scope by this name, else what was registered by it, else what the two dictionaries say; or None."""
    for known in (_scoped.get(), _registered, custom_objects or {}, module_objects or {}):
        if isinstance(name, str) and name in known:
            return known[name]
    return None


def get_custom_objects() -> dict[str, Any]:
    """The dictionary of everything registered, by ``package>name``: what is put into it is registered."""
    return _registered


class CustomObjectScope:
    """``with CustomObjectScope({"MyDense": MyDense}):`` configurations may name these within.

    Args:
        custom_objects: name -> class or function, beside those of a scope around it.
    """

    def __init__(self, custom_objects: Mapping[str, Any] | None) -> None:
        self.custom_objects = dict(custom_objects or {})
        self._token: Token[Mapping[str, Any]] | None = None

    def __enter__(self) -> CustomObjectScope:
        self._token = _scoped.set({**_scoped.get(), **self.custom_objects})
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _scoped.reset(self._token)


custom_object_scope = CustomObjectScope
