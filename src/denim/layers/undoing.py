"""Building undone: what a call that is refused had built is unbuilt again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from denim import naming


class Buildable(Protocol):
    """A layer or a model."""

    built: bool

    def tracked_layers(self) -> Iterable[Any]:
        """Its own layers."""
        ...


@contextmanager
def unbuilt_if_refused(*layers: Buildable) -> Iterator[None]:
    """An error within leaves these layers and models, their own layers, and the automatic names as they were.

    Weights that exist already keep what they hold. Where all are built there is nothing to undo.
    """
    if all(layer.built for layer in layers):
        yield
        return
    before = [(layer, _attributes(layer)) for layer in _each(layers)]
    counts = naming.counted()
    try:
        yield
    except BaseException:
        for layer, attributes in before:
            vars(layer).clear()
            vars(layer).update(attributes)
        naming.restore(counts)
        raise


def _each(layers: Iterable[Buildable]) -> Iterator[Buildable]:
    for layer in layers:
        yield layer
        yield from _each(layer.tracked_layers())


def _attributes(layer: Buildable) -> dict[str, Any]:
    """Lists are copied: building appends to them."""
    return {name: list(value) if isinstance(value, list) else value for name, value in vars(layer).items()}
