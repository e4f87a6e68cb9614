"""DTypePolicy: a dtype by another name, since layers here store and compute in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from denim import config
from denim.lazy import bind

__all__ = ["DTypePolicy", "FloatDTypePolicy", "deserialize", "get", "serialize"]


class DTypePolicy:
    """The dtype that a layer stores its weights in and computes in.

    Args:
        name: "float32" or "float64"; ``config.dtype_policy()`` if left out.

    Raises:
        TypeError: if it is no string.
        ValueError: for another name: mixed and quantized precisions are made for accelerators.

    Source: https://keras.io/api/mixed_precision/policy/
    """

    quantization_mode = None

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(
                f"'name' must be a string, such as 'float32'. Received: name={name!r} (of type {type(name)})"
            )
        if name is not None and name not in config.FLOATS:
            raise ValueError(
                f"denim computes in 'float32' or 'float64' throughout; there are no mixed or reduced precisions, which "
                f"gain nothing on a CPU. Received: policy {name!r}"
            )
        self._name = config.standardize_dtype(name)

    @property
    def name(self) -> str:
        """The dtype's name."""
        return self._name

    @property
    def compute_dtype(self) -> str:
        """What the layer computes in."""
        return self._name

    @property
    def variable_dtype(self) -> str:
        """What the layer's weights are stored in."""
        return self._name

    def get_config(self) -> dict[str, Any]:
        """The name."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """The policy of this name."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'


FloatDTypePolicy = DTypePolicy


def get(identifier: Any) -> DTypePolicy:
    """The policy that an instance, a name or a configuration stands for; None is ``config.dtype_policy()``.

    Raises:
        ValueError: for anything else.
    """
    if identifier is None or isinstance(identifier, str):
        return DTypePolicy(identifier)
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    raise ValueError(
        "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. "
        f"Received: dtype={identifier!r} (of type {type(identifier)})"
    )


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """The policy's configuration."""
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": dtype_policy.get_config(),
        "registered_name": None,
    }


def deserialize(config: Mapping[str, Any]) -> DTypePolicy:
    """The policy of a configuration that ``serialize`` or Keras made.

    Raises:
        ValueError: for another kind of policy.
    """
    inner = config.get("config")
    if config.get("class_name") not in __all__ or not isinstance(inner, Mapping):
        raise ValueError(f"denim has the dtype policies 'float32' and 'float64'. Received: {config!r}")
    return DTypePolicy(inner.get("name"))


__getattr__, __dir__ = bind(__name__, dict.fromkeys(__all__))
