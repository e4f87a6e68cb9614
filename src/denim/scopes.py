"""Contexts that Keras has and that change nothing here: there is one device, and no graph that shows names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def name_scope(name: str, **_: Any) -> Iterator[None]:
    """Accepted as in Keras, and without effect.

    Raises:
        ValueError: if the name is no string or holds a slash.
    """
    if not isinstance(name, str) or "/" in name:
        raise ValueError(f"Argument `name` must be a string and cannot contain character `/`. Received: name={name!r}")
    yield


@contextmanager
def device(device_name: str) -> Iterator[None]:
    """Accepted as in Keras, and without effect: what is within is computed by denim's engine on the CPU.

    Raises:
        ValueError: if the name is no string.
    """
    if not isinstance(device_name, str):
        raise ValueError(f"Argument `device_name` must be a string, such as 'cpu:0'. Received: {device_name!r}")
    yield
